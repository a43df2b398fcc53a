"""The job store: files, order, damage, expiry; many processes at once; killed at any moment."""

from __future__ import annotations

import json
import logging
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from psopenai_py.sandbox.service.jobs import DamagedJob, JobStore, UnknownJob
from psopenai_py.sandbox.service.timeline import Job
from tests.sandbox.conftest import NOON, Clock

#: Seconds for which a job is kept.
ONE_DAY = 86_400
DRAFT = Job("", 0.0, 0.0, "sora-2", "a dog", 4, 720, 1280)
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and signals are those of POSIX")


def test_a_job_comes_back_as_it_was_stored(store: JobStore) -> None:
    draft = DRAFT._replace(
        prompt='ünï "quoted" \ud800', faults=("fail", "slow"), tint=(1, 2, 3), remixed_from="video_1"
    )
    job = store.create(draft)
    assert job == draft._replace(id=job.id, created=NOON, run_seconds=2.0)
    assert store.load(job.id) == job


def test_the_speed_is_settled_at_creation(tmp_path: Path, clock: Clock) -> None:
    job = JobStore(tmp_path, clock=clock, speed=4).create(DRAFT)
    assert JobStore(tmp_path, clock=clock).load(job.id).run_seconds == 0.5


@posix
def test_nobody_else_may_read(store: JobStore) -> None:
    store.create(DRAFT)
    store.refuse("key", 1)
    modes = {path.name[:6]: oct(stat.S_IMODE(path.stat().st_mode)) for path in store.folder.rglob("*")}
    assert oct(stat.S_IMODE(store.folder.stat().st_mode)) == "0o700"
    assert set(modes.values()) == {"0o700", "0o600"}
    assert (modes["jobs"], modes["refusa"], modes["video_"]) == ("0o700", "0o700", "0o600")


def test_reading_makes_no_folder(store: JobStore) -> None:
    assert store.page(10) == ([], False)
    with pytest.raises(UnknownJob):
        store.load("video_" + "0" * 32)
    assert not store.folder.exists()


@pytest.mark.parametrize("bad_id", ["", "video_1", "../jobs", "video_" + "g" * 32, "video_" + "0" * 33])
def test_an_id_that_is_none_of_ours_is_unknown(store: JobStore, bad_id: str) -> None:
    with pytest.raises(UnknownJob):
        store.load(bad_id)
    with pytest.raises(UnknownJob):
        store.delete(bad_id)


def test_pages_in_both_orders_go_on_from_a_deleted_job(store: JobStore) -> None:
    jobs = [store.create(DRAFT) for _ in range(5)]  # all at the same moment of the clock
    assert store.page(2) == ([jobs[4], jobs[3]], True)
    assert store.page(2, after=jobs[3].id) == ([jobs[2], jobs[1]], True)
    store.delete(jobs[1].id)
    assert store.page(2, after=jobs[1].id) == ([jobs[0]], False)
    assert store.page(3, newest_first=False) == ([jobs[0], jobs[2], jobs[3]], True)
    assert store.page(3, after=jobs[3].id, newest_first=False) == ([jobs[4]], False)


DAMAGE = [
    pytest.param(b"", id="empty"),
    pytest.param(b'{"id": "vi', id="cut-off"),
    pytest.param(b"[]", id="not-an-object"),
    pytest.param(b"\xff\xfe\x00", id="not-text"),
    pytest.param(b"[" * 100_000, id="too-deep"),
    pytest.param(b'{"id": "other"}', id="keys-missing"),
]


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_file_is_reported_and_skipped(store: JobStore, reports: list[str], content: bytes) -> None:
    first, second, third = (store.create(DRAFT) for _ in range(3))
    path = store.folder / "jobs" / f"{second.id}.json"
    path.write_bytes(content)
    assert store.page(10) == ([third, first], False)
    assert len(reports) == 1
    assert reports[0].startswith(f"The job file '{path}' is damaged (")
    assert reports[0].endswith("); delete it. It was left out of the list.")
    with pytest.raises(DamagedJob):
        store.load(second.id)
    store.delete(second.id)
    assert store.page(10) == ([third, first], False)
    assert len(reports) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "video_" + "0" * 32),
        ("seconds", 0),
        ("seconds", True),
        ("width", "720"),
        ("run_seconds", float("nan")),
        ("tint", [1]),
        ("prompt", None),
    ],
)
def test_a_record_with_a_senseless_value_is_damaged(store: JobStore, key: str, value: object) -> None:
    job = store.create(DRAFT)
    path = store.folder / "jobs" / f"{job.id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(DamagedJob):
        store.load(job.id)


