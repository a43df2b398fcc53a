"""The base of all errors, and those that arise on this side: arguments, settings, keys, output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self, TypedDict, Unpack

    class Facts(TypedDict, total=False):
        """What an error record says besides its sentence; None for what its kind says in any case."""

        error_id: str | None
        command: str | None
        category: str | None
        reason: str | None
        target: str
        action: str
        terminating: bool | None


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
        terminating: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error_id = self.error_id if error_id is None else error_id
        self.command = self.command if command is None else command
        self.category = self.category if category is None else category
        self.reason = reason or self.reason or self.error_id.rpartition(".")[2]
        self.target = target
        self.action = action
        self.terminating = self.terminating if terminating is None else terminating

    def with_facts(self, **facts: Unpack[Facts]) -> Self:
        """The same error with other facts, to be raised or reported in its place."""
        return self._changed(facts)

    def redacted(self, redact: Callable[[str], str]) -> Self:
        """The same error with each of its texts as `redact` returns it."""
        return self._changed({name: redact(text) for name, text in vars(self).items() if isinstance(text, str)})

    def _changed(self, facts: Mapping[str, object]) -> Self:
        other = type(self).__new__(type(self))
        vars(other).update(vars(self), **facts)
        other.args = (other.message,)
        return other

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

    def __init__(self, message: str, *, parameter: str = "", **facts: Unpack[Facts]) -> None:
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

    def __init__(self, message: str, *, reader_left: bool = False, **facts: Unpack[Facts]) -> None:
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
