"""PSOpenAI's video cmdlets for shells, scripts and Python.

    from psopenai_py import get_video_content, new_video
    job = new_video("Dancing Doggo", seconds=8, api_base="sandbox:")
    get_video_content(job["id"], out_file="doggo.mp4", wait_for_completion=True, api_base="sandbox:")

All errors are in `psopenai_py.errors`; their base is here too. Functions and errors are imported when they are
first used, so that importing the package costs nothing.
"""

from __future__ import annotations

#: True for type checkers. The module `typing` is left to those who need it: before it is there, Ctrl-C could come.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import errors as errors
    from .errors import PSOpenAIError as PSOpenAIError

    # made: functions imports
    from .functions import get_video as get_video
    from .functions import get_video_content as get_video_content
    from .functions import new_video as new_video
    from .functions import new_video_remix as new_video_remix
    from .functions import remove_video as remove_video
    from .functions import wait_video as wait_video
    # end

__version__ = "0.1.0"
__all__ = [
    # made: functions names
    "PSOpenAIError",
    "__version__",
    "errors",
    "get_video",
    "get_video_content",
    "new_video",
    "new_video_remix",
    "remove_video",
    "wait_video",
    # end
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if name == "errors":
        return import_module(".errors", __name__)
    return getattr(import_module(".errors" if name == "PSOpenAIError" else ".functions", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
