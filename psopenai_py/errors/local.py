"""The base of all errors, and those that arise on this side: arguments, settings, keys, output."""

from __future__ import annotations

from typing import Any, ClassVar


class PSOpenAIError(Exception):
    """Base of all errors. `str(error)` is the sentence; the attributes are PowerShell's error record.

    Attributes:
        error_id: first part of the FullyQualifiedErrorId.
        command: second part of it, and the activity in CategoryInfo; empty for none.
        category: a name of PowerShell's ErrorCategory.
        reason: short .NET type name that stands last in CategoryInfo; the last part of the id unless given.
        target: the object concerned, as CategoryInfo shows it; usually empty.
        action: what to do next, or an empty string.
        exit_code: what a process that ends with this error returns.
        terminating: shown whatever -ErrorAction says, as the reference does for a missing key.
    """

    error_id: str = "PSOpenAIError"
    command: str = ""
    category: str = "NotSpecified"
    reason: str = ""
    exit_code: ClassVar[int] = 1
    terminating: bool = False

    def __init__(
        self,
        message: str,
        *,
        error_id: str | None = None,
        command: str | None = None,
        category: str | None = None,
        reason: str | None = None,
        target: str = "",
        action: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error_id = self.error_id if error_id is None else error_id
        self.command = self.command if command is None else command
        self.category = self.category if category is None else category
        self.reason = reason or self.reason or self.error_id.rpartition(".")[2]
        self.target = target
        self.action = action

    @property
    def fully_qualified_error_id(self) -> str:
        """The id and the command, joined as PowerShell joins them."""
        return ",".join(part for part in (self.error_id, self.command) if part)

    @property
    def category_info(self) -> str:
        """The text behind `+ CategoryInfo :`."""
        target = f"{self.target}:String" if self.target else ":"
        return f"{self.category}: ({target}) [{self.command}], {self.reason}"

    def record(self) -> dict[str, Any]:
        """The error as the flat document that PSOPENAI_ERROR_VIEW=json prints; absent facts are null."""
        return {
            "message": self.message,
            "id": self.fully_qualified_error_id,
            "category": self.category,
            "reason": self.reason,
            "target": self.target or None,
            "action": self.action or None,
            "status": None,
            "code": None,
            "type": None,
            "param": None,
            "request_id": None,
            "body": None,
        }


class BindingError(PSOpenAIError):
    """The arguments do not bind to the cmdlet's parameters. `parameter` names the one concerned, if any."""

    category = "InvalidArgument"
    reason = "ParameterBindingException"
    exit_code = 2
    terminating = True

    def __init__(self, message: str, *, parameter: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.parameter = parameter


class InputError(PSOpenAIError):
    """A bound value cannot be used: a file that is missing, a body that is no object, a header with a line end."""

    error_id = "System.ArgumentException"


class SettingsError(PSOpenAIError):
    """The address or the kind of service cannot be used."""

    error_id = "System.ArgumentException"
    terminating = True


class KeyMissingError(PSOpenAIError):
    """The host needs a key, and none was given, set or stored."""

    error_id = "System.ArgumentException"
    command = "Initialize-APIKey"
    exit_code = 4
    terminating = True


class KeyStoreError(PSOpenAIError):
    """The system's keyring cannot be used: there is none, it is locked, or it does not answer."""

    error_id = "KeyStoreUnavailable"
    category = "ResourceUnavailable"
    reason = "KeyStoreException"


class OutputError(PSOpenAIError):
    """Standard output refused the result: a full disk, a closed pipe. The message carries what matters of it.

    `reader_left` is true for a closed pipe: who reads has enough.
    """

    error_id = "OutputNotWritten"
    terminating = True
    category = "WriteError"
    reason = "IOException"

    def __init__(self, message: str, *, reader_left: bool = False, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.reader_left = reader_left


class StoppedError(PSOpenAIError):
    """A warning was written while -WarningAction is Stop."""

    error_id = "ActionPreferenceStop"
    terminating = True
    command = "Microsoft.PowerShell.Commands.WriteWarningCommand"
    category = "OperationStopped"
    reason = "ActionPreferenceStopException"


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. `note` says what may have happened by then; empty when nothing had been sent."""

    exit_code = 130

    def __init__(self, note: str = "") -> None:
        super().__init__(note)
        self.note = note
