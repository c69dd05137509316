"""That backups fail, in a file of the home, so that `registry doctor` and `registry counters` know it while the server runs elsewhere."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.json_fields import count_in, fields_of, text_in, time_in, time_text


@dataclass(frozen=True, slots=True)
class BackupFailure:
    """Failures in a row."""

    since: datetime
    last: datetime
    count: int
    code: Code
    place: str = ""
    reason: str = ""

    def after(self, error: KioskError, now: datetime) -> BackupFailure:
        first = failure_of(error, now)
        return BackupFailure(self.since, now, self.count + 1, first.code, first.place, first.reason)


def failure_of(error: KioskError, now: datetime) -> BackupFailure:
    return BackupFailure(now, now, 1, error.code, str(error.params.get("place", "")), str(error.params.get("reason", "")))


def load_failure(path: Path) -> BackupFailure | None:
    """None if the last backup succeeded, or nothing is known."""
    try:
        fields = fields_of(json.loads(read_regular(path)))
        return BackupFailure(
            since=time_in(fields, "since"),
            last=time_in(fields, "last"),
            count=count_in(fields, "count"),
            code=Code(text_in(fields, "code")),
            place=text_in(fields, "place"),
            reason=text_in(fields, "reason"),
        )
    except (OSError, ValueError):
        return None


def save_failure(path: Path, failure: BackupFailure | None) -> None:
    """What cannot be written is not told: the disk is full, or the home is shut, and `doctor` finds that by itself."""
    with suppress(OSError):
        if failure is None:
            delete(path, missing_ok=True)
            return
        fields = {
            "since": time_text(failure.since),
            "last": time_text(failure.last),
            "count": failure.count,
            "code": failure.code,
            "place": failure.place,
            "reason": failure.reason,
        }
        replace_file(path, json.dumps(fields, ensure_ascii=False).encode())
