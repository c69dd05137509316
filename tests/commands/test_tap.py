"""kiosk tap: one card read as in lending; in this process and behind a real pcscd."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.commands.tap import TapOutcome, read, wait_for_card
from kiosk.config import Home, read_settings
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, Revocation, UnlinkReason
from kiosk.domain.token import link_token
from kiosk.equipment import judge_for, key_place_of, keys_of, open_repository
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.judge import Check
from kiosk.smartcard.trust import TrustStore
from kiosk.smartcard.virtual.authority import VirtualAuthority, rsa_key
from kiosk.smartcard.virtual.card import VirtualCard
from kiosk.smartcard.virtual.demo_cards import PIN, Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.repository import Repository
from kiosk.text import say
from tests.support.cards.malformed_der import SHA256_WITH_RSA, UNKNOWN_ALGORITHM
from tests.support.pcscd.rig import PcscdRig

READER = "Sony RC-S300/S 0"
NUMBER = LibraryCardNumber("2104067853")


def certificate_of(card: VirtualCard) -> Certificate:
    assert card.certificate is not None
    return Certificate(card.certificate)


@pytest.fixture
def repository(home: Home, deck: Deck) -> Iterator[Repository]:
    """The library trusts the deck's authority; the fine card is linked."""
    TrustStore(home.trust).add(deck.authority.der)
    opened, keys = open_repository(home, read_settings(home.config))
    token = link_token(keys.site, Authority(deck.authority.der).key_digest, certificate_of(deck.card("fine")).serial)
    with opened:
        opened.save_link(uuid.uuid4(), token, NUMBER, revocation=Revocation.NOT_CHECKED)
        yield opened


@pytest.mark.parametrize(
    ("name", "verdict", "last"),
    [
        ("fine", "linked", Check.POLICY),
        ("about-to-expire", "not-linked", Check.POLICY),
        ("locked", "not-linked", Check.POLICY),
        ("expired", "card-expired", Check.ISSUER_DATES),
        ("no-certificate", "no-certificate", None),
        ("not-my-number-card", "not-my-number-card", None),
        ("phone", "phone-not-accepted", None),
        ("unknown-authority", "issuer-unknown", Check.FORM),
    ],
)
def test_every_card_of_the_tray_gets_its_verdict(
    home: Home, deck: Deck, repository: Repository, name: str, verdict: str, last: Check | None
) -> None:
    settings = read_settings(home.config)
    record = keys_of(home, settings).load()
    assert record is not None
    world, card = VirtualReaders(READER), deck.fresh(name)
    world.lay(card, READER)
    outcome = read(world.readers, READER, judge_for(home, settings, record.keys.site), repository)
    assert outcome.verdict == verdict
    assert outcome.report is not None
    assert (outcome.report.passed[-1] if outcome.report.passed else None) is last
    assert card.verifies == 0
    assert set(outcome.milliseconds) >= {"connect", "select", "total"}


@pytest.mark.linux("file modes")
def test_authorities_that_cannot_be_used_are_not_called_missing(home: Home, deck: Deck, repository: Repository) -> None:
    world, settings = VirtualReaders(READER), read_settings(home.config)
    world.lay(deck.fresh("fine"), READER)
    home.trust.chmod(0o777)
    assert read(world.readers, READER, judge_for(home, settings, bytes(32)), repository).verdict == "trust-unusable"
    home.trust.chmod(0o700)
    for file in home.trust.iterdir():
        file.unlink()
    assert read(world.readers, READER, judge_for(home, settings, bytes(32)), repository).verdict == "trust-missing"


def test_of_a_doubted_store_no_link_is_told(home: Home, deck: Deck, repository: Repository) -> None:
    settings = read_settings(home.config)
    place = key_place_of(home, settings)
    record = place.store.load()
    assert record is not None
    repository.close()
    place.anchor_path.unlink()
    world = VirtualReaders(READER)
    world.lay(deck.fresh("fine"), READER)
    with open_repository(home, settings)[0] as doubted:
        outcome = read(world.readers, READER, judge_for(home, settings, record.keys.site), doubted)
    assert (outcome.verdict, outcome.number) == ("store-doubted", "")
    assert outcome.report is not None
    assert Check.POLICY in outcome.report.passed


@pytest.mark.parametrize(
    ("heard", "shut_out", "verdict"),
    [
        (timedelta(hours=23), False, "not-linked"),
        (timedelta(hours=25), False, "registry-too-long-offline"),
        (timedelta(hours=-1), False, "registry-too-long-offline"),
        (timedelta(hours=1), True, "registry-shut-out"),
    ],
)
def test_a_counter_with_a_server_refuses_as_its_window_does(
    home: Home, deck: Deck, repository: Repository, heard: timedelta, shut_out: bool, verdict: str
) -> None:
    settings = read_settings(home.config)
    record = keys_of(home, settings).load()
    assert record is not None
    repository.close_link(uuid.uuid4(), NUMBER, UnlinkReason.WISH)
    repository.enrol("https://registry.example", "窓口1")
    repository.heard_at(datetime.now(UTC) - heard)
    if shut_out:
        repository.mark_shut_out(datetime.now(UTC))
    world = VirtualReaders(READER)
    world.lay(deck.fresh("fine"), READER)
    outcome = read(world.readers, READER, judge_for(home, settings, record.keys.site), repository, settings.registry.max_offline)
    assert (outcome.verdict, outcome.number) == (verdict, "")


