"""The /v1/videos protocol: requests, answers, retries, and the one module that talks HTTP."""
