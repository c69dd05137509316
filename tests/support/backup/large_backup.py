"""Run by test_large.py: `python -m tests.support.backup.large_backup backup|restore FOLDER URL [BACKUP]`.

Makes a backup of a ledger, or restores one, and prints as JSON how long that took and how much memory the process held at most (MB).
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from kiosk.registry.backup.making import make_backup
from kiosk.registry.backup.restoring import Machine, restore
from kiosk.registry.database import open_database
from tests.support.backup.server_machine import SITE_KEY


def main(what: str, folder: Path, url: str, backup: str = "") -> None:
    begun = time.monotonic()
    if what == "backup":
        made = str(make_backup(open_database(url), SITE_KEY, [], folder, datetime.now(UTC)).path)
    else:
        restore(Machine(folder / "keys", folder / "backups", lambda: open_database(url)), Path(backup), SITE_KEY, datetime.now(UTC))
        made = backup
    seconds = round(time.monotonic() - begun, 1)
    # Not `ru_maxrss`, which begins with what the parent had taken.
    status = Path("/proc/self/status").read_text("utf-8")
    held = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) // 1024
    print(json.dumps({"file": made, "seconds": seconds, "mb": held, "size": Path(made).stat().st_size // 1_000_000}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