def test_without_a_listener_a_damaged_file_is_logged(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store = JobStore(tmp_path, clock=clock)
    (tmp_path / "jobs" / f"{store.create(DRAFT).id}.json").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        assert store.page(1) == ([], False)
    assert [record.name for record in caplog.records] == ["psopenai_py.sandbox.service.jobs"]


def test_foreign_files_are_left_alone(store: JobStore, reports: list[str]) -> None:
    job = store.create(DRAFT)
    foreign = store.folder / "jobs" / "notes.txt"
    foreign.write_text("mine")
    store.sweep()
    assert (store.page(10), reports, foreign.read_text()) == (([job], False), [], "mine")


def test_old_jobs_and_abandoned_files_are_swept(store: JobStore, clock: Clock) -> None:
    old = store.create(DRAFT)
    store.refuse("key", 3)
    (store.folder / "jobs" / f".{old.id}.tmp").write_bytes(b"half")
    clock.now += ONE_DAY - 1
    assert store.page(10) == ([old], False)
    clock.now += 1
    assert store.page(10) == ([], False)
    with pytest.raises(UnknownJob):
        store.load(old.id)
    with pytest.raises(UnknownJob):
        store.delete(old.id)
    new = store.create(DRAFT)
    assert [path.name for path in store.folder.rglob("*.*")] == [f"{new.id}.json"]


def test_refusals_are_counted_between_stores_and_start_anew(tmp_path: Path, clock: Clock) -> None:
    answers = [JobStore(tmp_path, clock=clock).refuse("a", 2) for _ in range(6)]
    assert answers == [True, True, False, True, True, False]
    assert JobStore(tmp_path, clock=clock).refuse("b", 1)


MANY = """
import os, sys
from psopenai_py.sandbox.service.jobs import JobStore
from psopenai_py.sandbox.service.timeline import Job
draft = Job("", 0.0, 0.0, "sora-2", "a dog", 4, 720, 1280)
ready, go = os.pipe()
children = []
for number in range(200):
    child = os.fork()
    if not child:
        os.close(go)
        os.read(ready, 1)  # all wait for the same moment: the parent closing its end
        job = JobStore(sys.argv[1]).create(draft._replace(prompt=str(number)))
        os._exit(0 if JobStore(sys.argv[1]).load(job.id) == job else 1)
    children.append(child)
os.close(go)
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""


@posix
def test_two_hundred_processes_at_once_lose_no_job(tmp_path: Path, reports: list[str]) -> None:
    subprocess.run([sys.executable, "-c", MANY, str(tmp_path / "new" / "folder")], check=True, timeout=120)
    store = JobStore(tmp_path / "new" / "folder", report=reports.append)
    jobs, more = store.page(1000)
    assert sorted(int(job.prompt) for job in jobs) == list(range(200))
    assert (more, reports) == (False, [])
    assert not list(store.folder.rglob("*.tmp"))


ENDLESS = """
import sys
from psopenai_py.sandbox.service.jobs import JobStore
from psopenai_py.sandbox.service.timeline import Job
store = JobStore(sys.argv[1])
while True:
    print(store.create(Job("", 0.0, 0.0, "sora-2", "x" * 30_000, 4, 720, 1280)).id, flush=True)
"""


@posix
def test_killed_at_any_moment_no_half_job_is_left(tmp_path: Path, reports: list[str]) -> None:
    confirmed: set[str] = set()
    for rounds in range(1, 6):
        child = subprocess.Popen([sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout
        confirmed |= {child.stdout.readline().strip() for _ in range(7 * rounds)}
        os.kill(child.pid, signal.SIGKILL)
        rest = child.communicate(timeout=30)[0].split("\n")
        confirmed |= set(rest[:-1])  # a line without its end was cut off itself
    jobs, _ = JobStore(tmp_path, report=reports.append).page(100_000)
    assert confirmed <= {job.id for job in jobs}
    assert reports == []
