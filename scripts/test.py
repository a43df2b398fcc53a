"""Run the tests from a fresh checkout: `python3 scripts/test.py [arguments for pytest]`.

Without arguments: the checks of `check.py`, then the whole suite on all cores with branch coverage. Any
failure, or too little coverage, gives an exit code other than 0. With arguments, pytest alone runs with them,
from the top of the checkout: `python3 scripts/test.py tests/test_keys.py -k masked`.

With `--servers`, the tests against servers that others wrote run, and with `--providers` those with the vendors' own
clients and an emulator of hosted services. They are not part of the suite: see `compat/servers.md`.
"""

import os
import sys

import _environment
import check

#: Tests wait for processes and servers half of the time, so there are two for each core.
_AT_ONCE = min(2 * (os.cpu_count() or 1), 8)

WHOLE_SUITE = [
    *("-n", str(_AT_ONCE), "--dist", "worksteal"),
    # pytest-cov and not `coverage run`: its report comes before the closing line, and the threshold
    # (see pyproject.toml) is part of pytest's exit code.
    *("--cov", "--cov-report", "term"),
]


def main(arguments: list[str]) -> int:
    """Exit code of pytest; 1 when the tests passed but a check did not."""
    if arguments[:1] == ["--servers"]:
        import _servers

        return _servers.run(arguments[1:])
    if arguments[:1] == ["--providers"]:
        import _providers

        return _providers.run(arguments[1:])
    python = _environment.python("dev")
    failed = [] if arguments else check.run_checks(python, fix=False)
    code = _environment.forward([python, "-m", "pytest", *(arguments or WHOLE_SUITE)], _environment.ROOT)
    if failed:
        print("checks failed: " + "; ".join(failed), file=sys.stderr)
    return code or (1 if failed else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
