"""The models of a service, from whatever it calls its list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..http.refusals import unusable
from ..http.response import Response
from . import job

_LISTS = ("data", "models", "items")
_NAMES = ("id", "name", "model")


def read(response: Response, cmdlet: str) -> list[dict[str, Any]]:
    """Each model with its id first. Raises AnswerError for an answer that holds no list."""
    value = job.read_json(response, cmdlet)
    if isinstance(value, Mapping):
        value = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), value)
    if not isinstance(value, list):
        raise unusable(response, "a list of models", "it holds none", command=cmdlet, action="")
    return list(_models(value))


def _models(listed: list[Any]) -> Iterator[dict[str, Any]]:
    for each in listed:
        if isinstance(each, str):
            yield {"id": each}
        elif isinstance(each, Mapping):
            name = next((each[known] for known in _NAMES if isinstance(each.get(known), str)), None)
            own = {"id": str(name).removeprefix("models/")} if name else {}
            yield own | {member: said for member, said in each.items() if member != "id"}
