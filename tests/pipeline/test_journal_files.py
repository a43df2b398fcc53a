"""What a journal may look like when it is opened again: long, edited by hand, damaged, or no file at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.pipeline.desk import Desk, entries, feed, job, line, lines, prompts, refusal, start

ARGUMENTS = ("-ThrottleLimit", "4", "-Resume", "j")


def test_it_is_read_while_it_is_written(desk: Desk, run: Run) -> None:
    """What an earlier run found out, in long lines, between records that are tried again."""
    names = prompts(300)
    desk.answers = {name: [{"json": job(name, note=name * 50)}] for name in names}
    desk.answers |= {name: [refusal(429), {"json": job(name, note=name * 50)}] for name in names[1::2]}
    first = run("New-Video", *ARGUMENTS, stdin=lines(names))
    assert (len(first.error_ids), first.stdout.count("\n")) == (150, 150)
    second = run("New-Video", *ARGUMENTS, stdin=lines(names))
    assert (second.exit_code, second.stderr) == (0, "")
    printed = second.stdout.splitlines()
    assert [text.split('"')[3] for text in printed] == names
    assert printed[::2] == first.stdout.splitlines()
    assert desk.asked == {name: 1 + number % 2 for number, name in enumerate(names)}


EDITED: dict[str, Callable[[bytes], bytes]] = {
    "line ends of Windows": lambda data: data.replace(b"\n", b"\r\n"),
    "blank lines": lambda data: data.replace(b"\n", b"\n\n") + b"\n  \n",
    "indented": lambda data: data.replace(b"\n{", b"\n  {"),
    "no line end at the end": lambda data: data.rstrip(b"\n"),
}


@pytest.mark.parametrize("edited", EDITED.values(), ids=EDITED)
def test_edited_by_hand(edited: Callable[[bytes], bytes], desk: Desk, run: Run) -> None:
    """As the advice about an unknown outcome says. Whatever the editor does: nothing is sent twice."""
    first = run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    Path("j").write_bytes(edited(Path("j").read_bytes()))
    second = run("New-Video", *ARGUMENTS, stdin=lines(prompts(4)))
    assert (second.exit_code, second.stdout) == (0, first.stdout + line("p4"))
    third = run("New-Video", *ARGUMENTS, stdin=lines(prompts(4)))
    assert (third.exit_code, third.stdout) == (0, second.stdout)
    assert desk.asked == dict.fromkeys(prompts(4), 1)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of Unix")
def test_nobody_else_may_read_a_new_journal(desk: Desk, run: Run) -> None:
    run("New-Video", *ARGUMENTS, stdin=lines(prompts(1)))
    assert stat.S_IMODE(Path("j").stat().st_mode) == 0o600


def _saved_by_an_editor(journal: Path) -> None:
    new = journal.with_suffix(".new")
    new.write_bytes(journal.read_bytes())
    new.replace(journal)


TOUCHED: dict[str, Callable[[Path], object]] = {
    "replaced": _saved_by_an_editor,
    "deleted": Path.unlink,
    "changed": lambda journal: os.truncate(journal, 0),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps others from touching the file")
@pytest.mark.parametrize("change", TOUCHED)
def test_touched_during_a_run(change: str, desk: Desk) -> None:
    """What would be noted in it, the next run would not know, and pay again."""
    desk.held = {"p1", "p2"}
    process = start("New-Video", "-ThrottleLimit", "2", "-Resume", "j")
    feed(process, lines(prompts(30)))
    desk.wait(lambda: desk.under_way == {"p1", "p2"})
    TOUCHED[change](Path("j"))
    desk.answer("p1", "p2")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, line("p1") + line("p2"))
    assert f"The journal 'j' was {change} during the run. Record 3 and what follows were not sent" in err
    assert sorted(desk.asked) == ["p1", "p2"]


def test_lines_of_a_record_taken_out(desk: Desk, run: Run) -> None:
    """It is sent again, and only it."""
    desk.answers = {"p2": [{"drop": True}, {}]}
    assert run("New-Video", *ARGUMENTS, stdin=lines(prompts(3))).exit_code == 1
    assert run("New-Video", *ARGUMENTS, stdin=lines(prompts(3))).error_ids == ["OutcomeUnknown,New-Video"]
    kept = [text for text in Path("j").read_text().splitlines(keepends=True) if '"record":2,' not in text]
    Path("j").write_text("".join(kept))
    assert run("New-Video", *ARGUMENTS, stdin=lines(prompts(3))).stdout == "".join(map(line, prompts(3)))
    assert desk.asked == {"p1": 1, "p2": 2, "p3": 1}


_ENTRY = b'{"record":2,"state":"done","digest":"' + b"0" * 32 + b'"'
DAMAGED = {
    "half a line": b'{"record":2,"state":"do\n',
    "something else": b"hello\n",
    "another order": b'{"state":"done","record":2}\n',
    "nulls": b"\0\0\0\0\n",
    "another state": _ENTRY.replace(b"done", b"odd") + b"}\n",
    "a digest of another kind": b'{"record":2,"state":"done","digest":5}\n',
    "no digest": b'{"record":2,"state":"done"}\n',
    "record 0": _ENTRY.replace(b"2", b"0", 1) + b"}\n",
    "outputs that are no list": _ENTRY + b',"outputs":5}\n',
    "outputs that are cut off": _ENTRY + b',"outputs":[{"id":{"a":1}\n',
    "no UTF-8": _ENTRY + b',"outputs":["\xff"]}\n',
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged(damage: bytes, desk: Desk, run: Run) -> None:
    """A line that says nothing any more may have said that a job was created, so nothing is sent."""
    run("New-Video", *ARGUMENTS, stdin=lines(["p1"]))
    data = Path("j").read_bytes() + damage + b'{"record":3,"state":"failed","digest":"%s"}\n' % (b"0" * 32)
    Path("j").write_bytes(data)
    result = run("New-Video", *ARGUMENTS, stdin=lines(prompts(2)))
    assert (result.exit_code, len(result.error_ids)) == (1, 1)
    assert "is damaged in line 4." in result.stderr or "is damaged in the lines of record 2." in result.stderr
    assert Path("j").read_bytes() == data
    assert desk.asked == {"p1": 1}


@pytest.mark.skipif(os.name != "posix", reason="needs files that are none")
@pytest.mark.parametrize("place", ["/dev/null", "/dev/zero", "/dev/full", "a pipe"])
def test_what_is_no_file_keeps_no_account(place: str, desk: Desk, run: Run) -> None:
    if place == "a pipe":
        os.mkfifo("pipe")
        place = "pipe"
    result = run("New-Video", "-ThrottleLimit", "4", "-Resume", place, stdin=lines(prompts(2)))
    assert (result.exit_code, result.stdout, len(result.error_ids)) == (1, "", 1)
    assert f"'{place}' is no file" in result.stderr
    assert not desk.requests


@pytest.mark.parametrize(
    "data", [b"hello", bytes(99), b"[" * 100_000, b"9" * 9999, b'{"journal":2}\n', b"null\n", b"[1]"]
)
def test_another_file_stays_as_it_is(data: bytes, desk: Desk, run: Run) -> None:
    Path("j").write_bytes(data)
    result = run("New-Video", *ARGUMENTS, stdin=lines(prompts(2)))
    assert (result.exit_code, result.stdout, Path("j").read_bytes(), desk.requests) == (1, "", data, [])
    assert result.stderr.startswith("New-Video: The file 'j' is no journal of this version. Nothing was sent, ")


def test_an_empty_file_is_a_new_journal(desk: Desk, run: Run) -> None:
    Path("j").touch()
    assert run("New-Video", *ARGUMENTS, stdin=lines(["p1", "p2"])).stdout == line("p1") + line("p2")
    assert sorted(entries(Path("j"))) == [(1, "begun"), (1, "done"), (2, "begun"), (2, "done")]


def test_several_outputs_and_none(desk: Desk, run: Run) -> None:
    """A cmdlet that prints nothing is done all the same, and one that printed before an error is done again."""
    desk.answers = {"a": [{"json": {"id": "a", "deleted": True}}]}
    for _ in range(2):
        assert run("Remove-Video", *ARGUMENTS, stdin="a\n").exit_code == 0
    assert desk.asked == {"a": 1}