def tapped(home: Home, deck: Deck, repository: Repository, card: VirtualCard, most: str = "48") -> TapOutcome:
    """The card as a counter with revocation lists reads it."""
    home.config.write_text(f'[card]\nrevocation = "crl"\ncrl_max_age = {most}\n', encoding="utf-8")
    settings = read_settings(home.config)
    record = keys_of(home, settings).load()
    assert record is not None
    world = VirtualReaders(READER)
    world.lay(card, READER)
    return read(world.readers, READER, judge_for(home, settings, record.keys.site, anew=True), repository)


def test_with_lists_a_card_is_good_stopped_or_cannot_be_told(home: Home, deck: Deck, repository: Repository) -> None:
    serial, hour = certificate_of(deck.card("fine")).serial, timedelta(hours=1)

    def fine(most: str = "48") -> tuple[str, bool]:
        outcome = tapped(home, deck, repository, deck.fresh("fine"), most)
        return outcome.verdict, outcome.report is not None and Check.REVOCATION in outcome.report.passed

    def lists(*serials: int, age: timedelta) -> bytes:
        return deck.authority.revoke(serials, datetime.now(UTC) - age, 24 * hour)

    path = home.crl / "a.crl"
    assert (fine(), fine('"unlimited"')) == (("revocation-too-old", False), ("linked", False))
    path.write_bytes(lists(7, age=50 * hour))
    assert (fine(), fine('"unlimited"')) == (("revocation-too-old", False), ("linked", False))
    path.write_bytes(lists(7, age=30 * hour))
    assert fine() == ("linked", False)
    path.write_bytes(lists(7, age=hour))
    # One that nobody can read stands in nobody's way.
    (home.crl / "b.crl").write_bytes(lists(serial, age=hour).replace(SHA256_WITH_RSA, UNKNOWN_ALGORITHM))
    assert fine() == ("linked", True)
    path.write_bytes(lists(serial, age=hour / 2))
    assert (fine(), fine('"unlimited"')) == (("card-stopped", False), ("card-stopped", False))
    # Nor does a list from before bring it back, although no counter has ever run here.
    path.write_bytes(lists(7, age=hour))
    assert (fine(), fine('"unlimited"')) == (("card-stopped", False), ("card-stopped", False))


def test_a_card_that_names_the_real_issuer_and_an_unknown_algorithm_is_refused(home: Home, deck: Deck, repository: Repository) -> None:
    card = deck.fresh("fine")
    assert card.certificate is not None
    rogue = VirtualCard("rogue", card.certificate.replace(SHA256_WITH_RSA, UNKNOWN_ALGORITHM), rsa_key())
    assert tapped(home, deck, repository, rogue).verdict == "certificate-unreadable"


def test_a_link_belongs_to_the_key_that_issued_the_card(home: Home, deck: Deck, repository: Repository) -> None:
    """Another generation's card with the same serial number is another card; the same key in a new certificate changes nothing."""
    settings, trust = read_settings(home.config), TrustStore(home.trust)
    record = keys_of(home, settings).load()
    assert record is not None
    other = VirtualAuthority.create(serial=0x0133C349, demo=False)
    trust.add(other.der)
    key = rsa_key()
    fellow = VirtualCard("fellow", other.issue(key, deck.leaf("fine")), key, label=b"JPKIAPICCTOKEN2")
    renewed = VirtualAuthority.create(key=deck.authority.key, serial=0x07777777, demo=False)

    def verdict(card: VirtualCard) -> str:
        world = VirtualReaders(READER)
        world.lay(card, READER)
        return read(world.readers, READER, judge_for(home, settings, record.keys.site), repository).verdict

    assert (verdict(deck.fresh("fine")), verdict(fellow)) == ("linked", "not-linked")
    trust.add(renewed.der)
    (home.trust / f"{Authority(deck.authority.der).fingerprint}.cer").unlink()
    assert (verdict(deck.fresh("fine")), verdict(fellow)) == ("linked", "not-linked")


def test_the_card_on_the_wanted_reader_is_taken(deck: Deck) -> None:
    world = VirtualReaders("ACR1252 0", READER)
    world.lay(deck.card("fine"), "ACR1252 0")
    world.lay(deck.card("child"), READER)
    assert wait_for_card(world.monitor, "RC-S300", 5, lambda: None) == READER


