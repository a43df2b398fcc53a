"""The pipelines that README and manual print, as stories for any server; what each server says to them.

Adding a story is a row of `STORIES`; where a server answers otherwise than all others, its file in `said` says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.documents import ROOT, Block, blocks
from tests.servers.counterparts import HERE

README, PIPELINES, MOVING, SCALE = "README", "compat/pipelines", "compat/moving-over", "compat/at-scale"
TROUBLES, AUTOMATION, PARAMETERS = "compat/troubleshooting", "compat/automation", "compat/parameters"
#: Names that the server made: they differ from run to run.
IDENTIFIER = r"video_(?:gen_)?[0-9a-f]{20,}|video_[A-Za-z0-9]{60,}=*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Story:
    """A printed block, and what comes of it where the server can do all of it.

    Attributes:
        block: the number among the blocks below the heading; or -1: the commands in the table below it.
        prints: a pattern for the whole of stdout, where a dot is any character; in it ID stands for each id.
        files: how many files of each pattern are there in the end.
        fails: it shows a failure, and what is said of it on stderr stands in the file of each server.
        needs: a program beside bash and jq.
        first: what has to be there before, as commands.
    """

    name: str
    document: str
    heading: str
    block: int = 0
    prints: str = ""
    files: tuple[tuple[str, int], ...] = ()
    fails: bool = False
    needs: str = ""
    first: str = ""

    @property
    def text(self) -> str:
        """The commands as they are printed, without the address."""
        text = self.found().text if self.block >= 0 else "".join(commands_of_table(self.document, self.heading))
        return self.first + re.sub(r"(?m)^export OPENAI_API_BASE=.*\n", "", text)

    def found(self) -> Block:
        """The block itself; headings of messages are given in part."""
        found = [block for block in blocks(ROOT / f"{self.document}.md") if block.language in ("bash", "python")]
        if self.document == TROUBLES:
            return next(block for block in found if self.heading in block.heading)
        return [block for block in found if block.heading == self.heading][self.block]


def commands_of_table(document: str, heading: str) -> Iterator[str]:
    """The commands in the last column of the table below a heading."""
    text = (ROOT / f"{document}.md").read_text("utf-8").partition(f"# {heading}\n")[2].partition("\n#")[0]
    for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)[2:]:
        cell = re.split(r"(?<!\\)\|", row)[-2].strip().replace("\\|", "|")
        yield from (f"{command}\n" for command in re.findall(r"`((?:New|Get)-Video\b[^`]*)`", cell))


def told_to(counterpart: str) -> dict[str, str]:
    """What stderr holds by the name of the story, with the exit code in the first line."""
    text = (HERE / "said" / f"{counterpart}.txt").read_text("utf-8")
    parts = re.split(r"^== (.*)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


JOB = r"\{\n(?:  [^\n]*\n)+\}\n"
DELETION = r'\{\n  "method": "DELETE",\n  "url": "\S+/videos/ID",\n(?:  [^\n]*\n)+\}\n'
#: A list that another story has left nothing in.
CREATED = "Get-Video -All 2> others.txt | Remove-Video\nNew-Video 'Dancing Doggo' > job.json\n"
CLIPS = (("clips/*.mp4", 4),)
STORIES = [
    Story("to a file", README, "A video, from prompt to file", files=(("doggo.mp4", 1),)),
    Story("many", README, "Many at once, and on after a break", files=(("clips/*.mp4", 4), ("jobs.jsonl", 1))),
    Story("in scripts", README, "In scripts, cron and CI", prints="completed\n", files=(("doggo.mp4", 1),)),
    Story("from Python", README, "From Python", prints=r"saved clips.*\.mp4\n", files=(("clips/*.mp4", 1),)),
    Story(
        "refused by a word",
        README,
        "Test what happens when it fails",
        prints="ID\nrefused, as it should be\n",
        fails=True,
    ),
    Story("taken apart", PARAMETERS, "Output", prints=r"ID\n\w+\n\d{4}-\S+\n\[\n.*\]\n"),
    Story("piped", PIPELINES, "Pipelines", prints=JOB, files=(("*.mp4", 2), ("jobs.jsonl", 1))),
    Story("all removed", PIPELINES, "Pipelines", 1, prints=f"(?:{DELETION})+", first=CREATED),
    Story("in a loop", PIPELINES, "Pipelines", 2, prints=f"(?:{JOB}){{4}}"),
    Story("a body for all", PIPELINES, "Pipelines", 3, prints=r"(?:\{.*\}\n){4}"),
    Story("many, step by step", PIPELINES, "Many at once", files=(*CLIPS, ("over.jsonl", 1))),
    Story("a script, by line", MOVING, "A whole script", prints=r"(?:ID completed\n){4}", files=CLIPS),
    Story("a script, anew", MOVING, "A whole script", 1, files=CLIPS),
    Story("a lost exit code", MOVING, "Exit codes in pipes", prints="exit code 0, id ''\n", fails=True),
    Story("pipefail", MOVING, "Exit codes in pipes", 1, prints="exit code 4\n", fails=True),
    Story("quoted", MOVING, "Quoting", prints=r"It's a dog for \$5\n|null\n"),
    Story("dictionaries", MOVING, "Dictionaries", prints=f"(?:{JOB}){{3}}"),
    Story("bytes", MOVING, "Bytes through pipes", files=(("doggo.mp4", 1),)),
    Story("listed and filtered", MOVING, "Objects, variables and jobs", -1, ".+", (("jobs.csv", 1),), first=CREATED),
    Story("by GNU parallel", SCALE, "Several processes: GNU parallel", files=(("*.jobs.jsonl", 1),), needs="parallel"),
    Story("by split", SCALE, "Several parts: split", files=(("part.*.jobs.jsonl", 4), ("jobs.jsonl", 1))),
    Story("by a script", AUTOMATION, "Automation", files=CLIPS),
    *(
        Story(heading, TROUBLES, heading, prints=prints, fails=True)
        for heading, prints in {
            "... did not answer within 1 s.": "",
            "... broke off without a full answer": "",
            "The server's answer is not a job": "",
            "returned an 401": "",
            "returned an 404": "",
            "returned an 400": f"(?:{JOB})?",  # SGLang and vLLM-Omni take any size
            "returned an 429": "",
            "returned an 502": "",
            "ended as 'failed'": JOB,
            "is not over after 1 s": JOB,
            "is not ready yet": "",
            "has expired": "",
        }.items()
    ),
]
