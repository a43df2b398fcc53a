# Every error ends the block, says what it was, and leaves nothing half done.
from psopenai_py import get_video, new_video, remove_video
from psopenai_py.errors import BadRequestError

first = new_video("Sea", seconds=4)
try:
    new_video("A forbidden thing [moderation]")
    print("not reached")
except BadRequestError as error:
    print(f"refused: {error.code}, {error.fully_qualified_error_id}")
finally:
    remove_video(first["id"])
    print(f"jobs left: {len(list(get_video(all=True)))}")
