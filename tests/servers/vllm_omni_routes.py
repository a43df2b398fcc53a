"""vLLM-Omni's shipped video routes with a stub for the engine.

`python -m tests.servers.vllm_omni_routes PORT FOLDER WHEEL`

Its server module loads the engine, so the functions of the video routes are taken out of the installed file.
"""

from __future__ import annotations

import ast
import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from tests.servers import gate, stand_ins

OPENAI = "vllm_omni.entrypoints.openai"
HELPERS = f"{OPENAI}.video.generation.helpers"
SETTINGS = "vllm_omni.config.server_settings"
REAL = (SETTINGS, HELPERS, *(f"{OPENAI}.{name}" for name in ("protocol.videos", "stores", "storage")))
VIDEO = b"\x00\x00\x00\x18ftypisom" + bytes(2000)


class Engine:
    """What the routes ask of the serving object."""

    model_name = "wan"
    stage_configs: Any = None
    supports_mixed_reference_inputs = False

    def set_stage_configs_if_missing(self, configs: Any) -> None:
        pass

    async def abort_request(self, identifier: str) -> None:
        pass

    async def generate_video_bytes(self, request: Any, identifier: str, **facts: Any) -> Any:
        await facts["on_started"]()
        await gate.work(request.prompt)
        return VIDEO, {}, 0.0, None, {}


def size_of(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


FACTS: dict[str, Any] = {
    "vllm.logger.init_logger": logging.getLogger,
    "vllm_omni.inputs.data.DIFFUSION_QUALITY_LEVELS": ("standard", "high", "lossless"),
    f"{OPENAI}.image_api_utils.parse_size": size_of,
    f"{OPENAI}.app_state.Omnivideo": lambda request: request.app.state.openai_serving_video,
    f"{OPENAI}.serving_video._stage_diffusion_model_class_name": lambda config: "",
}


async def nothing(raw_request: Any = None) -> None:
    """In place of a check of how many workers there are."""


def routes(server: Path) -> Any:
    """A router with the functions of the file that answer for videos."""
    import fastapi
    from fastapi.responses import FileResponse, JSONResponse, Response

    tree = ast.parse(server.read_text(encoding="utf-8"))
    wanted: list[ast.stmt] = [
        node for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and _is_of_videos(node)
    ]
    names: dict[str, Any] = {}
    for module in REAL:
        names |= vars(sys.modules[module])
    names |= {name: getattr(fastapi, name) for name in ("Depends", "HTTPException", "Query", "Request")}
    names |= {"FileResponse": FileResponse, "JSONResponse": JSONResponse, "Response": Response}
    names |= {"Annotated": Annotated, "Literal": Literal, "Any": Any, "ErrorResponse": dict, "asyncio": asyncio}
    names |= {"_require_single_api_video_store": nothing, "VIDEO_ABORT_TIMEOUT_S": 1.0, "router": fastapi.APIRouter()}
    names["VIDEO_TASKS"] = names["TaskRegistry"]()
    exec(compile(ast.Module(wanted, []), str(server), "exec"), names)
    return names["router"]


def _is_of_videos(node: ast.AsyncFunctionDef) -> bool:
    paths = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any("'/v1/videos" in path and "/sync" not in path for path in paths)


async def told(request: Any, error: Any) -> Any:
    """The form in which the server tells errors of its own."""
    from fastapi.responses import JSONResponse

    facts = {"message": error.detail, "type": "BadRequestError", "param": None, "code": error.status_code}
    return JSONResponse({"error": facts}, error.status_code)


def main(port: str, folder: str, wheel: str) -> None:
    import uvicorn
    from fastapi import FastAPI, HTTPException

    os.environ["VLLM_OMNI_SERVER_STORAGE__PATH"] = folder
    stand_ins.install(Path(wheel), ["vllm", "vllm_omni"], REAL, FACTS)
    for module in REAL:
        __import__(module)
    app = FastAPI()
    app.state.openai_serving_video = Engine()
    app.include_router(routes(Path(wheel, *OPENAI.split("."), "api_server.py")))
    app.add_exception_handler(HTTPException, told)
    uvicorn.run(gate.Gate(app), host="127.0.0.1", port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
