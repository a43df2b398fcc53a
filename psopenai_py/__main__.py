"""The entry point of `python -m psopenai_py` and of all console scripts."""

from __future__ import annotations

import _imp
import _signal  # type: ignore[import-not-found]  # `signal` takes ten times as long to load
import gc
import sys

#: True for type checkers.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run the cmdlet under whose name the program was started; for any other name, the first argument says which."""
    _end_by_interruption()
    _run(_program_name(sys.argv[0]))


def _end_by_interruption() -> None:
    """Until there are handlers, let Ctrl-C end the process in silence: Python would say where it was."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        # One that came while the interpreter forgot a lock of a module was ignored, and may have left the lock of all
        # modules behind: what a thread loads would wait for ever.
        if _imp.lock_held():
            _signal.raise_signal(_signal.SIGINT)


def _program_name(path: str) -> str:
    """The name of a program without its folder, and without what Windows puts behind it."""
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".exe").removesuffix("-script.py")


def _run(name: str) -> NoReturn:
    # Modules live until the end. To search them for garbage, again and again while they load and once more at the
    # exit, is a sixth of the cost of a call. A long run is still searched; PyPy has another collector.
    if hasattr(gc, "freeze"):
        gc.set_threshold(50_000)
    from . import signals

    code = 0
    try:
        signals.install()
        try:
            from .shell import run

            code = run(name, sys.argv[1:])
        finally:
            signals.ignore()
    except (Exception, KeyboardInterrupt):
        # Before the front was up, so that nothing was sent; or when all was said. An interruption while a module
        # loads may come as another error, such as a class or a text that could not be made.
        if not signals.came():
            raise
        code = code or signals.exit_code()
    if hasattr(gc, "freeze"):
        gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
