"""Run a cmdlet from a fresh checkout: `python3 scripts/run.py New-Video -Prompt 'Dancing Doggo'`.

The first run makes a private environment in the checkout and installs the package there; it needs Python and
a network, nothing else. Later runs start at once. Arguments, standard streams and exit code are the cmdlet's.
"""

import sys

import _environment


def main(arguments: list[str]) -> int:
    """Become the cmdlet. -P: a `click.py` in the folder of the caller is not ours to import."""
    return _environment.become([_environment.python("run"), "-P", "-m", "psopenai_py", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
