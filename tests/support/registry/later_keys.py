"""What was done at counters before the library had its last site key, as it is under that: in the tests' own words."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from pathlib import Path

from tests.support.registry.agreement import Act, Log


def under_last_key(log: Log, keys: Path) -> Log:
    """`keys`: the server's folder of keys."""
    told = json.loads((keys / "site-key.json").read_text("utf-8"))
    later = [*told.get("earlier", []), [told["generation"], told["key"]]][1:]

    def wrapped(act: Act) -> Act:
        token = act.token
        for generation, key in later:
            if token is not None and generation > act.generation:
                token = hmac.digest(base64.b64decode(key), token, "sha256")
        return replace(act, token=token)

    return replace(log, acts={uuid: wrapped(act) for uuid, act in log.acts.items()})
