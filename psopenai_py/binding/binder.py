"""The tokens of a command line to bound parameters, as `pwsh -File script.ps1 ARGS` binds them.

The stages are PowerShell's, because the first of them that objects decides which error a user sees:
pair names with values, bind the named ones, bind the positional ones, report leftovers, check what is mandatory,
choose the parameter set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import BindingError
from ..redaction import is_secret, shown_argument
from . import names, typed, values
from .bound import Bound
from .spec import ALL_SETS, Cmdlet, Parameter
from .tokens import NOTHING, Token, pair, tokenize

#: Asks the user for a mandatory parameter and returns the text that was typed; EOFError when there is none.
Ask = Callable[[Parameter[Any]], str]

_HELP_NAMES = ("h", "help", "-help")
#: Who gives one of these pipes records.
_OF_MANY = frozenset({"ThrottleLimit", "Resume"})


class Binding(NamedTuple):
    """What a command line bound.

    Attributes:
        values: bound parameters only, by canonical name; defaults are not among them.
        set_name: the parameter set that was chosen.
        wants: "help" or "version" when the line asks for one of them; nothing is bound then.
        awaits: what is missing has to come from the pipeline.
    """

    values: dict[str, Any]
    set_name: str = ALL_SETS
    wants: str = ""
    awaits: bool = False

    @property
    def bound(self) -> Bound:
        """The values, to be asked for by the rows of the table."""
        return Bound(self.values)


def bind(cmdlet: Cmdlet, arguments: Sequence[str], *, ask: Ask | None = None, piped: bool = False) -> Binding:
    """Bind an argument list.

    Missing mandatory parameters are asked for with `ask`; without it they are an error. With `piped`, those that
    the pipeline can bring are left to it. Raises BindingError with PowerShell's id for everything that
    PowerShell refuses.
    """
    tokens = list(tokenize(cmdlet, arguments))
    if any(token.name == "?" for token in tokens):
        return Binding({}, wants="help")
    return _Binder(cmdlet).bind(pair(cmdlet, tokens), ask, piped)


def bind_values(cmdlet: Cmdlet, given: Mapping[str, Any]) -> dict[str, Any]:
    """Bind typed values, and return what is bound. Raises as `bind_typed` does."""
    return bind_typed(cmdlet, given).values


def bind_typed(cmdlet: Cmdlet, given: Mapping[str, Any], *, piped: bool = False) -> Binding:
    """Bind values by parameter name, alias or unique prefix, for callers that have no command line.

    A mapping is taken as it is; everything else is converted as PowerShell converts typed arguments, and
    validated. With `piped`, what the pipeline can bring is left to it. Raises BindingError.
    """
    tokens = []
    for name, value in given.items():
        parameter = names.resolve(cmdlet, name) or names.resolve_ours(cmdlet, name)
        if parameter is None or not typed.is_absent(parameter, value):
            tokens.append(Token(name, name=name, value=value, parameter=parameter))
    return _TypedBinder(cmdlet).bind(tokens, None, piped)


class _Binder:
    """Stages 2 to 7, over the parameter sets that are still possible."""

    def __init__(self, cmdlet: Cmdlet) -> None:
        self.cmdlet = cmdlet
        self.sets = set(cmdlet.sets)
        self.values: dict[str, Any] = {}

    def bind(self, tokens: list[Token], ask: Ask | None, piped: bool) -> Binding:
        left = [token for token in tokens if not self.bind_named(token)]
        left = self.bind_positional(left)
        if not self.sets:
            raise self.set_conflict()
        wants = self.leftover(left)
        if wants:
            return Binding({}, wants=wants)
        awaits = piped and any(map(self.is_awaited, self.cmdlet.parameters))
        self.bind_mandatory(ask, awaits)
        return Binding(self.values, self.choose_set(), awaits=awaits)

    def bind_named(self, token: Token) -> bool:
        """Stage 2. False for a token that is no parameter of the cmdlet."""
        if token.name is None:
            return False
        if token.parameter is None and token.value is not NOTHING:
            token.parameter = names.resolve(self.cmdlet, token.name)
            token.parameter = token.parameter or names.resolve_ours(self.cmdlet, token.name)
        if token.parameter is None:
            return False
        if token.parameter.name in self.values:
            typed = token.parameter.name if token.apart else token.name
            raise BindingError(
                f"The parameter '{shown_argument(typed)}' is given more than once.",
                error_id="ParameterAlreadyBound",
                command=self.cmdlet.name,
                parameter=token.parameter.name,
            )
        self.assign(token.parameter, token.value)
        return True

    def assign(self, parameter: Parameter[Any], argument: Any) -> None:
        self.values[parameter.name] = values.convert(self.cmdlet.name, parameter, argument)
        if parameter.sets:
            self.sets &= set(parameter.sets)

    def bind_positional(self, tokens: list[Token]) -> list[Token]:
        """Stage 3. An unknown name keeps the text behind it from being bound by position."""
        free = iter(self.positional() if tokens else ())
        left: list[Token] = []
        swallow = False
        for token in tokens:
            parameter = None if swallow or token.name is not None else next(free, None)
            swallow = token.name is not None and token.value is NOTHING
            if parameter is None:
                left.append(token)
            else:
                self.assign(parameter, token.text)
        return left

    def positional(self) -> list[Parameter[Any]]:
        """Parameters that still take a value by position, in order."""
        free = [
            parameter
            for parameter in self.cmdlet.parameters
            if parameter.position is not None
            and parameter.name not in self.values
            and (not parameter.sets or self.sets & set(parameter.sets))
        ]
        return sorted(free, key=lambda parameter: parameter.position or 0)

    def leftover(self, tokens: list[Token]) -> str:
        """Stage 5: report the first token that nothing took, unless it asks for help or the version."""
        for token in tokens:
            if token.name is None:
                raise self.not_found(token)
            if token.name.lower() in _HELP_NAMES:
                return "help"
            if token.name.lower() == "-version":
                return "version"
            raise self.not_found(token)
        return ""

    def not_found(self, token: Token) -> BindingError:
        if token.name is None:
            return BindingError(
                f"No parameter takes the argument '{shown_argument(token.text)}' by its position.",
                error_id="PositionalParameterNotFound",
                command=self.cmdlet.name,
                action=self.about_many_values(),
            )
        near = names.suggest(self.cmdlet, token.name)
        return BindingError(
            f"{self.cmdlet.name} has no parameter named '{shown_argument(token.name)}'."
            + (f" Did you mean {near}{_behind_colon(token.name)}?" if near else ""),
            error_id="NamedParameterNotFound",
            command=self.cmdlet.name,
            parameter=token.name,
            action=f"{self.cmdlet.name} -Help lists the parameters.",
        )

    def about_many_values(self) -> str:
        """What to do about more values than there are places for."""
        first = min(filter(_has_place, self.cmdlet.parameters), key=lambda row: row.position or 0, default=None)
        if first is not None and first.name == "VideoId":
            return f"Several ids go through a pipe, one a line: printf '%s\\n' ID ID | {self.cmdlet.name}"
        return "Put quotes around a text that contains blanks."

    def is_awaited(self, parameter: Parameter[Any]) -> bool:
        """True for what is mandatory in a set that is still possible, is not bound, and may be piped.

        Of a run of many records, also what other parameters make optional: one who writes -Resume pipes something.
        """
        possible = not parameter.sets or bool(self.sets & set(parameter.sets))
        many = parameter.mandatory and parameter.name not in self.values and not _OF_MANY.isdisjoint(self.values)
        return possible and (many or parameter.is_missing(self.values)) and parameter.takes_pipeline

    def bind_mandatory(self, ask: Ask | None, awaits: bool) -> None:
        """Stage 6: ask for what is missing, or say so. What is awaited from the pipeline is not missing."""
        missing = [
            parameter
            for parameter in self.cmdlet.parameters
            if parameter.mandatory and self.is_missing(parameter) and not (awaits and parameter.takes_pipeline)
        ]
        try:
            answers = [ask(parameter) for parameter in missing] if ask else []
        except EOFError:
            answers = []
        if len(answers) < len(missing):
            raise BindingError(
                f"{self.cmdlet.name} needs a value for: {' '.join(parameter.name for parameter in missing)}.",
                error_id="MissingMandatoryParameter",
                command=self.cmdlet.name,
                parameter=missing[0].name,
                action=_where_to_give(missing[0]),
            )
        for parameter, answer in zip(missing, answers, strict=True):
            self.assign(parameter, answer)

    def is_missing(self, parameter: Parameter[Any]) -> bool:
        """True for what is mandatory in the set that is chosen, and not bound."""
        return parameter.is_missing(self.values) and (not parameter.sets or self.choose_set() in parameter.sets)

    def choose_set(self) -> str:
        """Stage 7: the default set, if it is still possible, else the only one left."""
        if self.cmdlet.default_set in self.sets:
            return self.cmdlet.default_set
        if len(self.sets) == 1:
            return next(iter(self.sets))
        raise self.set_conflict()

    def set_conflict(self) -> BindingError:
        return BindingError(
            f"The parameters given cannot be used together. {self.cmdlet.name} -Help shows what can.",
            error_id="AmbiguousParameterSet",
            command=self.cmdlet.name,
        )


def _has_place(parameter: Parameter[Any]) -> bool:
    return parameter.position is not None


def _behind_colon(typed: str) -> str:
    """The value of `-name=value` as PowerShell wants it; a secret stays hidden."""
    name, equals, value = typed.partition("=")
    return f":{shown_argument(value)}" if equals and not is_secret(name) else ""


def _where_to_give(parameter: Parameter[Any]) -> str:
    piped = ", or through a pipe" if parameter.takes_pipeline else ""
    return f"Give it as -{parameter.name} VALUE{piped}."


class _TypedBinder(_Binder):
    """The same stages for values that are no text."""

    def assign(self, parameter: Parameter[Any], argument: Any) -> None:
        try:
            argument = typed.argument(parameter, argument)
        except ValueError as error:
            raise values.refused(self.cmdlet.name, parameter, argument, str(error)) from None
        super().assign(parameter, argument)
