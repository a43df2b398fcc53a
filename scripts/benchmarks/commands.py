"""The command lines whose cost grows, ours and those of the peers, each with a check of what it leaves behind."""

import itertools
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .measure import Case, clean_environment, measure

PEERS = Path(__file__).with_name("peers")
#: Requests in flight at once: of creates, and of downloads.
CREATES = 32
DOWNLOADS = 16
#: How the clients are called in tables and in the chart.
OURS, SDK, CURL, EACH = "psopenai_py", "openai SDK", "curl", "a process each"

PROMPT = re.compile(rb'"prompt": ?"Dancing Doggo (\d+)"')
ID = re.compile(rb'"id": ?"video_(\d+)"')


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is measured.

    Attributes:
        python: interpreter of the environment that holds the package and the vendor's library.
        folder: for files that come and go.
        base: address of the server.
    """

    python: str
    folder: Path
    base: str

    def measure(self, cases: Iterable[Case], runs: int) -> None:
        """Run all cases in turn, `runs` times."""
        measure(list(cases), runs, clean_environment(self.base, str(self.folder)))

    def program(self, name: str) -> str:
        """One of our console scripts."""
        return str(Path(self.python).with_name(name))

    def peer(self, name: str, *arguments: str) -> list[str]:
        """A script of the peers with its arguments."""
        return [self.python, str(PEERS / name), *arguments]

    def file(self, name: str) -> str:
        """A file in the folder."""
        return str(self.folder / name)


def creates(place: Place, count: int) -> dict[str, Case]:
    """So many jobs, from prompts in a file to jobs in a file."""
    lines = (f'{{"prompt": "Dancing Doggo {number}"}}\n' for number in range(count))
    prompts, jobs = _written(place.file(f"{count}.jsonl"), lines), place.file("jobs")
    new_video = [place.program("New-Video"), "-Seconds", "8"]
    loop = 'while IFS= read -r line; do printf "%s\\n" "$line" | "$@" || exit; done'
    commands = {
        OURS: [*new_video, "-ThrottleLimit", str(CREATES)],
        SDK: place.peer("sdk_bulk.py", str(CREATES)),
        CURL: ["curl", "--parallel", "--parallel-max", str(CREATES), "--config", _forms(place, count)],
        EACH: ["sh", "-c", loop, "sh", *new_video],
    }

    def check(client: str) -> None:
        _check(jobs, PROMPT, range(count), is_ordered=client in (OURS, EACH))

    return _cases(f"{count:,} x create", commands, check, prompts, jobs)


def _forms(place: Place, count: int) -> str:
    """The same requests for curl, as a file."""
    lines = ["next", "silent", "fail", f'url = "{place.base}/videos"', 'header = "Authorization: Bearer sk-bench"']
    lines += ['form-string = "model=sora-2"', 'form-string = "seconds=8"', 'form-string = "prompt=Dancing Doggo ']
    form = "\n".join(lines)
    return _written(place.file(f"{count}.curl"), (f'{form}{number}"\n' for number in range(count)))


def download(place: Place, size: int) -> dict[str, Case]:
    """One content of so many bytes, to a file."""
    content, target = f"{size}-0", place.file("clip.mp4")
    commands = {
        OURS: [place.program("Get-VideoContent"), content, "-OutFile", target],
        SDK: place.peer("sdk_download.py", content, target),
        CURL: ["curl", "--silent", "--fail", "--output", target, f"{place.base}/videos/{content}/content"],
    }
    return _cases(f"{size:,} bytes", commands, lambda _: _take(Path(target), size))


def downloads(place: Place, count: int, size: int) -> dict[str, Case]:
    """So many contents of so many bytes each, to a folder."""
    contents, folder = [f"{size}-{number}" for number in range(count)], place.folder / "clips"
    ids = _written(place.file(f"{count}.ids"), (f"{content}\n" for content in contents))
    urls = (f'url = "{place.base}/videos/{each}/content"\noutput = "{folder}/{each}.mp4"\n' for each in contents)
    config = _written(place.file(f"{count}.urls"), ("silent\nfail\n", *urls))
    get = [place.program("Get-VideoContent"), "-ThrottleLimit", str(DOWNLOADS), "-OutFile", f"{folder}/"]
    curl = ["curl", "--parallel", "--parallel-max", str(DOWNLOADS), "--create-dirs", "--config", config]

    def take(_: str) -> None:
        for content in contents:
            _take(folder / f"{content}.mp4", size)
        folder.rmdir()

    return _cases(f"{count:,} x download", {OURS: get, CURL: curl}, take, ids)


def listing(place: Place, count: int) -> dict[str, Case]:
    """A list of so many jobs, whole, to a file."""
    jobs, base = place.file("jobs"), f"{place.base}/list/{count}"
    commands = {
        OURS: [place.program("Get-Video"), "-All", "-ApiBase", base],
        SDK: place.peer("sdk_list.py", base),
    }
    expected = range(1, count + 1)
    return _cases(f"{count:,} jobs", commands, lambda _: _check(jobs, ID, expected, is_ordered=True), output=jobs)


def _cases(
    title: str,
    commands: dict[str, list[str]],
    after: Callable[[str], None],
    input: str = os.devnull,
    output: str = os.devnull,
) -> dict[str, Case]:
    """A case for each command whose program is there; `after` gets the client."""
    return {
        client: Case(f"{title}, {client}", command, input=input, output=output, after=partial(after, client))
        for client, command in commands.items()
        if shutil.which(command[0])
    }


def _written(path: str, lines: Iterable[str]) -> str:
    """The path of a file with these lines."""
    with Path(path).open("w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def _check(path: str, pattern: re.Pattern[bytes], expected: range, *, is_ordered: bool) -> None:
    """Remove a file. Ends the process when the numbers in it are not those that are expected.

    The file is not read whole: what this process holds would count as memory of what it measures next.
    """
    missing, found = bytearray(b"\1") * len(expected), 0
    with Path(path).open("rb") as file:
        for text in itertools.chain.from_iterable(map(pattern.findall, file)):
            place = int(text) - expected.start
            if not (0 <= place < len(missing) and missing[place] and (place == found or not is_ordered)):
                sys.exit(f"job {found + 1:,} of what a client wrote is number {place + 1:,}")
            missing[place], found = 0, found + 1
    Path(path).unlink()
    if any(missing):
        sys.exit(f"expected {len(expected):,} jobs, and found {found:,}")


def _take(path: Path, size: int) -> None:
    """Remove a file, at once: the next round needs the room. Ends the process when it is not whole."""
    found = path.stat().st_size
    path.unlink()
    if found != size:
        sys.exit(f"expected {size:,} bytes, and found {found:,}")
