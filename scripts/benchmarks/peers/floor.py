"""The floor: about the least that a click and httpx script can do for the same request and answer."""

import os

import click
import httpx  # noqa: TID253 - the floor loads it as every script does


@click.command()
@click.option("--prompt", required=True)
@click.option("--model", default="sora-2")
@click.option("--seconds", default="4")
@click.option("--verify/--no-verify", default=True, help="Load the CA bundle, which httpx does by default.")
def create(prompt: str, model: str, seconds: str, verify: bool) -> None:
    """Start a video job and print the answer."""
    files = {"prompt": (None, prompt), "model": (None, model), "seconds": (None, seconds)}
    headers = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
    answer = httpx.post(os.environ["OPENAI_API_BASE"] + "/videos", headers=headers, files=files, verify=verify)
    click.echo(answer.raise_for_status().text)


if __name__ == "__main__":
    create()
