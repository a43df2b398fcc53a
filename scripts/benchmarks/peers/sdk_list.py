"""All jobs through the vendor's own library, page by page, one JSON object on each line: `sdk_list.py BASE`."""

import sys

from openai import OpenAI

for job in OpenAI(base_url=sys.argv[1]).videos.list(limit=100):
    sys.stdout.write(job.to_json(indent=None) + "\n")
