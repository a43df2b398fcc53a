"""The same request through the vendor's own library, which takes address and key from the environment."""

import sys

from openai import OpenAI

job = OpenAI().videos.create(prompt=sys.argv[1], model="sora-2", seconds="8")
sys.stdout.write(job.to_json() + "\n")
