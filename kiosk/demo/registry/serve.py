"""The demo's library server: begins its home and prints codes for its counters, then is `kiosk serve`.

Usage: python -m kiosk.demo.registry.serve HOME, with `{"site_key": hexadecimal, "counters": [names]}` on stdin. Prints the codes, by name,
as one line of JSON, and after that what `kiosk serve` prints. Ends with its input.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import threading
from uuid import uuid4

from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config.registry_home import RegistryHome, registry_home_at
from kiosk.config.registry_settings import read_registry_settings
from kiosk.registry.opening import open_registry
from kiosk.registry.site_key import SiteKey, SiteKeyFile

_CONFIG = "[server]\nport = 0\n\n[backup]\nevery_hours = 0\n"


def begin(home: RegistryHome, site_key: bytes, counters: list[str]) -> dict[str, str]:
    """Begin a server with this site key, unless there is one. Return a fresh code for each counter. Raises Unavailable."""
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.config.write_text(_CONFIG)
    home.prepare()
    settings = read_registry_settings(home.config)
    keys = SiteKeyFile(home.keys(settings.keys))
    if keys.load() is None:
        keys.save(SiteKey(site_key, uuid4().hex, is_used=False))
    registry = open_registry(home, settings, begins=True)
    try:
        registry.tls.renew(registry.clock())
        known = {counter.name for counter in registry.counters.all()}
        authority = registry.tls.authority.public_bytes(Encoding.DER)
        return {name: registry.enrolment.open(name, authority, again=name in known).formatted() for name in counters}
    finally:
        registry.close()


def _end_with_input() -> None:
    """A demo that was killed ends no children."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    home = registry_home_at(sys.argv[1])
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    print(json.dumps(begin(home, bytes.fromhex(asked["site_key"]), asked["counters"])), flush=True)
    sys.argv = ["kiosk", "--home", str(home.folder), "serve"]
    runpy.run_module("kiosk", run_name="__main__")


if __name__ == "__main__":
    main()
