"""kiosk enrol URL: this counter joins the library's server, or learns where it is now."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.confirmation import answer_to, somebody_is_there
from kiosk.commands.open_store import opened
from kiosk.commands.parser import Commands
from kiosk.config import Home, Settings, read_settings
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.equipment import key_place_of, now
from kiosk.ledger.running_lock import RunningLock
from kiosk.program_version import program_version

if TYPE_CHECKING:
    from kiosk.store.enrolled_store import Membership
    from kiosk.store.key_location import KeyPlace
    from kiosk.store.sync.server_url import ServerUrl
    from kiosk.store.sync.tls import Authority, Unverified


def add(commands: Commands) -> None:
    enrolling = commands.add("enrol", enrol)
    # No option for the code: what stands on a command line can be read by every user of the machine.
    enrolling.given("url", metavar="URL")
    enrolling.option("--again", action="store_true")


def enrol(home: Home, options: argparse.Namespace) -> int:
    """Enrol this counter, or tell it where its server is now; a running window finds it there by itself."""
    home.refuse_practice()
    return enrol_at(home, options.url, _ask_code, again=options.again)


def enrol_at(home: Home, address: str, ask_code: Callable[[], str], *, again: bool = False) -> int:
    """Enrol it at this address; the code is asked for where one is needed.

    To enrol is refused beside a window, which would go on to make links under its own site key. `again`: take a new secret by a code, also
    where the server knows this counter, so that a copy of it is shut out.
    """
    from kiosk.store.sync.enrolment import shown_by
    from kiosk.store.sync.server_url import ServerUrl

    settings, url = read_settings(home.config), ServerUrl.parse(address)
    shown = shown_by(url)
    if not again and home.has_store() and (known := _known(home, settings, url, shown)) is not None:
        return _moved(home, settings, known, url)
    with RunningLock(home.lock):
        membership = _membership(home, settings)
        return _join(home, settings, membership, url, shown, EnrolmentCode.parse(ask_code()), again=again)


def _membership(home: Home, settings: Settings) -> Membership | None:
    """Of this counter, whose store and keys are created if there are none.

    Raises Refused: counter-has-links; Unavailable: store-doubted.
    """
    from kiosk.store.enrolment import may_join
    from kiosk.store.recovery import begin_anew

    place = key_place_of(home, settings)
    record = place.store.load()
    if record is not None and record.is_erased:
        # Revoked: what it had is gone, and it begins like a new one.
        begin_anew(place, now())
    repository, _ = opened(home, settings)
    with repository:
        membership = repository.membership()
        if membership is None and repository.count_links():
            raise Refused(Code.COUNTER_HAS_LINKS)
        if not may_join(repository):
            raise Unavailable(Code.STORE_DOUBTED)
        return membership


def _known(home: Home, settings: Settings, url: ServerUrl, shown: Unverified) -> Membership | None:
    """The membership, if this is the server that knows this counter already: no code is needed then."""
    from kiosk.store.authority_file import kept_authority
    from kiosk.store.sync.enrolment import is_known_at
    from kiosk.store.sync.tls import Authority

    record = key_place_of(home, settings).store.load()
    if record is None or not record.secret:
        return None
    try:
        kept = Authority(kept_authority(home.store, record.authority))
    except Unavailable:
        return None
    if kept.der != shown.der or not is_known_at(url, kept, record.secret, program_version()):
        return None
    repository, _ = opened(home, settings)
    with repository:
        return repository.membership()


def _moved(home: Home, settings: Settings, membership: Membership, url: ServerUrl) -> int:
    if membership.registry != str(url):
        repository, _ = opened(home, settings)
        with repository:
            repository.move_to(str(url))
    output.tell("enrol.moved" if membership.registry != str(url) else "enrol.already", name=membership.counter, url=str(url))
    return output.OK


def _join(
    home: Home, settings: Settings, membership: Membership | None, url: ServerUrl, shown: Unverified, code: EnrolmentCode, *, again: bool
) -> int:
    from kiosk.store.enrolment import Joined, join, keep_secret
    from kiosk.store.sync import enrolment

    authority = enrolment.named_by(code, shown)
    place = key_place_of(home, settings)
    if membership is not None:
        _refuse_another(home, place, membership, authority)
    secret = _secret(place, authority.fingerprint, again=again)
    # Kept before the server hears of it: if its answer is lost, the same secret asks again.
    keep_secret(place, secret, authority.fingerprint)
    enrolled = enrolment.enrol(url, authority, code, secret)
    if membership is not None and membership.counter != enrolled.counter:
        raise Refused(Code.COUNTER_OF_ANOTHER, reason="name", name=enrolled.counter)
    joined = Joined(str(url), enrolled.counter, enrolled.site_key, enrolled.key_generation, authority.fingerprint, authority.der)
    try:
        # The one step that counts; a kill before it leaves what was here, and after it a counter that is enrolled.
        join(place, joined, settings.counter.name, now)
    except ValueError:
        if membership is None:
            raise
        # Another site key, under which nobody could read the links that are here.
        raise Refused(Code.COUNTER_OF_ANOTHER, reason="server", registry=membership.registry) from None
    output.tell_done("enrol.done", name=enrolled.counter, url=str(url), count=enrolled.status.count)
    if settings.counter.name != enrolled.counter:
        output.tell_done("enrol.shown-name", name=enrolled.counter, shown=settings.counter.name)
    repository, _ = opened(home, settings)
    with repository:
        # What is done before the first contact takes no number that the hardware before has used.
        repository.raise_sequence(enrolled.status.sequence, by_staff=True)
        if repository.doubt is not None:
            # Restored: staff have to confirm that before cards are served.
            output.complain(Unavailable(repository.doubt.code, **dict(repository.doubt.params)))
    return output.OK


def _refuse_another(home: Home, place: KeyPlace, membership: Membership, authority: Authority) -> None:
    """Raises Refused: counter-of-another, if the code is another server's while this counter's own knows it. Nothing was sent until then.

    One that has lost its authority and made a new one does not vouch for itself with the old one any more: its counters may come again.
    """
    from kiosk.store.authority_file import kept_authority
    from kiosk.store.sync.enrolment import is_known_at
    from kiosk.store.sync.server_url import ServerUrl
    from kiosk.store.sync.tls import Authority

    record = place.store.load()
    if record is None or not record.secret or record.authority == authority.fingerprint:
        return
    try:
        kept = Authority(kept_authority(home.store, record.authority))
        is_known = is_known_at(ServerUrl.parse(membership.registry), kept, record.secret, program_version())
    except Unavailable as error:
        if error.code not in (Code.REGISTRY_UNREACHABLE, Code.REGISTRY_NOT_TRUSTED, Code.REGISTRY_AUTHORITY_MISSING):
            raise
        return
    if is_known:
        raise Refused(Code.COUNTER_OF_ANOTHER, reason="server", registry=membership.registry)


def _secret(place: KeyPlace, fingerprint: str, *, again: bool) -> str:
    """The one of an attempt before, whose answer may have been lost, or (unless `again`) that this server knows already; else a new one."""
    record = place.store.load()
    if record is None:
        return fresh_secret()
    kept = [(record.attempt.secret, record.attempt.authority)] if record.attempt else []
    in_use = [] if again else [(record.secret, record.authority)]
    known = [secret for secret, authority in (*kept, *in_use) if secret and authority == fingerprint]
    return known[0] if known else fresh_secret()


def _ask_code() -> str:
    return answer_to(output.words("enrol.ask-code")) if somebody_is_there() else sys.stdin.readline()
