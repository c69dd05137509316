"""Report a failure when no other part of the program may work: a module that cannot be imported, a catalogue that is gone.

Standard library only. `kiosk.commands.breaking_off` says it for everything that breaks later.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence

from kiosk.catalogue import sentences
from kiosk.failure import cause_of, new_number, places_in_short
from kiosk.native_message import has_display, show_natively
from kiosk.resource_files import resource

PROBLEM = 1
WINDOWED = frozenset({"run", "keep", "practice", "demo"})
"""Commands that are started by an icon."""
_SCRIPTED = "--tour"


def tell(error: Exception, arguments: Sequence[str]) -> int:
    """Report the failure on stderr and, for commands with windows, in a window. Returns the exit code. Nothing of it is in a log."""
    key, named = cause_of(error)
    said = [_sentence("command.bug-unlogged", incident=new_number()), _sentence(key, **named), *places_in_short(error)]
    text = "\n".join(said)
    _write(text)
    if _is_windowed(arguments) and has_display():
        show_natively(_sentence("refusal.out-of-order.title"), text, _sentence("staff.start.close"))
    return PROBLEM


def complain(key: str, **named: str) -> None:
    """Say the sentence on stderr."""
    _write(_sentence(key, **named))


def show(key: str, **named: str) -> None:
    """Say what was found and what to do on stderr and, if anybody can see one, in a window titled `<key>-title`."""
    text = "\n".join(_sentence(part, **named) for part in (key, f"{key}-next"))
    _write(text)
    if has_display():
        show_natively(_sentence(f"{key}-title"), text, _sentence("staff.start.close"))


def _write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _is_windowed(arguments: Sequence[str]) -> bool:
    """As the parser would say, which may not be there."""
    return bool(WINDOWED.intersection(arguments)) and not any(argument.startswith(_SCRIPTED) for argument in arguments)


def _sentence(key: str, **named: str) -> str:
    """The Japanese sentence; if it is gone, what it would have named."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        return sentences(resource(f"i18n/ja/{key.partition('.')[0]}.po"))[key].format(**named)
    return " ".join([key, *named.values()])
