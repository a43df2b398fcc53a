"""Change the code of one package on purpose, and see whether its tests notice: mutation testing.

    python3 scripts/mutate.py PACKAGE [TEST ...] [--sample N] [--seed S] [--all]
                              [--copies N] [--longest SECONDS] [--limit SECONDS]

PACKAGE is a folder of psopenai_py, as `binding` or `sandbox/service`, or a file of one. TEST are the files or folders
of tests that may notice; without any, those in the table TESTS. A sample of 50 changes takes from 5 to 20 minutes.

All is done in copies of the checkout in a temporary folder, one for each run at a time. First all tests run, which
must pass; meanwhile the coverage of each is measured, also in processes that it starts. A change is then tried with
the tests that run its line, quick ones first, until one fails. The summary names each change that none noticed.
Changes that `mutants.json` lists with a reason are not tried. Exit code: 0; 1 when some survived; 2 when nothing ran.
"""

import argparse
import sys
from pathlib import Path

import _environment

#: The tests that exercise a package, where more do than those in the folder of its name.
TESTS = {
    "binding": ["tests/binding", "tests/test_shell.py", "tests/test_functions.py", "tests/test_help.py"],
    "http": [
        *("tests/http", "tests/test_addresses.py", "tests/test_variables.py", "tests/videos/test_created_jobs.py"),
        *("tests/cmdlets/test_get_video_content.py", "tests/cmdlets/test_new_video_remix.py"),
        *("tests/providers/test_requests.py", "tests/videos/test_advice.py", "tests/pipeline/test_rate_limit.py"),
    ],
    "videos": [
        *("tests/videos", "tests/cmdlets", "tests/http/test_answers.py", "tests/http/test_odd_answers.py"),
        "tests/providers/test_stories.py",
        *("tests/providers/test_requests.py", "tests/providers/test_hostile.py", "tests/providers/test_models.py"),
        *("tests/providers/test_said_by_services.py", "tests/providers/test_references.py"),
        *("tests/providers/test_google.py", "tests/providers/test_answers.py", "tests/providers/test_refusals.py"),
        *("tests/providers/test_addresses.py", "tests/providers/test_xai.py", "tests/providers/test_statuses.py"),
    ],
    "worker": [
        *("tests/worker", "tests/compat/test_worker.py", "tests/compat/test_worker_input.py"),
        *("tests/compat/test_worker_life.py", "tests/compat/test_worker_lines.py"),
    ],
    "pipeline": ["tests/pipeline", "tests/test_input.py"],
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(
        prog="mutate.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    result.add_argument("package")
    result.add_argument("tests", nargs="*", metavar="TEST")
    result.add_argument("--sample", type=int, default=50, metavar="N", help="so many changes, drawn at random (50)")
    result.add_argument("--seed", type=int, default=1, metavar="S", help="what the draw begins with (1)")
    result.add_argument("--all", action="store_true", help="no sample: all changes; takes hours")
    result.add_argument("--copies", type=int, default=2, metavar="N", help="how many run at a time (2)")
    result.add_argument("--longest", type=float, default=60, metavar="SECONDS", help="no test that takes longer (60)")
    result.add_argument("--limit", type=float, metavar="SECONDS", help="for one change (what its tests take, and more)")
    result.add_argument("--checkout", type=Path, default=Path(_environment.ROOT), help=argparse.SUPPRESS)
    return result


def main(arguments: list[str]) -> int:
    """Check the command line, then go on where cosmic-ray is installed."""
    options = parser().parse_args(arguments)
    if not (options.checkout / "psopenai_py" / options.package).exists():
        print(f"psopenai_py has no {options.package}", file=sys.stderr)
        return 2
    script = Path(__file__).with_name("_mutation.py")
    return _environment.become([_environment.python("mutation"), str(script), *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
