"""A content to a file through the vendor's own library, as its guide does it: `sdk_download.py ID FILE`."""

import sys

from openai import OpenAI

with OpenAI().videos.with_streaming_response.download_content(sys.argv[1]) as content:
    content.stream_to_file(sys.argv[2])
