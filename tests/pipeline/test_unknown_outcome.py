"""A record that an earlier run sent without an answer: what is said of it, word for word."""

from __future__ import annotations

from tests.conftest import Run
from tests.pipeline.desk import Desk, line, lines, prompts


def test_a_record_of_which_nobody_knows(desk: Desk, run: Run) -> None:
    desk.answers = {"p2": [{"drop": True}, {}]}
    arguments = ("New-Video", "-ThrottleLimit", "1", "-Resume", "j")
    run(*arguments, stdin=lines(prompts(3)))
    result = run(*arguments, stdin=lines(prompts(3)))
    assert (result.exit_code, result.stdout) == (1, line("p1") + line("p3"))
    assert result.stderr.splitlines() == [
        "New-Video: Record 2 was sent by an earlier run, and nobody knows whether a job was created. "
        "It is not sent again.",
        "    + RecommendedAction     : Look for the job with Get-Video. To send it again, delete its lines "
        "('\"record\":2,') from the journal.",
        "    + CategoryInfo          : ResourceUnavailable: (record 2:String) [New-Video], InvalidOperationException",
        "    + FullyQualifiedErrorId : OutcomeUnknown,New-Video",
    ]
    assert desk.asked == dict.fromkeys(prompts(3), 1)
