"""What a cmdlet declares: its parameters, sets and validators. Frozen data, and what follows from it alone.

One table per cmdlet feeds the binder, the help, completion, the manual and the PowerShell module. The rows are
named tuples, because every start pays for them and a data class takes ten times as long to make.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from ..redaction import Secret

#: The name PowerShell gives to the set of a cmdlet that declares none.
ALL_SETS = "__AllParameterSets"

T = TypeVar("T")


class NetType(Generic[T]):
    """A type of .NET, by the name that PowerShell declares and shows, and Python's type of its values."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name that help shows: `<String>`, `<Int32>`."""
        return self.name.rpartition(".")[2]


class Kind:
    """The types that parameters have."""

    STRING: NetType[str] = NetType("System.String")
    STRINGS: NetType[list[str]] = NetType("System.String[]")
    INT: NetType[int] = NetType("System.Int32")
    SINGLE: NetType[float] = NetType("System.Single")
    SWITCH: NetType[bool] = NetType("System.Management.Automation.SwitchParameter")
    URI: NetType[str] = NetType("System.Uri")
    SECRET: NetType[Secret] = NetType("System.Security.SecureString")
    DICTIONARY: NetType[Mapping[str, Any]] = NetType("System.Collections.IDictionary")
    OBJECT: NetType[Any] = NetType("System.Object")
    API_TYPE: NetType[str] = NetType("OpenAIApiType")
    ACTION: NetType[str] = NetType("System.Management.Automation.ActionPreference")


#: Members of the two enumerations by value, in PowerShell's order.
ENUMERATIONS: dict[NetType[str], tuple[str, ...]] = {
    Kind.API_TYPE: ("OpenAI", "Azure"),
    Kind.ACTION: ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend", "Break"),
}


class Parameter(NamedTuple, Generic[T]):
    """One parameter of a cmdlet, with values of type T.

    Attributes:
        position: place among the positional arguments; None if only bound by name.
        mandatory: missing it is an error (or a question, on a terminal).
        optional_with: names of parameters that make a mandatory one optional.
        sets: parameter sets it belongs to; empty means all.
        default: what the server or the cmdlet assumes; None if nobody assumes anything. It is never among the bound
            values, so whether a parameter was bound is not decided by comparing with it.
        not_empty, lower_case, limits, choices, variable_name: PowerShell's validators and transformations.
        completions: documented values, offered and never enforced.
        path: completes file names.
        hidden: binds, but is not shown in help or completion.
        common: one of PowerShell's common parameters.
        piped: also taken from piped objects by property name (and, if mandatory, from lines of text), which the
            reference does not do.
        ours: an addition of this project; never changes how the reference's command lines bind.
    """

    name: str
    kind: NetType[T]
    help: str
    aliases: tuple[str, ...] = ()
    position: int | None = None
    mandatory: bool = False
    optional_with: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    by_value: bool = False
    by_property_name: bool = False
    default: T | None = None
    not_empty: bool = False
    lower_case: bool = False
    limits: tuple[int, int] | None = None
    choices: tuple[str, ...] = ()
    variable_name: bool = False
    completions: tuple[str, ...] = ()
    path: bool = False
    hidden: bool = False
    common: bool = False
    piped: bool = False
    ours: bool = False

    @property
    def takes_pipeline(self) -> bool:
        """True if a piped record can give the parameter its value."""
        return self.takes_value or self.takes_property

    @property
    def takes_value(self) -> bool:
        """True if a piped text or number is taken for the value."""
        return self.by_value or (self.piped and self.mandatory)

    @property
    def takes_property(self) -> bool:
        """True if a property of a piped object is taken for the value."""
        return self.by_property_name or self.piped

    def is_missing(self, bound: Container[str]) -> bool:
        """True if it is mandatory beside the bound parameters, and not one of them."""
        return self.mandatory and not any(name in bound for name in (self.name, *self.optional_with))


class Example(NamedTuple):
    """A command line worth showing, and what it does."""

    command: str
    text: str


class Cmdlet(NamedTuple):
    """One cmdlet: its name, its help and its parameters in declaration order, common ones last."""

    name: str
    synopsis: str
    description: str
    parameters: tuple[Parameter[Any], ...]
    examples: tuple[Example, ...]
    default_set: str = ALL_SETS
    outputs: str = "PSCustomObject"
    link: str = ""
    #: True if a call writes documents, so that piped arrays give arrays.
    documents: bool = True
    #: True if a call makes the server do something that must not be done twice.
    creates: bool = False
    #: True for an addition of this project; the PowerShell module has the others.
    ours: bool = False

    @property
    def sets(self) -> tuple[str, ...]:
        """Names of the parameter sets in the order they are first declared."""
        named = dict.fromkeys(name for parameter in self.parameters for name in parameter.sets)
        return tuple(named) or (ALL_SETS,)
