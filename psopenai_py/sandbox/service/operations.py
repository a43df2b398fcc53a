"""What each route does: create, list, retrieve, delete, remix, content, models.

Request in, answer out; failures on demand that a prompt asks for are applied here. Knows nothing of WSGI's
start_response, of paths, or of how jobs and pictures are stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .faults import Fault, apply_fault, faults_in_prompt
from .forms import Form, read_form
from .jobs import DamagedJob, JobStore, UnknownJob, is_video_id
from .responses import ApiError, Response, json_response, not_found
from .timeline import Job, poll_after, state_of, video_object

__all__ = ["Operations", "Request"]

MODELS = ("sora-2", "sora-2-pro")
DEFAULT_MODEL = MODELS[0]
DEFAULT_SECONDS = 4
DEFAULT_SIZE = "720x1280"
MAX_SECONDS = 60
MAX_SIDE = 4096
MAX_PROMPT = 32_000
VARIANTS = ("video", "thumbnail", "spritesheet")


class Request(NamedTuple):
    """One request after routing."""

    stage: str  # one of faults.STAGES, or another one that only a failure of all requests is for
    environ: Mapping[str, Any]
    query: Mapping[str, str]
    video_id: str = ""  # or what else the path names


class Operations:
    """The operations on one job store. `fault` is a failure on demand for every request."""

    def __init__(self, store: JobStore, *, fault: Fault | None, upload_limit: int) -> None:
        self._store = store
        self._fault = fault
        self._upload_limit = upload_limit

    def create(self, request: Request) -> Response:
        """POST /videos."""
        return self._accept(read_form(request.environ, self._upload_limit, _draft))

    def remix(self, request: Request) -> Response:
        """POST /videos/{id}/remix: a new job with the source's model, size, length and tint."""
        prompt = read_form(request.environ, self._upload_limit, _prompt)
        source = self._load(request.video_id)
        status = state_of(source, self._store.clock()).status
        if status != "completed":
            message = f"Only a completed video can be remixed; '{source.id}' is {status}."
            raise ApiError(400, message, param="video_id", code="video_not_completed")
        return self._accept(source._replace(prompt=prompt, remixed_from=source.id))

    def list(self, request: Request) -> Response:
        """GET /videos, one page."""
        order = request.query.get("order") or "desc"
        if order not in ("asc", "desc"):
            raise _invalid("order", "must be asc or desc")
        after = request.query.get("after") or None
        if after and not is_video_id(after):
            raise _invalid("after", "must be the id of a video")
        limit = _limit(request.query.get("limit", "20"))
        # A page of nothing must not promise more: a client would ask for ever.
        jobs, more = self._store.page(limit, after=after, newest_first=order == "desc") if limit else ([], False)
        now = self._store.clock()
        return json_response(
            {
                "object": "list",
                "data": [video_object(job, now) for job in jobs],
                "first_id": jobs[0].id if jobs else None,
                "last_id": jobs[-1].id if jobs else None,
                "has_more": more,
            }
        )

    def retrieve(self, request: Request) -> Response:
        """GET /videos/{id}."""
        job = self._load(request.video_id)
        return self._fault_response(request.stage, job) or self._video(job)

    def delete(self, request: Request) -> Response:
        """DELETE /videos/{id}, at any status, damaged or not."""
        try:
            struck = self._fault_response(request.stage, self._load(request.video_id))
        except DamagedJob:
            struck = None
        if struck:
            return struck
        try:
            self._store.delete(request.video_id)
        except UnknownJob:
            raise not_found(request.video_id) from None
        return json_response({"id": request.video_id, "object": "video.deleted", "deleted": True})

    def content(self, request: Request) -> Response:
        """GET /videos/{id}/content."""
        job = self._load(request.video_id)
        fault = self._due_fault(request.stage, job)
        if fault and fault.word != "drop":
            return apply_fault(fault)
        response = self._content(job, request)
        return response.cut_short() if fault else response

    def list_models(self, request: Request) -> Response:
        """GET /models: the names of the contract; every other one is accepted, too."""
        return json_response({"object": "list", "data": [_model(name) for name in MODELS]})

    def retrieve_model(self, request: Request) -> Response:
        """GET /models/{name}."""
        if request.video_id not in MODELS:
            message = f"The sandbox lists no model '{request.video_id[:80]}'."
            raise ApiError(404, message, param="model", code="model_not_found")
        return json_response(_model(request.video_id))

    def not_offered(self, request: Request) -> Response:
        """Refuse what the contract has beside jobs, instead of taking its name for the id of a video."""
        message = f"The sandbox does not offer {request.video_id}; it creates, remixes, lists and deletes videos."
        raise ApiError(404, message, code="not_offered")

    def option_fault(self, request: Request) -> Fault | None:
        """Return the failure that the sandbox's own option wants for this request."""
        fault = self._fault
        if fault is None or fault.is_for_job or fault.stage not in (None, request.stage):
            return None
        return fault if self._counts(fault, request.stage, f"option {request.video_id}") else None

    def _accept(self, draft: Job) -> Response:
        wanted = faults_in_prompt(draft.prompt)
        option = (self._fault,) if self._fault and self._fault.is_for_job else ()
        draft = draft._replace(faults=tuple(fault.word for fault in (*wanted, *option) if fault.is_for_job))
        return self._fault_response("create", draft) or self._video(self._store.create(draft))

    def _content(self, job: Job, request: Request) -> Response:
        variant = request.query.get("variant") or "video"
        if variant not in VARIANTS:
            raise _invalid("variant", f"must be one of {', '.join(VARIANTS)}")
        _require_content(job, self._store.clock())
        from .content import content_response

        return content_response(job, variant, request.environ)

    def _load(self, video_id: str) -> Job:
        try:
            return self._store.load(video_id)
        except UnknownJob:
            raise not_found(video_id) from None

    def _video(self, job: Job) -> Response:
        now = self._store.clock()
        wait = poll_after(job, now)
        return json_response(
            video_object(job, now), headers={} if wait is None else {"openai-poll-after-ms": str(wait)}
        )

    def _fault_response(self, stage: str, job: Job) -> Response | None:
        fault = self._due_fault(stage, job)
        return apply_fault(fault) if fault else None

    def _due_fault(self, stage: str, job: Job) -> Fault | None:
        """Return the first failure that the job's prompt wants for this kind of request."""
        subject = job.id if stage != "create" else f"{job.remixed_from} {job.prompt}"
        for fault in faults_in_prompt(job.prompt):
            if fault.stage == stage and self._counts(fault, stage, subject):
                return fault
        return None

    def _counts(self, fault: Fault, stage: str, subject: str) -> bool:
        return fault.times is None or self._store.refuse(f"{fault} {stage} {subject}", fault.times)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 1_759_708_800, "owned_by": "sandbox"}


