"""The error tree: what went wrong, under PowerShell's id and category, and what the process exits with.

    PSOpenAIError                      1   anything below; `except PSOpenAIError` catches them all
    ├─ BindingError                    2   the command line, or a record, does not bind; nothing was sent for it
    ├─ InputError                      1   a value or file cannot be used; nothing was sent
    ├─ SettingsError                   1   base address or service settings cannot be used; nothing was sent
    ├─ KeyMissingError                 4   the host needs a key and there is none; nothing was sent
    ├─ KeyStoreError                   1   the system's keyring refuses, hangs or is missing
    ├─ OutputError                     1   the result could not be written; its text says what exists by now
    ├─ StoppedError                    1   a warning under -WarningAction Stop
    ├─ ConnectionFailedError           1   no answer: name, refused, dropped
    ├─ RequestTimeoutError             1   no answer within -TimeoutSec
    ├─ AnswerError                     1   an answer that is not what was asked for
    ├─ JobFailedError                  1   a job ended without a video
    ├─ PendingError                    8   a job was not over when time ran out
    └─ APIRequestError                 1   the server answered with an error status
       ├─ BadRequestError              1   400
       │  └─ ContentFilteredError      1   400 with code content_filter
       ├─ UnauthorizedError            4   401
       ├─ PermissionDeniedError        4   403
       ├─ NotFoundError                1   404
       ├─ ConflictError                1   409
       ├─ UnprocessableEntityError     1   422
       └─ RateLimitExceededError       1   429
          └─ QuotaLimitExceededError   1   429 with a quota code

    Interrupted (a KeyboardInterrupt)  130 Ctrl-C, with what may have happened by then

Ids, categories and reasons are those of PowerShell 7.6 and PSOpenAI 4.49, so that scripts which look at
them keep working; the sentences are ours.
"""

from __future__ import annotations

from .local import (
    BindingError,
    InputError,
    Interrupted,
    KeyMissingError,
    KeyStoreError,
    OutputError,
    PSOpenAIError,
    SettingsError,
    StoppedError,
)
from .remote import (
    AnswerError,
    APIRequestError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    ContentFilteredError,
    JobFailedError,
    NotFoundError,
    PendingError,
    PermissionDeniedError,
    QuotaLimitExceededError,
    RateLimitExceededError,
    RequestTimeoutError,
    UnauthorizedError,
    UnprocessableEntityError,
)

__all__ = [
    "APIRequestError",
    "AnswerError",
    "BadRequestError",
    "BindingError",
    "ConflictError",
    "ConnectionFailedError",
    "ContentFilteredError",
    "InputError",
    "Interrupted",
    "JobFailedError",
    "KeyMissingError",
    "KeyStoreError",
    "NotFoundError",
    "OutputError",
    "PSOpenAIError",
    "PendingError",
    "PermissionDeniedError",
    "QuotaLimitExceededError",
    "RateLimitExceededError",
    "RequestTimeoutError",
    "SettingsError",
    "StoppedError",
    "UnauthorizedError",
    "UnprocessableEntityError",
]
