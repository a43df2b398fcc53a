"""Many requests through the vendor's own asynchronous client: `sdk_bulk.py LIMIT`, so many of them in flight.

Reads one JSON object with a prompt from each line of stdin, and prints each job as it comes.
"""

import asyncio
import json
import sys
from collections.abc import Iterator

from openai import AsyncOpenAI


async def create(client: AsyncOpenAI, lines: Iterator[str]) -> None:
    """Take lines until none is left."""
    for line in lines:
        prompt = json.loads(line)["prompt"]
        job = await client.videos.create(prompt=prompt, model="sora-2", seconds="8")
        sys.stdout.write(job.to_json(indent=None) + "\n")


async def main(limit: int) -> None:
    """All tasks take from the same lines, so nothing is read before it is needed."""
    lines = iter(sys.stdin)
    async with AsyncOpenAI() as client:
        await asyncio.gather(*(create(client, lines) for _ in range(limit)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