def _draft(form: Form) -> Job:
    """Return the job that a form asks for; what it lacks is the store's business."""
    width, height = _size(form.fields.get("size", DEFAULT_SIZE))
    return Job(
        id="",
        created=0.0,
        run_seconds=0.0,
        model=_string(form.fields.get("model", DEFAULT_MODEL), "model", 200),
        prompt=_prompt(form),
        seconds=_seconds(form.fields.get("seconds", DEFAULT_SECONDS)),
        width=width,
        height=height,
        tint=_tint(form),
    )


def _require_content(job: Job, now: float) -> None:
    state = state_of(job, now)
    if state.status == "failed":
        raise _no_content(422, f"The video '{job.id}' failed and has no content.", "video_failed")
    if state.expires_at is None:
        stand = f"{state.status}, {state.progress} percent"
        raise _no_content(404, f"The video '{job.id}' is not ready yet: {stand}.", "video_not_ready")
    if now >= state.expires_at:
        raise _no_content(404, f"The content of the video '{job.id}' has expired.", "video_expired")


def _no_content(status: int, message: str, code: str) -> ApiError:
    return ApiError(status, message, param="video_id", code=code)


def _prompt(form: Form) -> str:
    value = form.fields.get("prompt")
    if value is None or value == "":
        message = "The parameter 'prompt' is required."
        raise ApiError(400, message, param="prompt", code="missing_required_parameter")
    return _string(value, "prompt", MAX_PROMPT)


def _string(value: object, name: str, longest: int) -> str:
    if not isinstance(value, str) or not value:
        raise _invalid(name, "must be a text that is not empty")
    if len(value) > longest:
        raise _invalid(name, f"must not be longer than {longest} characters; it has {len(value)}")
    return value


def _seconds(value: object) -> int:
    # Texts in the contract; numbers are what people write in JSON.
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= MAX_SECONDS:
        raise _invalid("seconds", f"must be a whole number from 1 to {MAX_SECONDS}")
    return int(text)


def _size(value: object) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", value) if isinstance(value, str) else None
    sides = (int(match[1]), int(match[2])) if match else (0, 0)
    if any(side % 2 or not 2 <= side <= MAX_SIDE for side in sides):
        raise _invalid("size", f"must be WIDTHxHEIGHT, even numbers up to {MAX_SIDE}, such as {DEFAULT_SIZE}")
    return sides


def _limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > 100:
        raise _invalid("limit", "must be a whole number from 0 to 100")
    return int(text)


def _invalid(name: str, why: str) -> ApiError:
    return ApiError(400, f"The parameter '{name}' {why}.", param=name, code="invalid_value")


def _tint(form: Form) -> tuple[int, int, int] | None:
    """Return the reference image's colour; None without one, or if it is elsewhere."""
    upload = form.files.get("input_reference")
    value = form.fields.get("input_reference", form.fields.get("input_reference[image_url]"))
    if upload is None and value is None:
        return None
    from .reference import data_url, tint_of

    try:
        upload = upload or data_url(value)
        return None if upload is None else tint_of(upload)
    except ValueError as error:
        message = f"The input_reference cannot be used: {error}."
        raise ApiError(400, message, param="input_reference", code="invalid_image") from None
