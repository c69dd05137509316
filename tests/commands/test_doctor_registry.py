"""kiosk doctor on a counter that is enrolled with the library's server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kiosk.commands.doctor.registry import check_registry
from kiosk.commands.doctor.registry_findings import CHECKS, Heard, Standing, findings
from kiosk.config import Home, read_settings
from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code
from kiosk.domain.events import Event, RegistryChanged
from kiosk.domain.health import Finding
from kiosk.domain.model import RegistryCondition, Revocation
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.equipment import key_place_of, keys_of, open_repository, open_sync
from kiosk.store.cipher import open_file
from kiosk.store.enrolled_store import Membership
from kiosk.store.erasing import erase
from kiosk.store.repository import Repository
from kiosk.store.sync.client import Said
from tests.support.registry.sites import InProcess, in_process
from tests.support.store.enrolled import CARD_A, NUMBER_1, NUMBER_2, unlink
from tests.support.wait import wait_until

NAME = "中央館 1"
NOW = datetime(2026, 11, 23, 5, 32, tzinfo=UTC)
HEAD = Position(1, 7)
DAY = timedelta(days=1)
STATUS = LedgerStatus(HEAD, 12, "aa", HEAD, Epochs(1), 0, 0, NOW, 3, retiring=False)
MEMBER = Membership("https://registry.example", NAME, 0, 3, Epochs(1), HEAD, NOW, NOW, retiring=False, shut_out=None)
STANDING = Standing(MEMBER, summed=(HEAD, 12, "aa"))
HEARD = Heard(status=STATUS, ends=NOW + timedelta(days=90))


def found(standing: Standing = STANDING, heard: Heard = HEARD, name: str = NAME, now: datetime = NOW) -> dict[str, Finding]:
    told = findings(standing, heard, name, DAY, now)
    assert tuple(finding.check for finding in told) == CHECKS
    return {finding.check: finding for finding in told}


def words_of(told: list[Finding]) -> dict[str, str]:
    return {finding.check: finding.word for finding in told}


def test_all_is_well() -> None:
    assert words_of(list(found().values())) == dict(
        zip(CHECKS, ("reached", "valid", "agrees", "heard", "sent", "agree", "same"), strict=True)
    )


@pytest.mark.parametrize(
    ("heard", "word"),
    [
        (Heard(Code.REGISTRY_UNREACHABLE), "unreachable"),
        (Heard(Code.REGISTRY_NOT_TRUSTED), "untrusted"),
        (Heard(said=Said(401, "secret-unknown")), "shut-out"),
        (Heard(said=Said(403, "counter-retired")), "retired"),
        (Heard(said=Said(403, "counter-revoked", counter=NAME)), "revoked"),
        (Heard(said=Said(403, "counter-revoked", counter="分館 1")), "shut-out"),
        (Heard(said=Said(502, "nonsense")), "unexpected"),
        (Heard(said=Said(409, "snapshot-needed", ledger=STATUS), status=STATUS), "reached"),
        (replace(HEARD, status=replace(STATUS, retiring=True)), "retiring"),
        (replace(HEARD, status=replace(STATUS, head=Position(1, 6))), "outdated"),
        (Heard(said=Said(409, "epoch-changed"), status=replace(STATUS, head=Position(0, 9), epochs=Epochs(0))), "outdated"),
    ],
)
def test_what_the_server_says_of_this_counter(heard: Heard, word: str) -> None:
    assert found(heard=heard)["registry"].word == word


@pytest.mark.parametrize(
    ("check", "standing", "heard", "word"),
    [
        ("registry-certificate", STANDING, replace(HEARD, ends=NOW + timedelta(days=3)), "ending"),
        ("registry-certificate", STANDING, Heard(Code.REGISTRY_UNREACHABLE), "unknown"),
        ("registry-clock", STANDING, replace(HEARD, ahead=-300), "ahead"),
        ("registry-clock", STANDING, replace(HEARD, ahead=90_000), "behind"),
        ("registry-clock", STANDING, Heard(Code.REGISTRY_UNREACHABLE), "unknown"),
        ("registry-contact", replace(STANDING, membership=replace(MEMBER, heard=None)), HEARD, "never"),
        ("registry-contact", STANDING, Heard(Code.REGISTRY_UNREACHABLE), "broken"),
        ("registry-operations", replace(STANDING, pending=2), HEARD, "pending"),
        ("registry-operations", replace(STANDING, pending=2, unlinkings=1), HEARD, "unlinkings"),
        ("registry-operations", replace(STANDING, refused=1, pending=2, unlinkings=1), HEARD, "refused"),
        ("registry-links", replace(STANDING, links_hold=False), HEARD, "altered"),
        ("registry-links", STANDING, Heard(Code.REGISTRY_UNREACHABLE), "unknown"),
        ("registry-links", replace(STANDING, membership=replace(MEMBER, reached=Position())), HEARD, "loading"),
        ("registry-links", replace(STANDING, summed=(Position(1, 6), 12, "aa")), HEARD, "behind"),
        ("registry-links", replace(STANDING, summed=(HEAD, 12, "bb")), HEARD, "differ"),
        ("registry-links", replace(STANDING, summed=(HEAD, 11, "aa")), HEARD, "differ"),
    ],
)
def test_what_differs_is_named(check: str, standing: Standing, heard: Heard, word: str) -> None:
    assert found(standing, heard)[check].word == word


def test_too_long_without_the_server_is_judged_as_the_counter_does() -> None:
    away = Heard(Code.REGISTRY_UNREACHABLE)
    assert found(heard=away, now=NOW + timedelta(hours=25))["registry-contact"].word == "too-long"
    assert found(heard=away, now=NOW - timedelta(hours=1))["registry-contact"].word == "too-long"
    assert found(now=NOW + timedelta(hours=25))["registry-contact"].word == "heard"


def test_the_name_in_the_ledger_may_be_another_than_that_on_the_screen() -> None:
    assert found(name="こども室")["registry-name"].word == "differs"


# --- with a server ------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "server") as site:
        yield site


@pytest.fixture
def enrolled(kiosk: Any, home: Home, site: InProcess) -> Home:
    said = kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    assert said.code == 0, said.err
    return home


def checked(home: Home) -> dict[str, str]:
    return words_of(check_registry(home, read_settings(home.config)))


def cursor_of(store: Repository) -> int:
    """Of what the feed has brought."""
    membership = store.membership()
    assert membership is not None
    return membership.reached.cursor


def in_step(home: Home, meanwhile: Callable[[Any], None] = lambda store: None) -> None:
    """Run sync until the counter knows what the server knows, everything done here is answered, and the feed has brought it."""
    settings, current = read_settings(home.config), threading.Event()

    def hear(event: Event) -> None:
        if isinstance(event, RegistryChanged) and event.condition is RegistryCondition.CURRENT:
            current.set()

    with open_repository(home, settings)[0] as store:
        begin = open_sync(home, settings, store)
        assert begin is not None
        sync = begin(hear)
        sync.start()
        try:
            assert current.wait(30)
            before = cursor_of(store)
            meanwhile(store)
            acts = store.pending_count()
            sync.wake()
            wait_until(lambda: cursor_of(store) >= before + acts and not store.pending_count(), "what was done here", 30)
        finally:
            sync.stop()


def test_a_counter_that_is_alone_has_nothing_to_ask(home: Home, linked: Home) -> None:
    assert checked(home) == {"registry": "alone"}


def test_before_the_first_snapshot_and_after(kiosk: Any, enrolled: Home) -> None:
    told = checked(enrolled)
    assert (told["registry"], told["registry-certificate"], told["registry-links"]) == ("reached", "valid", "loading")
    assert (told["registry-contact"], told["registry-name"]) == ("never", "differs")
    in_step(enrolled, lambda store: store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.GOOD))
    told = checked(enrolled)
    assert (told["registry-contact"], told["registry-operations"], told["registry-links"]) == ("heard", "sent", "agree")


def test_a_row_that_was_changed_behind_the_program_is_found(enrolled: Home) -> None:
    in_step(enrolled, lambda store: store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.GOOD))
    record = keys_of(enrolled, read_settings(enrolled.config)).load()
    assert record is not None
    with closing(open_file(enrolled.store, record.keys.database, settings=False)) as file:
        file.execute("UPDATE link SET number = ?", (NUMBER_2.text,))
        file.commit()
    assert checked(enrolled)["registry-links"] == "altered"


def test_a_server_that_is_away_leaves_what_is_known_here(kiosk: Any, enrolled: Home, site: InProcess) -> None:
    in_step(enrolled)
    site.server.stop()
    with open_repository(enrolled, read_settings(enrolled.config))[0] as store:
        unlink(store, NUMBER_1)
    told = checked(enrolled)
    assert (told["registry"], told["registry-contact"], told["registry-operations"]) == ("unreachable", "broken", "unlinkings")
    said = kiosk("doctor").out
    assert f"つながりません({site.url})" in said
    assert "うち解除 1件は、この窓口だけで止まっています" in said


def test_a_counter_without_its_secret_is_told_how_to_get_one(enrolled: Home) -> None:
    settings = read_settings(enrolled.config)
    (enrolled.store.parent / "registry-authority.der").unlink()
    assert words_of(check_registry(enrolled, settings)) == {"registry": "incomplete"}


def test_a_counter_that_was_revoked_says_so(enrolled: Home) -> None:
    settings = read_settings(enrolled.config)
    erase(key_place_of(enrolled, settings))
    assert words_of(check_registry(enrolled, settings)) == {"registry": "left"}
