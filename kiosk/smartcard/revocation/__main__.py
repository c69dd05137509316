"""The child process that parses one file of revocation lists: request on stdin, answer on stdout (see `parsing_process.read_apart`)."""

from __future__ import annotations

import base64
import faulthandler
import json
import os
import re
import sys
from pathlib import Path

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.file_access import read_regular
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.revocation.crl import LARGEST, Verdict, read_lists
from kiosk.smartcard.revocation.parsing_process import encoded

_BY_TROUBLE = {
    FileTrouble.NOT_A_FILE: Verdict.NOT_A_FILE,
    FileTrouble.FOLDER: Verdict.NOT_A_FILE,
    FileTrouble.MISSING: Verdict.NOT_A_FILE,
    FileTrouble.LEADS_NOWHERE: Verdict.NOT_A_FILE,
    FileTrouble.OVERSIZED: Verdict.TOO_LARGE,
    FileTrouble.DENIED: Verdict.DENIED,
    FileTrouble.FOREIGN: Verdict.DENIED,
}


def main() -> None:
    asked = json.load(sys.stdin)
    # A watchdog that works even if the parent has died or C code holds the interpreter lock.
    faulthandler.dump_traceback_later(asked["seconds"], exit=True)
    if hasattr(os, "nice"):
        os.nice(10)
    path = Path(asked["path"])
    authorities = [Authority(base64.b64decode(der)) for der in asked["authorities"]]
    try:
        content = read_regular(path, LARGEST)
    except OSError as error:
        answer = encoded(_BY_TROUBLE.get(file_trouble(error, path), Verdict.FAILED), (), 0)
    else:
        answer = encoded(*read_lists(content, authorities), _peak())
    sys.stdout.buffer.write(answer)


def _peak() -> int:
    """Peak memory of this process in kilobytes; 0 where the system does not report it."""
    try:
        told = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    except OSError:
        return 0
    return int(told[1]) if told else 0


if __name__ == "__main__":
    main()
