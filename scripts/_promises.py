"""What is promised about keys, paid jobs and files, and the tests that show it: the tables of SECURITY.md."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import _environment

#: So many tests of a file are named; how many more there are is said.
NAMED = 5


@dataclass(frozen=True)
class Promise:
    """One row: what is promised, what users get instead of harm, and the tests that show it."""

    text: str
    result: str
    file: str
    #: Without `test_`; none for all of the file.
    names: tuple[str, ...] = ()


P = Promise
_ERROR = "an error of that one job, exit code 1"
_REFUSED = "an error that says why; nothing is sent"

PROMISES: dict[str, tuple[Promise, ...]] = {
    "Jobs that are paid": (
        P(
            "Ctrl-C, `kill` and a closed session lose no id of a job",
            "the id, or that a job may exist; exit code 130, 143 or 129",
            "pipeline/test_signals.py",
        ),
        P("The worker: a call that is cancelled", "the id", "worker/test_cancelled_creates.py"),
        P(
            "The worker: it is told to end",
            "what was done, and that a job may exist; exit code 143 or 129",
            "worker/test_ended_workers.py",
        ),
        P(
            "A run that ends early names what it leaves",
            "the ids, and the command that goes on",
            "pipeline/test_stopping.py",
            (
                *("a_full_disk", "what_is_under_way_is_finished", "while_jobs_are_waited_for"),
                *("what_the_pipe_still_holds_is_named", "a_run_that_an_error_ends_names_what_is_left"),
                *("a_failed_download_names_the_job", "what_a_remix_leaves_is_named"),
                "a_run_that_cannot_begin_names_what_the_pipe_brought",
            ),
        ),
        P("Few threads, or none, are enough", "all jobs are done", "pipeline/test_thread_limits.py"),
        P(
            "What holds no job is no success, and what holds an id shows it",
            "exit code 1, the server's message, and the id or that a job may exist",
            "videos/test_created_jobs.py",
        ),
        P("The same for answers that are anything", "a job, or an error", "providers/test_hostile.py"),
        P(
            "With `-Resume`, nothing is paid twice, whenever the run is killed",
            "each job once; of a few, that nobody knows",
            "pipeline/test_kill.py",
        ),
        P(
            "A journal that is replaced, deleted or damaged stops the run",
            "an error before the next job; none is sent twice",
            "pipeline/test_journal_files.py",
        ),
    ),
    "Bytes": (
        P(
            "What is no video is not saved as one",
            "exit code 1, and no file",
            "videos/test_download.py",
        ),
        P("What is cut is continued, or refused", "the whole video, or no file", "videos/test_download_breaks.py"),
        P("Hostile answers and headers", _ERROR, "http/test_hostile_responses.py"),
        P("Hostile bodies, and bodies that stop coming", _ERROR, "http/test_hostile_bodies.py"),
        P("Compression that is odd, stacked or explodes", _ERROR, "http/test_compressed_answers.py"),
        P("Compressed answers are bounded", "whole, or refused", "http/test_decoding.py"),
        P(
            "Files that are replaced keep what they were",
            "mode, owner and links stay; hard links keep the old content",
            "videos/test_saving.py",
            (
                *("an_existing_file_is_replaced_by_a_complete_one", "nothing_is_left_of_a_failure"),
                *("rights_are_what_the_umask_leaves", "a_link_stays_a_link", "a_replaced_file_keeps_its_mode"),
                *("other_hard_links_keep_the_old_content", "a_replaced_file_keeps_its_owner"),
            ),
        ),
        P(
            "Pipes and devices are written, and what cannot be written is refused first",
            "the bytes, or an error before anything is sent",
            "videos/test_saving_elsewhere.py",
        ),
    ),
    "Secrets": (
        P("No output, log or error shows a key or password", "a mask", "test_secrets.py"),
        P("Nor what libraries and servers repeat of it", "a mask", "http/test_secrecy.py"),
        P("Nor the records of the worker", "a mask", "worker/test_key_in_values.py"),
        P(
            "Key and location of one call of the worker are not those of the next",
            "refused, or undone with the call",
            "compat/test_worker.py",
            (
                *("a_key_stays_with_its_call", "nothing_of_a_call_is_left_for_the_next"),
                *("the_key_is_in_no_record", "what_cannot_be_asked"),
            ),
        ),
        P(
            "The worker: lines that are no requests, and an environment that no system can keep",
            "refused while it is read; the next call works",
            "compat/test_worker_lines.py",
        ),
        P(
            "The worker: an input that ends, and lines over the limit",
            "all that was asked before is answered",
            "compat/test_worker_input.py",
        ),
        P("A provider's key goes to that provider only", "no key, or an error", "providers/test_keys.py"),
        P("All services at once: each key at its own host", "no other key", "providers/test_own_addresses.py"),
        P(
            "An address by which anyone can fetch a video is in the output alone",
            "a mask everywhere else",
            "providers/test_concealing.py",
        ),
        P(
            "Where the key of the environment goes is said",
            "a verbose line; a warning where others can read it",
            "test_variables.py",
            (
                *("the_verbose_stream_says_where_the_key_of_the_environment_goes", "no_key_is_no_warning"),
                *("a_key_that_others_can_read_is_a_warning", "the_warning_comes_once_for_many_records"),
                "the_warning_can_stop_the_call",
            ),
        ),
    ),
    "Sandbox": (
        P("It serves this machine and its own pages only", "status 403", "sandbox/test_origin.py"),
        P("No client holds up the others", "an answer within a second", "sandbox/test_load.py"),
        P("Requests that are malformed", "status 400, 413 or 431", "sandbox/test_requests.py"),
        P("Folders that cannot be used", "an error that names `sandbox:/folder`", "sandbox/test_folder.py"),
    ),
    "Input": (
        P("What is no text is not sent, and no literal is slow", _REFUSED, "test_input.py"),
        P("Quotation marks and dashes of any kind", "as PowerShell reads them", "binding/test_literal_table.py"),
        P(
            "Variables that are blank, or have a line end behind them",
            "as unset; trimmed, with a verbose line",
            "test_variables.py",
            (
                *("a_line_end_behind_a_key", "a_byte_order_mark_before_a_key", "a_line_end_behind_a_base"),
                *("a_line_end_behind_a_proxy", "blank_variables_are_not_set", "a_blank_key_is_none"),
                "a_file_for_the_keys_of_tls_that_cannot_be_written",
            ),
        ),
        P("Addresses that cannot be used", _REFUSED, "test_addresses.py"),
        P(
            "Proxies and certificates that cannot be used",
            _REFUSED,
            "http/test_network.py",
            (
                *("a_proxy_that_cannot_be_used", "a_proxy_that_is_not_there", "certificates_that_cannot_be_used"),
                *("an_unknown_authority_is_refused_and_nothing_sent", "a_proxy_that_is_not_needed_may_be_anything"),
            ),
        ),
        P("No text of a server commands the terminal", "escaped", "test_control_characters.py"),
    ),
}


def tables() -> str:
    """All tables in Markdown. Raises KeyError for a test that is not there."""
    counted = _counted()
    return "\n".join(_table(title, promises, counted) for title, promises in PROMISES.items())


def _table(title: str, promises: tuple[Promise, ...], counted: dict[str, dict[str, list[int]]]) -> str:
    rows = [f"| {title} | What was tried | How often | Result | Shown by |", "|---|---|---|---|---|"]
    for each in promises:
        tried = counted[each.file]
        names = each.names or tuple(name.removeprefix("test_") for name in tried)
        counts = [tried[f"test_{name}"] for name in names]
        cells = [each.text, _told(names), _often(*map(sum, zip(*counts, strict=True))), each.result]
        rows.append(f"| {' | '.join(cells)} | `tests/{each.file}` |")
    return "\n".join(rows) + "\n"


def _told(names: tuple[str, ...]) -> str:
    words = [name.replace("_", " ") for name in names]
    shown = words if len(words) <= NAMED else [*words[:NAMED], f"and {len(words) - NAMED} more"]
    return ", ".join(shown)


def _often(cases: int, made_up: int) -> str:
    kinds = ((cases, "case" if cases == 1 else "cases"), (made_up, "random"))
    return " + ".join(f"{count:,} {kind}" for count, kind in kinds if count)


def _counted() -> dict[str, dict[str, list[int]]]:
    """Each file and test with its numbers of cases and of random examples; the same on every machine."""
    files = dict.fromkeys(each.file for promises in PROMISES.values() for each in promises)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PSOPENAI_TEST_", "PYTEST_"))}
    command = [_environment.python("dev"), str(Path(__file__).with_name("_tried.py")), *files]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    counted: dict[str, dict[str, list[int]]] = json.loads(done.stdout)
    return counted
