"""The recovery sheet on the command line: printed, and parts of it asked back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from kiosk.commands import output
from kiosk.commands.argument_types import given
from kiosk.config.file_access import read_regular
from kiosk.config.text_encoding import legible

_TRIES = 3


def print_sheet(site_key: bytes, *, before: str, after: str = "") -> None:
    """Print to stdout only, so that it can be piped to a printer. `before` and `after`: keys of the text around it."""
    from kiosk.ledger.recovery_sheet import sheet

    output.tell(before)
    print("\n" + sheet(site_key, datetime.now().astimezone().date()))
    if after:
        output.tell(after)


def ask_back(site_key: bytes) -> bool:
    """Ask for two lines of the sheet, three tries each. Returns whether both were right; False at end of input."""
    from kiosk.ledger.recovery_sheet import answered, challenge, fingerprint

    output.tell("recovery.which", fingerprint=fingerprint(site_key))
    try:
        return all(any(answered(site_key, number, _line(number)) or _wrong() for _ in range(_TRIES)) for number in challenge())
    except EOFError:
        print()
        return False


def read_or_ask(file: Path | None) -> bytes:
    """The site key of a sheet, typed into a file, or typed now. Raises Refused: recovery-line, recovery-mismatch; for an unusable file."""
    from kiosk.ledger.recovery_sheet import LINES, parse

    if file is not None:
        with given(file):
            return parse(legible(read_regular(file)))
    output.tell("recovery.type")
    return parse("\n".join(ask_line(number) for number in range(1, LINES + 1)))


def ask_line(number: int) -> str:
    """Read one line of the sheet; empty at end of input."""
    try:
        return _line(number)
    except EOFError:
        return ""


def _line(number: int) -> str:
    return input(f"{output.words('recovery.line', number=number)} ")


def _wrong() -> bool:
    output.tell("recovery.wrong")
    return False
