"""The services that can be asked for videos: where each one is, whose key is whose, and what it renders with.

One row a service. How it wants to be asked is written in its file below `videos/providers`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Service(NamedTuple):
    """What has to be known of a service before anything is sent to it.

    Attributes:
        name: what the user calls it.
        module: its file below `videos/providers`.
        base: the address that its paths follow; empty where each customer has one of their own.
        hosts: the hosts that are the service's own. Its key goes there.
        key_variables: environment variables that may hold its key, the first one that does counts.
        model: what it renders with when no model is given; empty where one has to be named.
        checked: the day on which the model was last looked up; models end within weeks.
    """

    name: str
    module: str
    base: str
    hosts: tuple[str, ...]
    key_variables: tuple[str, ...]
    model: str
    checked: str


OPENAI = Service(
    name="OpenAI",
    module="openai",
    base="https://api.openai.com/v1",
    hosts=("api.openai.com",),
    key_variables=("OPENAI_API_KEY",),
    model="sora-2",
    checked="2026-09-24",
)
#: Chosen by -ApiType.
AZURE = OPENAI._replace(name="Azure", module="azure", base="", hosts=())
#: Those that -Provider names. A new one is a row here and a file below `videos/providers`.
SERVICES = (
    OPENAI,
    Service(
        name="OpenRouter",
        module="openrouter",
        base="https://openrouter.ai/api/v1",
        hosts=("openrouter.ai",),
        key_variables=("OPENROUTER_API_KEY",),
        model="bytedance/seedance-2.0",
        checked="2026-08-22",
    ),
    Service(
        name="XAI",
        module="xai",
        base="https://api.x.ai/v1",
        hosts=("api.x.ai",),
        key_variables=("XAI_API_KEY",),
        model="grok-imagine-video-1.5",
        checked="2026-11-25",
    ),
    Service(
        name="Ark",
        module="ark",
        base="https://ark.ap-southeast.bytepluses.com/api/v3",
        hosts=("ark.ap-southeast.bytepluses.com", "ark.cn-beijing.volces.com"),
        key_variables=("ARK_API_KEY", "BYTEPLUS_API_KEY", "VOLCENGINE_API_KEY"),
        model="dreamina-seedance-2-0-260128",
        checked="2026-11-25",
    ),
    Service(
        name="MiniMax",
        module="minimax",
        base="https://api.minimax.io/v2",
        hosts=("api.minimax.io", "api.minimaxi.com"),
        key_variables=("MINIMAX_API_KEY",),
        model="MiniMax-H3",
        checked="2026-11-25",
    ),
    Service(
        name="Google",
        module="google",
        base="https://generativelanguage.googleapis.com/v1beta",
        hosts=("generativelanguage.googleapis.com",),
        key_variables=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        model="gemini-omni-1.2-flash",
        checked="2026-11-25",
    ),
    Service(
        name="Together",
        module="together",
        base="https://api.together.ai/v2",
        hosts=("api.together.ai", "api.together.xyz"),
        key_variables=("TOGETHER_API_KEY",),
        model="",
        checked="2026-11-25",
    ),
)
NAMES = tuple(service.name for service in SERVICES)
#: Variables that may hold a key.
KEY_VARIABLES = tuple(name for service in SERVICES for name in service.key_variables)


@lru_cache(maxsize=64)
def find(name: str) -> Service | None:
    """The service of a name, in any case; None if there is none."""
    return next((one for one in (*SERVICES, AZURE) if one.name.lower() == name.strip().lower()), None)


@lru_cache(maxsize=64)
def at(host: str) -> Service | None:
    """The service that a host belongs to, by its name without port; None for a host of somebody else."""
    return next((one for one in SERVICES if host.lower().rstrip(".") in one.hosts), None)
