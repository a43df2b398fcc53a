# A page about all jobs.
import logging
from contextlib import suppress
from html import escape
from pathlib import Path

from psopenai_py import PSOpenAIError, get_video, new_video, wait_video

COLUMNS = ("prompt", "seconds", "status", "error")

logging.getLogger("psopenai_py").setLevel(logging.ERROR)  # the page says it
for prompt in ("Sea & sand", "Sky [fail]"):
    with suppress(PSOpenAIError):
        wait_video(new_video(prompt, seconds=4)["id"])

lines = ["<h1>Videos</h1>", "<table>", f"<colgroup>{'<col/>' * len(COLUMNS)}</colgroup>"]
lines.append(f"<tr>{''.join(f'<th>{name}</th>' for name in COLUMNS)}</tr>")
for job in get_video(all=True):
    cells = [job["prompt"], job["seconds"], job["status"], (job["error"] or {}).get("code", "")]
    lines.append(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
lines.append("</table>")
Path("report.html").write_text("\n".join(lines) + "\n")
print("\n".join(lines))
