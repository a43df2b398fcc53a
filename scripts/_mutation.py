"""The work of `mutate.py`, in an environment that has cosmic-ray."""

from __future__ import annotations

import concurrent.futures
import json
import queue
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import _mutants
import mutate
from _copy import Copy, Outcome
from _mutants import Mutant

#: In a checkout: why a mutant that survives does not count, by file and by the line before and after the change.
KNOWN = "scripts/mutants.json"
#: Seconds beyond three times what the tests of a change took, for a process to start on a machine that is busy.
_SPARE = 60.0


class Baseline(NamedTuple):
    """What is known when all tests have passed.

    Attributes:
        seconds: all tests, and how long each took.
        contexts: the tests that run a line, by file and line.
    """

    seconds: dict[str, float]
    contexts: dict[tuple[str, int], set[str]]

    def without_those_over(self, longest: float) -> Baseline:
        """The same without tests that took so many seconds: a change that survives would take that long."""
        return self._replace(seconds={test: each for test, each in self.seconds.items() if each <= longest})

    def tests(self, mutant: Mutant) -> list[str]:
        """Those that run the line, the quick ones first. Of one that is run while its module loads, all: those
        that run anything else of the file come first."""
        names = self.contexts.get((mutant.file, mutant.line), set())
        if names and not mutant.loaded and "" not in names:
            return sorted(self._all_named(names), key=self.seconds.__getitem__)
        near = {name for (file, _), names in self.contexts.items() if file == mutant.file for name in names}
        first = self._all_named(near)
        return sorted(self.seconds, key=lambda test: (test not in first, self.seconds[test]))

    def _all_named(self, contexts: Iterable[str]) -> set[str]:
        return {test for name in contexts for test in self._named(name)}

    def _named(self, context: str) -> Iterable[str]:
        """A process that a fixture started may serve all tests of a file."""
        test, _, phase = context.partition(" (")
        if phase == "setup)":
            file = test.partition("::")[0]
            return [each for each in self.seconds if each.startswith(file + "::")]
        return [test] if test in self.seconds else []


def main(arguments: list[str]) -> int:
    """Exit code: 0 when all changes were noticed, 1 when some were not, 2 when the tests fail without any."""
    options = mutate.parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutate-", ignore_cleanup_errors=True) as folder:
        copies = [Copy(options.checkout, Path(folder, str(number))) for number in range(max(1, options.copies))]
        root = copies[0].root
        files = _files(root, Path("psopenai_py", options.package))
        known = reasons(options.checkout)
        mutants = _mutants.find(root, files, known, 0 if options.all else options.sample, options.seed)
        tests = options.tests or mutate.TESTS.get(options.package) or [f"tests/{options.package}"]
        found = baseline(copies, _test_files(root, tests), files)
        if isinstance(found, Outcome):
            print(found.output, "\nThe tests fail without any change, so nothing was tried.", sep="", file=sys.stderr)
            return 2
        found = found.without_those_over(options.longest)
        say(f"{len(mutants)} changes in {options.package}, {len(found.seconds)} tests")
        outcomes = try_all(copies, mutants, found, options.limit)
        if not all(still_passes(copy, found) for copy in copies):
            print("At the end, tests fail without any change, so all of this says nothing.", file=sys.stderr)
            return 2
    return report(options.package, mutants, outcomes)


def say(text: str) -> None:
    """A line of the report, at once."""
    print(text, flush=True)


def _files(root: Path, place: Path) -> list[str]:
    paths = sorted((root / place).rglob("*.py")) if (root / place).is_dir() else [root / place]
    return [path.relative_to(root).as_posix() for path in paths]


def _test_files(root: Path, tests: Iterable[str]) -> list[str]:
    """All files, since the copies share them."""
    found = [
        path
        for test in tests
        for path in ((root / test).rglob("test_*.py") if (root / test).is_dir() else [root / test])
    ]
    return sorted({path.relative_to(root).as_posix() for path in found})


def baseline(copies: list[Copy], tests: list[str], files: list[str]) -> Baseline | Outcome:
    """Run all tests without a change, in all copies at once; the outcome of a run that failed."""
    began = time.monotonic()
    shares = {number: tests[number :: len(copies)] for number in range(min(len(copies), len(tests)))}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [pool.submit(copies[number].measure, share) for number, share in shares.items()]
        outcomes: list[Outcome] = [run.result() for run in runs]
    seconds: dict[str, float] = {}
    contexts: dict[tuple[str, int], set[str]] = {}
    for copy, outcome in zip(copies, outcomes, strict=False):
        if outcome.code != 0:
            return outcome
        seconds |= {name: each or 0.0 for name, each in outcome.seconds.items()}
        for place, names in copy.contexts(files).items():
            contexts.setdefault(place, set()).update(names)
    say(f"without a change, all tests pass ({time.monotonic() - began:.0f} s)")
    return Baseline(seconds, contexts)


def still_passes(copy: Copy, base: Baseline) -> bool:
    """True if nothing else has changed meanwhile, such as the environment: then each change would seem to be caught."""
    quick = sorted(base.seconds, key=lambda test: base.seconds[test])[:20]
    return copy.run(quick, _SPARE).code == 0


def try_all(copies: list[Copy], mutants: list[Mutant], base: Baseline, limit: float | None) -> list[str]:
    """What became of each: `caught`, `timed out` or `survived`."""
    free: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(mutant: Mutant) -> str:
        copy = free.get()
        try:
            return _try(copy, mutant, base, limit)
        finally:
            free.put(copy)

    with concurrent.futures.ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(one, mutants))


def _try(copy: Copy, mutant: Mutant, base: Baseline, limit: float | None) -> str:
    tests = base.tests(mutant)
    original = (copy.root / mutant.file).read_text("utf-8")
    began = time.monotonic()
    copy.write(mutant.file, mutant.code)
    try:
        found = copy.run(tests, limit or _SPARE + 3 * sum(base.seconds[test] for test in tests))
    finally:
        copy.write(mutant.file, original)
    result = "timed out" if found.code is None else "caught" if found.code not in (0, 5) else "survived"
    by = f" by {found.failed[0]}" if result == "caught" and found.failed else ""
    say(f"{result:9} {_text(mutant)} ({len(tests)} tests, {time.monotonic() - began:.0f} s{by})")
    return result


def _text(mutant: Mutant) -> str:
    return f"{mutant.file}:{mutant.line} {mutant.operator}: {mutant.was}  ->  {mutant.now}"


def reasons(checkout: Path) -> dict[tuple[str, str, str], str]:
    """Why a change may go unnoticed: file, line before and line after to a reason."""
    listed = json.loads((checkout / KNOWN).read_text("utf-8"))
    return {(each["file"], each["was"], each["now"]): each["why"] for each in listed}


def report(package: str, mutants: list[Mutant], outcomes: list[str]) -> int:
    """Print the summary; exit code 1 when a change was not noticed."""
    count = Counter(outcomes)
    say("")
    for mutant, outcome in zip(mutants, outcomes, strict=True):
        if outcome == "survived":
            say(f"survived  {_text(mutant)}")
    noticed = count["caught"] + count["timed out"]
    score = f"{100 * noticed / len(mutants):.1f} %" if mutants else "none"
    say(
        f"{package}: {count['caught']} caught, {count['timed out']} timed out, {count['survived']} survived."
        f" Score: {noticed} of {len(mutants)} = {score}"
    )
    return 1 if count["survived"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
