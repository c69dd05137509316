"""kiosk ils test: checks whether the library system responds, what it offers, and whether a patron's name is decoded correctly."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.config import Home, IlsSettings, Settings, counter_rules, read_settings
from kiosk.domain.circulation import LoanList, Told
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Patron
from kiosk.domain.rules import read_library_card
from kiosk.equipment import open_library
from kiosk.text import knows, plain_refusal, refusal, say, stop_reasons

if TYPE_CHECKING:
    from kiosk.library.ils import IlsClient, Sight
    from kiosk.library.ils.acs_status import Server

_ENCODINGS = ("utf-8", "cp932", "euc_jp")
# Characters that occur in no Japanese name but in one decoded wrongly: control characters, accented Latin, half-width kana, private use.
# Some occur in foreign names, so they only raise the question.
_ODD = re.compile("[\x80-\u024f\uff61-\uff9f\ue000-\uf8ff]")
_ASKED = re.compile("[?？]")


def add(commands: Commands) -> None:
    acts = commands.add("ils").subcommands()
    acts.add("test", act=test).option("--patron", metavar="NUMBER")


def test(home: Home, options: argparse.Namespace) -> int:
    settings = read_settings(home.config)
    # An invalid number is reported before anybody waits for a server.
    number = read_library_card(options.patron, counter_rules(settings).barcode) if options.patron is not None else None
    client = open_library(home, settings)
    if client is None:
        output.tell("ils.none", file=escaped(str(home.config)))
        return output.PROBLEM
    try:
        if not _tell_server(client, home.ils_settings(settings.ils)):
            return output.PROBLEM
        if number is None:
            output.tell("ils.name-next")
            return output.OK
        return _tell_patron(home, settings, client, number)
    finally:
        client.close()


def address(ils: IlsSettings) -> str:
    """The address of the library system, and whether the connection is encrypted."""
    return output.words("ils.address-tls" if ils.tls else "ils.address-plain", host=ils.host, port=ils.port)


def trouble(error: KioskError, ca_file: str) -> str:
    """What is wrong with the connection to the library system and what to do, for its administrator. `ca_file`: full path."""
    reason = str(error.params.get("reason", ""))
    key = f"command.why.{error.code}.{reason}"
    place = [output.words("place", place=escaped(ca_file))] if reason.startswith("authority-") else []
    return "\n".join([refusal(error.code, "title", **error.params), *([say(key)] if knows(key) else []), *place])


def needed() -> list[str]:
    """Requests the counter uses, by their SIP2 names."""
    from kiosk.library.ils.changes import NEEDED
    from kiosk.library.sip2 import LAYOUTS

    return [LAYOUTS[kind].name for kind in NEEDED]


def lacking(server: Server) -> list[str]:
    """The requests the counter needs and the server reports as unsupported, as names for people."""
    return [name_of(name) for name in needed() if server.supported.get(name) is False]


def name_of(request: str) -> str:
    """The name of a request for people: 貸出 (Checkout)."""
    return f"{say(key_of(request))} ({request})"


def key_of(request: str) -> str:
    """The key of what a request is called."""
    return f"command.ils.request.{request.lower().replace(' ', '-')}"


# --- the server -------------------------------------------------------------------------------------------------------------


def _tell_server(client: IlsClient, ils: IlsSettings) -> bool:
    """Report on the server. Returns whether there is a connection to go on with."""
    from kiosk.library.ils.profile import profile_of

    output.tell("ils.speaks-to", address=address(ils), system=ils.system, encoding=profile_of(ils).encoding, checksum=ils.checksum)
    began = time.monotonic()
    try:
        server = client.status()
    except Unavailable as error:
        if client.condition is not IlsCondition.READY:
            output.tell("ils.trouble", what=trouble(error, ils.ca_file).replace("\n", "\n  "))
            return False
        server = None
    output.tell("ils.connected", milliseconds=round((time.monotonic() - began) * 1000))
    output.tell("ils.logged-in" if ils.login == "93" else "ils.no-login", user=ils.user)
    if server is None:
        output.tell("ils.silent-about-itself")
    else:
        _tell_status(server, ils)
    return True


def _tell_status(server: Server, ils: IlsSettings) -> None:
    unknown = output.words("ils.not-told")
    timeout = unknown if server.timeout_seconds is None else output.words("ils.seconds", seconds=f"{server.timeout_seconds:g}")
    output.tell(
        "ils.status",
        institution=_shown(server.institution) or unknown,
        library=_shown(server.library) or unknown,
        location=_shown(server.location) or unknown,
        protocol=_shown(server.protocol) or unknown,
        timeout=timeout,
        retries=unknown if server.retries is None else server.retries,
    )
    if server.said:
        output.tell("ils.said", said=_shown(server.said))
    if ils.institution and server.institution and ils.institution != server.institution:
        output.tell("ils.other-institution", ours=ils.institution, theirs=_shown(server.institution))
    if not server.online:
        output.tell("ils.offline")
    if server.lends is False:
        output.tell("ils.lends-nothing")
    names = needed()
    for name in names:
        marks = {True: "offered", False: "denied", None: "unknown"}
        output.tell(f"ils.{marks[server.supported.get(name)]}", name=name_of(name))
    others = [f"{name} {'○' if offered else '×'}" for name, offered in server.supported.items() if name not in names]
    if others:
        output.tell("ils.others", names="  ".join(others))


# --- a patron ---------------------------------------------------------------------------------------------------------------


def _tell_patron(home: Home, settings: Settings, client: IlsClient, number: LibraryCardNumber) -> int:
    began = time.monotonic()
    try:
        sight = client.sight(number)
    except Refused as refusal:
        output.tell("ils.bad", what=_explained(refusal))
        return output.PROBLEM
    except Unavailable as error:
        output.tell("ils.trouble", what=trouble(error, home.ils_settings(settings.ils).ca_file).replace("\n", "\n  "))
        return output.PROBLEM
    output.tell("ils.name", name=_shown(sight.name) or output.words("ils.no-name"), milliseconds=round((time.monotonic() - began) * 1000))
    code = _tell_encoding(home, settings, client, number, sight)
    output.tell("ils.fields", codes=" ".join(sight.fields))
    try:
        _tell_standing(client.patron(number))
    except Refused as refusal:
        # A problem with this library card is a valid answer of the library system, unless the card is unknown to it.
        output.tell("ils.patron", what=_explained(refusal))
        return output.PROBLEM if refusal.code in (Code.LIBRARY_CARD_UNKNOWN, Code.LIBRARY_CARD_DIFFERS) else code
    except Unavailable as error:
        output.tell("ils.trouble", what=trouble(error, home.ils_settings(settings.ils).ca_file).replace("\n", "\n  "))
        return output.PROBLEM
    return code


def _tell_encoding(home: Home, settings: Settings, client: IlsClient, number: LibraryCardNumber, sight: Sight) -> int:
    """Report on the encoding. A wrong one raises no error: only somebody who knows the name can see it. Returns the exit code."""
    from kiosk.library.ils.profile import profile_of

    encoding = profile_of(settings.ils).encoding
    if not sight.name:
        return output.OK
    if sight.replaced:
        output.tell("ils.replaced", encoding=encoding)
    elif _ODD.search(sight.name):
        output.tell("ils.odd", encoding=encoding)
    elif _ASKED.search(sight.name):
        output.tell("ils.asked")
        return output.OK
    else:
        output.tell("ils.compare", encoding=encoding)
        return output.OK
    # Servers limit concurrent connections, some to one.
    client.close()
    found = {other: name for other in _ENCODINGS if other != encoding and (name := _read_in(home, settings, number, other))}
    for other, name in found.items():
        output.tell("ils.read-in", encoding=other, name=_shown(name))
    output.tell("ils.choose" if found else "ils.none-fits")
    if any(_ASKED.search(name) for name in found.values()):
        output.tell("ils.asked")
    return output.PROBLEM if sight.replaced else output.OK


def _read_in(home: Home, settings: Settings, number: LibraryCardNumber, encoding: str) -> str:
    """The name decoded in another encoding; empty if that fails."""
    client = open_library(home, replace(settings, ils=replace(settings.ils, encoding=encoding)))
    if client is None:
        return ""
    try:
        sight = client.sight(number)
    except KioskError:
        return ""
    finally:
        client.close()
    return "" if sight.replaced or _ODD.search(sight.name) else sight.name


def _tell_standing(patron: Patron) -> None:
    unknown, standing = output.words("ils.not-told"), patron.standing
    if patron.valid_said:
        output.tell("ils.valid-unread", said=_shown(patron.valid_said))
    else:
        output.tell(f"ils.valid{'-until' if patron.valid_until else ''}", day=str(patron.valid_until))
    counts = {
        "loans": standing.loans,
        "overdue": standing.overdue,
        "ready": standing.holds_ready,
        "left": standing.loans_left,
    }
    output.tell("ils.standing", **{name: unknown if count is None else count for name, count in counts.items()})
    _tell_loans(standing.on_loan)
    if standing.owes:
        output.tell("ils.owes", owes=standing.owes)
    if standing.stops:
        output.tell("ils.stops", stops=stop_reasons(" ".join(standing.stops)))
    if standing.said:
        output.tell("ils.said", said=_shown(standing.said))


def _tell_loans(loans: LoanList) -> None:
    """Report how many loans are listed by barcode: only by these can the counter recognise an item the patron already has."""
    listed, counted = len(loans.items), loans.counted
    if loans.told is Told.NOTHING:
        output.tell("ils.loans-not-told")
    elif loans.disputed is not None:
        output.tell("ils.loans-disputed", listed=listed, counted=loans.disputed)
    elif loans.as_titles:
        output.tell("ils.loans-titles", listed=listed)
    elif loans.told is Told.ALL:
        output.tell("ils.loans-all", listed=listed)
    elif counted is None:
        output.tell("ils.loans-uncounted", listed=listed)
    else:
        output.tell("ils.loans-part", listed=listed, counted=counted)


def _explained(refusal: Refused) -> str:
    return _shown(plain_refusal(refusal.code, "staff", **refusal.params))


def _shown(text: str) -> str:
    """A server's text in one line, without control characters: decoded wrongly it may contain terminal commands."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text.replace("\n", " / "))
