"""The one job of a server, and how it is printed."""

from __future__ import annotations

import json
from typing import Any

TINY: dict[str, Any] = {"id": "video_1", "status": "completed"}
PRETTY = json.dumps(TINY, indent=2)
COMPACT = json.dumps(TINY, separators=(",", ":"))
