"""Which command lines wait for records of the pipeline, and which of their sets is chosen."""

from __future__ import annotations

import pytest

from psopenai_py.binding.binder import bind, bind_typed
from psopenai_py.cmdlets import load
from psopenai_py.errors import BindingError

ALL = "__AllParameterSets"

#: Command line with a pipe behind it: whether it waits, and the set.
PIPED = {
    "Get-Video": (True, "List"),
    "Get-Video x": (False, "Get"),
    "Get-Video -All": (False, "List"),
    "Get-Video -Limit 5": (False, "List"),
    "Get-Video -Limit 5 -ThrottleLimit 2": (False, "List"),
    "Get-Video -Resume j": (True, "List"),
    "Get-Video -ThrottleLimit 2": (True, "List"),
    "Get-Video x -ThrottleLimit 2": (False, "Get"),
    "Get-VideoContent": (True, ALL),
    "Get-VideoContent x": (False, ALL),
    "Wait-Video -ThrottleLimit 2": (True, ALL),
    "Remove-Video -Resume j": (True, ALL),
    "New-Video": (True, ALL),
    "New-Video x": (False, ALL),
    "New-Video -ThrottleLimit 2": (True, ALL),
    "New-Video x -ThrottleLimit 2": (False, ALL),
    "New-Video -InputReference a": (False, ALL),
    "New-Video -InputReference a -Resume j": (True, ALL),
    "New-Video -AdditionalBody {} -ThrottleLimit 2": (True, ALL),
    "New-VideoRemix x": (True, ALL),
    "New-VideoRemix x y": (False, ALL),
    "New-VideoRemix -Prompt x -VideoId y": (False, ALL),
    "Get-VideoModel": (False, ALL),
    "Set-OpenAIKey": (False, ALL),
}


@pytest.mark.parametrize(("line", "expected"), PIPED.items(), ids=list(PIPED))
def test_with_a_pipe(line: str, expected: tuple[bool, str]) -> None:
    name, *arguments = line.split()
    binding = bind(load(name).CMDLET, arguments, piped=True)
    assert (binding.awaits, binding.set_name) == expected


@pytest.mark.parametrize("line", PIPED)
def test_without_a_pipe_nothing_is_waited_for(line: str) -> None:
    """What would be is missing then, if it is mandatory."""
    name, *arguments = line.split()
    try:
        binding = bind(load(name).CMDLET, arguments)
    except BindingError as error:
        assert (error.error_id, PIPED[line][0]) == ("MissingMandatoryParameter", True)
    else:
        assert (binding.awaits, binding.set_name) == (False, PIPED[line][1])


@pytest.mark.parametrize("line", ["New-VideoRemix", "New-VideoRemix -ThrottleLimit 2", "New-VideoRemix -VideoId x"])
def test_what_no_pipe_can_bring_is_missing(line: str) -> None:
    name, *arguments = line.split()
    with pytest.raises(BindingError) as caught:
        bind(load(name).CMDLET, arguments, piped=True)
    assert (caught.value.error_id, caught.value.parameter) == ("MissingMandatoryParameter", "Prompt")


def test_typed_values_wait_alike() -> None:
    for given, awaits in (({}, True), ({"VideoId": "x"}, False), ({"Limit": 5}, False), ({"VideoId": None}, None)):
        if awaits is None:
            with pytest.raises(BindingError, match="it is empty"):
                bind_typed(load("Get-Video").CMDLET, given, piped=True)
        else:
            assert bind_typed(load("Get-Video").CMDLET, given, piped=True).awaits is awaits
    assert bind_typed(load("Get-Video").CMDLET, {}).awaits is False


def test_as_many_are_asked_for_as_are_missing() -> None:
    asked: list[str] = []

    def ask(parameter: object) -> str:
        asked.append(getattr(parameter, "name", ""))
        return f"answer {len(asked)}"

    values = bind(load("New-VideoRemix").CMDLET, [], ask=ask).values
    assert values == {"Prompt": "answer 1", "VideoId": "answer 2"}
    assert asked == ["Prompt", "VideoId"]
