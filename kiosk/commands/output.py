"""Output of commands: sentences of command.po on stdout, problems on stderr."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from kiosk import last_resort
from kiosk.config import FileTrouble
from kiosk.config.text_encoding import OtherEncoding
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.escaping import escaped
from kiosk.streams import write_no_more
from kiosk.text import knows, plain_refusal, say

OK = 0
PROBLEM = last_resort.PROBLEM
"""A problem was found and reported: doctor, audit verify, a card refused."""
MISUSE = 2
"""Wrong usage: the command line or the configuration."""


def words(key: str, /, **params: str | int) -> str:
    """The sentence `command.<key>`."""
    sentence = say(f"command.{key}")
    return sentence.format(**params) if params else sentence


def tell(key: str, /, **params: str | int) -> None:
    print(words(key, **params))


def tell_done(key: str, /, **params: str | int) -> None:
    """As `tell`, of what has been done, or belongs to that. Its reader may be gone: the deed stands, and a script must not do it again, so
    the command ends as it would otherwise.
    """
    try:
        print(words(key, **params), flush=True)
    except BrokenPipeError:
        write_no_more()


def warn(key: str, /, **params: str | int) -> None:
    """As `tell`, on stderr."""
    print(words(key, **params), file=sys.stderr)


def tell_json(document: Mapping[str, object]) -> None:
    """Print a JSON object, indented for people. An output that is not Unicode, as one redirected on Windows, gets only ASCII: it would lose
    characters, and JSON has another way to write them (RFC 8259, 7).
    """
    import json

    is_unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    print(json.dumps(document, ensure_ascii=not is_unicode, indent=2))


def explain(error: KioskError) -> str:
    """Cause, details and next step, each on its line."""
    if error.code is Code.OUT_OF_ORDER:
        # No page stands behind a command that could be gone back to.
        return words("bug", incident=str(error.params["incident"]), folder=escaped(str(error.params["place"])))
    lines = [plain_refusal(error.code, part, **error.params) for part in ("staff", "staff-next")]
    # What only an administrator needs goes between cause and next step.
    lines[1:1] = [*_details(error), *_place(error, lines[0])]
    if error.params.get("key") == "config.toml" and error.params["reason"] in (OtherEncoding.UTF_16, OtherEncoding.CP932):
        lines.append(words("config.redirected"))
    if error.params.get("key") == "card.revocation":
        lines.append(words("config.revocation"))
    return "\n".join(lines)


def for_platform(key: str) -> str:
    """`key`; on Windows, where services, readers and drivers are other ones, `<key>-windows` if there is such a sentence.

    https://learn.microsoft.com/windows/security/identity-protection/smart-cards/smart-card-smart-cards-for-windows-service
    """
    return f"{key}-windows" if sys.platform == "win32" and knows(f"{key}-windows") else key


def why(error: KioskError) -> str:
    """The cause alone, as precisely as known."""
    return "".join(_details(error)) or plain_refusal(error.code, "staff", **error.params)


def file_why(trouble: FileTrouble | OtherEncoding) -> str:
    """Why a file or folder cannot be used."""
    return words(f"why.file.{trouble}")


def _place(error: KioskError, cause: str) -> list[str]:
    """Where the problem is, unless the cause already names it."""
    place = str(error.params.get("place", ""))
    return [words("place", place=escaped(place))] if place and place not in cause else []


def _details(error: KioskError) -> list[str]:
    """The sentence for `reason`: this code's own or the general one for files."""
    reason = error.params.get("reason", "")
    key = f"command.why.{error.code}.{reason}"
    if knows(key):
        return [say(for_platform(key)).format(**error.params)]
    general = f"why.file.{reason}"
    return [words(general)] if knows(f"command.{general}") else []


def complain(error: KioskError) -> int:
    """Report the problem and the next step on stderr. Returns the exit code."""
    print(explain(error), file=sys.stderr)
    return exit_code(error)


def exit_code(error: KioskError) -> int:
    return MISUSE if error.code in (Code.CONFIG_INVALID, Code.CONFIG_UNREADABLE) else PROBLEM
