"""What holds for any command line: it binds or is refused, and each spelling means the same."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from psopenai_py.binding.binder import bind
from psopenai_py.binding.spec import Kind
from psopenai_py.cmdlets import load
from psopenai_py.errors import BindingError

NEW_VIDEO = load("New-Video").CMDLET


# --- what holds for any input -------------------------------------------------------------------------------

_NAMES = [name for row in NEW_VIDEO.parameters for name in (row.name, *row.aliases)]
#: Any text that an operating system can hand over, lone surrogates for bytes that are no UTF-8 included.
_ANY_TEXT = st.text(st.characters(), max_size=12)
_PREFIX = st.builds(lambda name, length: name[:length], st.sampled_from(_NAMES), st.integers(1, 12))
_NAME = st.builds(
    lambda dash, name, colon, value: dash + name + colon + value,
    st.sampled_from(["-", "--", "–", "—", "―", "---", ""]),
    _PREFIX | _ANY_TEXT,
    st.sampled_from(["", "", ":", ": ", "::"]),
    st.just("") | st.sampled_from(["$true", "False", "1", "0x10", "1e400", "@{a=1}", "Stop"]) | _ANY_TEXT,
)


@given(st.lists(_NAME | _ANY_TEXT, max_size=6))
@example(["-TimeoutSec", "1e400d"])
@example(["-AdditionalQuery", "@~nobody-has-this-home/x"])
@example(["-AdditionalQuery", "@a\0b"])
@example(["-AdditionalQuery", "[" * 100_000])
@example(["-AdditionalQuery", '{"a": ' + "1" * 5000 + "}"])
@example(["-AdditionalQuery", "@{a=" * 1000])
@example(["-TimeoutSec", "1" * 5000])
@example(["-ApiBase", "http://[::1"])
@example(["-ApiBase", "http://h:" + "9" * 5000])
@example(["-\udcff", "\udcff"])
def test_every_argument_list_binds_or_is_refused(arguments: list[str]) -> None:
    try:
        binding = bind(NEW_VIDEO, arguments)
    except BindingError as error:
        assert error.exit_code == 2
        assert error.fully_qualified_error_id.endswith(",New-Video")
    else:
        assert set(binding.values) <= {row.name for row in NEW_VIDEO.parameters}


_TEXT_ROWS = [
    row for row in NEW_VIDEO.parameters if row.kind is Kind.STRING and not row.variable_name and not row.choices
]
#: Text that is sent as it is. It must not begin like a name, and `true` joined with a colon is a Boolean.
_PLAIN = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: text[0] not in "-–—―" and text.strip("$ \t\r\n").lower() not in ("true", "false")
)


@st.composite
def _command_lines(draw: st.DrawFn) -> tuple[list[str], dict[str, str]]:
    rows = draw(st.lists(st.sampled_from(_TEXT_ROWS), unique=True, min_size=1))
    arguments: list[str] = []
    bound: dict[str, str] = {}
    for row in rows:
        name = draw(st.sampled_from([row.name, row.name.lower(), row.name.upper(), *row.aliases]))
        text = draw(_PLAIN)
        form = draw(st.sampled_from(["apart", "joined", "colon"]))
        head = draw(st.sampled_from("-–—―")) + name
        arguments += {"apart": [head, text], "joined": [f"{head}:{text}"], "colon": [f"{head}:", text]}[form]
        bound[row.name] = text.lower() if row.lower_case else text
    return arguments, bound


@given(_command_lines())
def test_every_spelling_of_a_parameter_binds_the_same(line: tuple[list[str], dict[str, str]]) -> None:
    arguments, bound = line
    if not {"Prompt", "InputReference"} & bound.keys():
        arguments, bound = [*arguments, "x"], bound | {"Prompt": "x"}
    assert bind(NEW_VIDEO, arguments).values == bound
