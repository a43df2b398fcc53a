"""What is promised about keys, paid jobs and files, and the tests that show it: the table of SECURITY.md."""

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"

#: A promise, the file of its tests, and their names without `test_`; none for all of the file.
PROMISES: list[tuple[str, str, tuple[str, ...]]] = [
    (
        "Ctrl-C, `kill` and a closed session lose no id of a job",
        "pipeline/test_signals.py",
        (
            "around_the_response",
            "at_any_moment_of_a_call",
            "many_at_a_time_are_finished",
            "the_function_keeps_the_id_too",
        ),
    ),
    ("A create of the worker that is cancelled keeps its id", "worker/test_cancelled_creates.py", ()),
    ("An answer that cannot be used shows the id that came", "videos/test_created_jobs.py", ()),
    (
        "What a run leaves undone is named, with what to type",
        "pipeline/test_stopping.py",
        ("what_the_pipe_still_holds_is_named", "a_run_that_an_error_ends_names_what_is_left", "a_full_disk"),
    ),
    ("With `-Resume`, nothing is paid twice, whenever the run is killed", "pipeline/test_kill.py", ()),
    (
        "A journal that is replaced or damaged stops the run",
        "pipeline/test_journal_files.py",
        ("touched_during_a_run", "damaged"),
    ),
    ("Few threads, or none, are enough", "pipeline/test_thread_limits.py", ()),
    ("No output, log or error shows a key or password", "test_secrets.py", ()),
    ("The same of what libraries and servers repeat", "http/test_secrecy.py", ()),
    ("A provider's key goes to that provider only", "providers/test_keys.py", ()),
    ("The same with all services at once, each at its own host", "providers/test_own_addresses.py", ()),
    ("An address by which anyone can fetch a video is in the output alone", "providers/test_concealing.py", ()),
    ("Hostile answers end as an error of that one job", "http/test_hostile_responses.py", ()),
    ("Hostile bodies do so too", "http/test_hostile_bodies.py", ()),
    ("Compression that explodes does so too", "http/test_compressed_answers.py", ()),
    ("Compressed answers are bounded, and whole or refused", "http/test_decoding.py", ()),
    (
        "What is no text is not sent as prompts",
        "test_input.py",
        ("a_film_is_no_list_of_prompts", "no_job_comes_of_bytes_that_are_no_text"),
    ),
    ("The sandbox serves this machine and its own pages only", "sandbox/test_origin.py", ()),
    ("No client of the sandbox holds up the others", "sandbox/test_load.py", ()),
]


def rows() -> list[str]:
    """The table's rows: each test by its name, as it stands in its file. Raises KeyError for one that is not there."""
    return [f"| {promise} | `tests/{file}` | {_told(file, names)} |" for promise, file, names in PROMISES]


def _told(file: str, names: tuple[str, ...]) -> str:
    known = _names(file)
    return ", ".join(known[name] for name in names or known)


def _names(file: str) -> dict[str, str]:
    """The tests of a file by name, each as words."""
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    found = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    names = [name.removeprefix("test_") for name in found if name.startswith("test_")]
    return {name: name.replace("_", " ") for name in names}
