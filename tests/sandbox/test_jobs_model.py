"""The job store against a model: whatever is done in whatever order, it agrees with a plain dictionary."""

from __future__ import annotations

import tempfile

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from psopenai_py.sandbox.service.jobs import DamagedJob, JobStore, UnknownJob
from psopenai_py.sandbox.service.timeline import Job
from tests.sandbox.conftest import Clock


class StoreMachine(RuleBasedStateMachine):
    """Create, delete, damage, wait, reopen; the listings must always be right."""

    jobs: Bundle[str] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.model: dict[str, Job | None] = {}  # in order of creation; None for a damaged one
        self.reopen()

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule()
    def reopen(self) -> None:
        self.store = JobStore(self.folder.name, clock=self.clock, report=lambda message: None)

    @rule(target=jobs, prompt=st.text(max_size=20), seconds=st.integers(1, 60))
    def create(self, prompt: str, seconds: int) -> str:
        # A reopened store must not sort a new job before an older one of the same moment.
        self.clock.now += 0.001
        job = self.store.create(Job("", 0.0, 0.0, "sora-2", prompt, seconds, 720, 1280))
        self.model[job.id] = job
        return job.id

    @rule(video_id=jobs)
    def load(self, video_id: str) -> None:
        expected: object = self.model.get(video_id, UnknownJob) or DamagedJob
        try:
            found: object = self.store.load(video_id)
        except (UnknownJob, DamagedJob) as error:
            found = type(error)
        assert found == expected

    @rule(video_id=consumes(jobs))
    def delete(self, video_id: str) -> None:
        known = video_id in self.model
        self.model.pop(video_id, None)
        try:
            self.store.delete(video_id)
        except UnknownJob:
            assert not known
        else:
            assert known

    @rule(video_id=jobs, length=st.integers(0, 40))
    def damage(self, video_id: str, length: int) -> None:
        if video_id in self.model:
            path = self.store.folder / "jobs" / f"{video_id}.json"
            path.write_bytes(path.read_bytes()[:length])
            self.model[video_id] = None

    @rule(hours=st.sampled_from([1, 12, 24]))
    def wait(self, hours: int) -> None:
        self.clock.now += hours * 3600
        limit = self.clock.now - 86_400
        gone = [video_id for video_id in self.model if int(video_id[6:20], 16) / 1e6 <= limit]
        for video_id in gone:
            del self.model[video_id]

    @rule(limit=st.integers(1, 4), newest_first=st.booleans())
    def list_by_pages(self, limit: int, newest_first: bool) -> None:
        found: list[Job] = []
        more = True
        while more:
            page, more = self.store.page(limit, after=found[-1].id if found else None, newest_first=newest_first)
            assert len(page) == limit or not more
            found += page
        expected = [job for job in self.model.values() if job]
        assert found == (expected[::-1] if newest_first else expected)

    @invariant()
    def nothing_temporary_is_left(self) -> None:
        assert not list(self.store.folder.rglob("*.tmp"))


TestStore = StoreMachine.TestCase
TestStore.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
