"""SGLang's shipped video routes with a stub for the engine.

`python -m tests.servers.sglang_routes PORT FOLDER WHEEL`
"""

from __future__ import annotations

import contextlib
import logging
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.servers import gate, stand_ins

PACKAGE = "sglang.multimodal_gen.runtime"
OPENAI = f"{PACKAGE}.entrypoints.openai"
VIDEO = b"\x00\x00\x00\x18ftypisom" + bytes(2000)


class Sampling:
    """What the routes ask of the sampling parameters."""

    prompt_optional = False
    data_type = "video"

    def __init__(self, folder: str, **given: Any) -> None:
        width, _, height = (given.get("size") or "832x480").partition("x")
        self.width, self.height = int(width), int(height)
        self.prompt, self.fps, self.num_frames = given["prompt"], given["fps"], given["num_frames"]
        self._file = Path(folder, given["output_file_name"] + ".mp4")

    @staticmethod
    def lower_video_request_kwargs(request: Any, given: dict[str, Any]) -> dict[str, Any]:
        return given

    def output_file_path(self) -> str:
        return str(self._file)

    def prepare_video_request_for_queue(self, batch: Any) -> None:
        pass

    cleanup_video_request = prepare_video_request_for_queue

    def expand_video_request_outputs_for_queue(self, batch: Any) -> None:
        return None

    def project_video_queued_job_fields(self, batch: Any) -> dict[str, Any]:
        return {}

    def validate_video_final_outputs(self, paths: list[str], batch: Any) -> dict[str, Any]:
        return {}


async def generate(client: Any, batch: Any, *, scheduler_batches: Any = None) -> tuple[list[str], Any]:
    """The engine."""
    await gate.work(batch.sampling_params.prompt)
    path = Path(batch.sampling_params.output_file_path())
    path.write_bytes(VIDEO)
    return [str(path)], SimpleNamespace()


@contextlib.contextmanager
def folder_or_temporary(folder: str | None) -> Iterator[str]:
    yield folder or tempfile.mkdtemp()


async def same_prompt(request: Any, prompt: str, **facts: Any) -> str:
    return prompt


async def saved(image: Any, path: str, **facts: Any) -> str:
    Path(path).write_bytes(await image.read())
    return path


def facts(folder: str) -> dict[str, Any]:
    """What the stand-ins have, by module and name."""
    settings = SimpleNamespace(input_save_path=folder, output_path=folder, served_model_name="wan")
    sampling, utils = "sglang.multimodal_gen.configs.sample.sampling_params", f"{OPENAI}.utils"

    def prepared(**given: Any) -> Any:
        return SimpleNamespace(sampling_params=given["sampling_params"], num_outputs_per_prompt=1, extra={})

    return {
        f"{sampling}.SamplingParams": Sampling,
        f"{sampling}.DataType": SimpleNamespace(VIDEO="video", ACTION="action"),
        f"{sampling}.generate_request_id": lambda: str(uuid.uuid4()),
        f"{OPENAI}.prompt_enhancement.maybe_enhance_prompt": same_prompt,
        f"{utils}.DEFAULT_FPS": 24,
        f"{utils}.DEFAULT_VIDEO_SECONDS": 4,
        f"{utils}.add_common_data_to_response": lambda fields, request_id, result: fields | {"id": request_id},
        f"{utils}.build_sampling_params": lambda name, **given: Sampling(folder, **given),
        f"{utils}.flatten_extra_params": lambda given: given,
        f"{utils}.get_declared_request_extra_fields": lambda *given: set(),
        f"{utils}.merge_image_input_list": lambda *given: [each for each in given if each is not None],
        f"{utils}.process_generation_batch": generate,
        f"{utils}.request_extra_value": lambda request, name: None,
        f"{utils}.request_model_kwargs": lambda *given: {},
        f"{utils}.resolve_sampling_params_cls": lambda settings: Sampling,
        f"{utils}.sanitize_upload_filename": lambda name, usual: Path(name or usual).name,
        f"{utils}.save_image_to_path": saved,
        f"{utils}.temp_dir_if_disabled": folder_or_temporary,
        f"{PACKAGE}.entrypoints.utils.prepare_request": prepared,
        f"{PACKAGE}.server_args.get_global_server_args": lambda: settings,
        f"{PACKAGE}.utils.logging_utils.init_logger": logging.getLogger,
    }


def main(port: str, folder: str, wheel: str) -> None:
    import uvicorn
    from fastapi import FastAPI

    real = [f"{OPENAI}.{name}" for name in ("video_api", "protocol", "stores", "storage")]
    stand_ins.install(Path(wheel), ["sglang"], real, facts(folder))
    __import__(real[0])
    app = FastAPI()
    app.include_router(sys.modules[real[0]].router)
    uvicorn.run(gate.Gate(app), host="127.0.0.1", port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
