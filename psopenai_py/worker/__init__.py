"""The worker: a second front over the cmdlets, for programs that make many calls.

`python -m psopenai_py.worker` reads requests and writes records, both as JSON lines; `compat/protocol.md` in the
repository describes them. It knows no terminal, and the cmdlets do not know that it is there.
"""
