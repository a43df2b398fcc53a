"""What a job is, and what becomes of it: status and progress as a pure function of the clock.

A job is written once and never changed; everything that moves is computed from its creation time. That is
why the sandbox needs no thread and no timer, and why a job moves on between two processes.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

__all__ = [
    "KEEP_SECONDS",
    "Job",
    "State",
    "job_from_record",
    "poll_after",
    "record_of",
    "state_of",
    "video_object",
]

KEEP_SECONDS: Final = 24 * 60 * 60

QUEUED_UNTIL = 0.1  # share of the whole time
FAILS_AT = 0.5
STALLS_AT = 0.42
SLOW_FACTOR = 10.0

FAILURES = {
    "fail": ("video_generation_failed", "The video could not be made. You asked for this with [fail]."),
    "blocked": (
        "moderation_blocked",
        "The video was held back by moderation. You asked for this with [blocked].",
    ),
}


class Job(NamedTuple):
    """One video job: the request as accepted, and when."""

    id: str
    created: float  # seconds since 1970
    run_seconds: float  # from creation to completion; the speed was applied at creation
    model: str
    prompt: str
    seconds: int
    width: int
    height: int
    remixed_from: str | None = None
    faults: tuple[str, ...] = ()
    tint: tuple[int, int, int] | None = None  # red, green, blue of the reference image

    @property
    def size(self) -> str:
        """Width and height as the service writes them."""
        return f"{self.width}x{self.height}"


class State(NamedTuple):
    """Where a job stands at one moment."""

    status: str
    progress: int
    completed_at: int | None = None
    expires_at: int | None = None
    error: dict[str, str] | None = None


def state_of(job: Job, now: float) -> State:
    """Return where `job` stands at `now`; a clock set back only makes it wait."""
    done = max(0.0, now - job.created) / _duration(job)
    if "stall" in job.faults:
        done = min(done, STALLS_AT)
    failure = next((FAILURES[word] for word in job.faults if word in FAILURES), None)
    if failure and done >= FAILS_AT:
        code, message = failure
        return State("failed", int(FAILS_AT * 100), error={"code": code, "message": message})
    if done >= 1:
        return _completed(job)
    if done < QUEUED_UNTIL:
        return State("queued", 0)
    return State("in_progress", int(done * 100))


def _completed(job: Job) -> State:
    completed = int(job.created + _duration(job))
    expires = completed if "expired" in job.faults else int(job.created + KEEP_SECONDS)
    return State("completed", 100, completed_at=completed, expires_at=expires)


def _duration(job: Job) -> float:
    return job.run_seconds * (SLOW_FACTOR if "slow" in job.faults else 1.0)


def poll_after(job: Job, now: float) -> int | None:
    """Return in how many milliseconds it is worth asking again; None when nothing will change."""
    if state_of(job, now).status in ("completed", "failed"):
        return None
    remaining = job.created + _duration(job) - now
    return max(20, min(1000, round(remaining * 1000)))


def video_object(job: Job, now: float) -> dict[str, Any]:
    """Return the job as the published contract has it: thirteen keys, nullable ones included."""
    state = state_of(job, now)
    return {
        "id": job.id,
        "object": "video",
        "created_at": int(job.created),
        "status": state.status,
        "completed_at": state.completed_at,
        "error": state.error,
        "expires_at": state.expires_at,
        "model": job.model,
        "progress": state.progress,
        "prompt": job.prompt,
        "remixed_from_video_id": job.remixed_from,
        "seconds": str(job.seconds),
        "size": job.size,
    }


def record_of(job: Job) -> dict[str, Any]:
    """Return the job as its file holds it."""
    return job._asdict()


def job_from_record(record: object) -> Job:
    """Rebuild a job from its file's content; a ValueError when that is not one of ours."""
    if not isinstance(record, dict) or not set(_TYPES) <= set(record):
        raise ValueError("not a job record")
    for name, kinds in _TYPES.items():
        if not isinstance(record[name], kinds) or isinstance(record[name], bool):
            raise ValueError(f"{name} is not usable")
    fields = {name: record[name] for name in _TYPES}
    fields["faults"] = tuple(str(word) for word in fields["faults"])
    tint = fields["tint"]
    if tint is not None and [type(each) for each in tint] != [int, int, int]:
        raise ValueError("tint is not usable")
    fields["tint"] = tuple(tint) if tint else None
    job = Job(**fields)
    if not (job.run_seconds > 0 and 1 <= job.seconds <= 60 and min(job.width, job.height) >= 2):
        raise ValueError("its numbers make no sense")
    return job


_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "created": (int, float),
    "run_seconds": (int, float),
    "model": (str,),
    "prompt": (str,),
    "seconds": (int,),
    "width": (int,),
    "height": (int,),
    "remixed_from": (str, type(None)),
    "faults": (list,),
    "tint": (list, type(None)),
}