def test_a_card_laid_after_the_invitation_is_taken(deck: Deck) -> None:
    world = VirtualReaders(READER)
    assert wait_for_card(world.monitor, "", 5, lambda: world.lay(deck.card("fine"), READER)) == READER


def test_without_a_card_it_ends_in_time() -> None:
    invited: list[bool] = []
    assert wait_for_card(VirtualReaders(READER).monitor, "", 0.1, lambda: invited.append(True)) == ""
    assert invited == [True]


def test_without_the_wanted_reader_that_is_said() -> None:
    with pytest.raises(Unavailable) as caught:
        wait_for_card(VirtualReaders(READER).monitor, "ACR", 0.1, lambda: None)
    assert caught.value.code is Code.READER_MISSING


@pytest.mark.pcscd
def test_through_pcscd_a_linked_card_is_known(kiosk: Any, home: Home, deck: Deck, repository: Repository, pcscd: PcscdRig) -> None:
    card = deck.fresh("fine")
    pcscd.lay(card)
    said = kiosk("tap", "--json", "--timeout", "10")
    told = json.loads(said.out)
    assert (said.code, told["verdict"], told["number"]) == (0, "linked", NUMBER.masked)
    assert told["commands"] <= 9
    assert all(passed for check, passed in told["checks"].items() if check != "revocation")
    for_people = kiosk("tap", "--timeout", "10")
    assert for_people.code == 0
    assert f"連携登録されています: {NUMBER.masked}" in for_people.out
    assert "○ マイナンバーカードである" in for_people.out
    fine = certificate_of(card)
    for secret in (str(fine.serial), f"{fine.serial:x}", PIN.decode() + "\n", NUMBER.text, "9A7794E9AGCIEG13221003A"):
        assert secret not in said.out + said.err + for_people.out + for_people.err


def marks(said: Any) -> str:
    """One for each check, in order."""
    return "".join(re.findall(r"^  ([○×－△？]) ", said.out, re.MULTILINE))


@pytest.mark.pcscd
def test_through_pcscd_a_check_that_failed_is_marked_and_those_after_it_were_not_looked_at(
    kiosk: Any, home: Home, deck: Deck, repository: Repository, pcscd: PcscdRig
) -> None:
    for name, marked, failed, sentence in (
        ("not-my-number-card", "×－－－－－－－－－", "label", "置き直してもらってください"),
        ("no-certificate", "○×－－－－－－－－", "form", "利用者証明用電子証明書が入っていません"),
        ("unknown-authority", "○○×－－－－－－－", "issuer", "登録されている認証局が発行した電子証明書ではありません"),
        ("expired", "○○○○×－－－－－", "dates", "有効期限が切れています"),
        ("about-to-expire", "○○○○○○○○○－", None, "連携を解除したか、更新・再発行後のカードです"),
    ):
        pcscd.lay(deck.fresh(name))
        said = kiosk("tap", "--timeout", "10")
        assert (name, said.code, marks(said)) == (name, 1, marked)
        assert sentence in said.out
        assert json.loads(kiosk("tap", "--timeout", "10", "--json").out)["failed"] == failed
        pcscd.lift()


@pytest.mark.pcscd
def test_what_stops_a_card_at_revocation_is_marked_there(
    kiosk: Any, home: Home, deck: Deck, repository: Repository, pcscd: PcscdRig
) -> None:
    pcscd.lay(deck.fresh("fine"))
    home.config.write_text('[card]\nrevocation = "crl"\ncrl_max_age = 48\n', encoding="utf-8")
    said = kiosk("tap", "--timeout", "10")
    assert (said.code, marks(said)) == (1, "○○○○○○○○○×")
    home.config.write_text('[card]\nrevocation = "crl"\ncrl_max_age = "unlimited"\n', encoding="utf-8")
    said = kiosk("tap", "--timeout", "10")
    assert (said.code, marks(said)) == (0, "○○○○○○○○○△")
    for file in home.trust.iterdir():
        file.unlink()
    said = kiosk("tap", "--timeout", "10")
    assert (said.code, marks(said)) == (1, "○－×－－－－－－－")


@pytest.mark.pcscd
def test_through_pcscd_an_empty_reader_is_waited_for(kiosk: Any, home: Home, pcscd: PcscdRig) -> None:
    said = kiosk("tap", "--timeout", "0.2")
    assert said.code == 1
    assert said.out == "カードをカードリーダーに置いてください。\nカードは置かれませんでした。\n"
    pcscd.stop()
    said = kiosk("tap", "--timeout", "0.2")
    assert (said.code, said.out.splitlines()[-1]) == (1, say("command.tap.doctor"))


@pytest.mark.pcscd
def test_doctor_sees_the_readers_of_pcscd(kiosk: Any, home: Home, pcscd: PcscdRig) -> None:
    found = {check["check"]: check for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert (found["service"]["condition"], found["reader"]["condition"]) == ("ok", "ok")
    assert "Virtual PCD 00 00" in found["reader"]["facts"]["names"]
