"""What the tests of human checks share: tools that stand still, and a solver of tasks."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json

import attrs

from registrazione.adapters.human_check.tools import Tools
from registrazione.adapters.once import MemoryOnceOnly
from registrazione.service.vault import KeyVault
from registrazione.testing.fakes import ManualClock, SeededRandomness

KEY = "a key for tests, of forty characters ---"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@attrs.frozen(kw_only=True)
class StillTools(Tools):
    """Tools whose clock the test moves."""

    clock: ManualClock


def still_tools(key=KEY):
    """Return tools at noon."""
    return StillTools(
        vault=KeyVault([key], "realm"),
        clock=ManualClock(NOON),
        randomness=SeededRandomness(),
        once=MemoryOnceOnly(),
    )


def solution(puzzle, **changes):
    """Return the number that opens a task, and its key, found as the script does."""
    task = puzzle["parameters"]
    nonce, salt = bytes.fromhex(task["nonce"]), bytes.fromhex(task["salt"])
    for counter in range(puzzle["tries"]):
        password = nonce + counter.to_bytes(4)
        key = hashlib.pbkdf2_hmac("sha256", password, salt, task["cost"], task["keyLength"])
        if key.hex().startswith(task["keyPrefix"]):
            return {"counter": counter, "derivedKey": key.hex(), **changes}
    raise AssertionError("no number opens the task")


def solved(puzzle, **changes):
    """Return the response that the script sends; ``changes`` spoil the solution."""
    challenge = {name: puzzle[name] for name in ("parameters", "signature")}
    return encoded({"challenge": challenge, "solution": solution(puzzle, **changes)})


def encoded(payload):
    """Return a payload as it travels."""
    return base64.b64encode(json.dumps(payload).encode()).decode()
