"""Checks of the PC/SC service, readers, authorities and revocation lists."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.checks.card import check_revocation, check_trust, look_at_readers, lost, readers
from kiosk.commands.doctor import wording
from kiosk.config import CardSettings, Home, MaxAge, RevocationSource, Settings
from kiosk.domain.errors import Code
from kiosk.domain.health import Condition, Finding
from kiosk.smartcard.trust import TrustStore
from kiosk.smartcard.virtual.authority import VirtualAuthority, ecdsa_key

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
READER = "Sony RC-S300/S 0"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home")
    place.prepare()
    return place


@pytest.fixture(scope="module")
def authority() -> VirtualAuthority:
    return VirtualAuthority.create(key=ecdsa_key(), demo=False)


def settings(revocation: RevocationSource = RevocationSource.CRL, most: int | MaxAge = 48) -> Settings:
    return Settings(CardSettings(revocation, crl_max_age=most))


def outcomes(findings: list[Finding]) -> list[str]:
    return [finding.outcome for finding in findings]


@pytest.mark.parametrize(
    ("names", "wanted", "expected"),
    [
        ((READER,), "", "reader.found"),
        ((READER,), "RC-S300", "reader.found"),
        ((READER,), "rc-s300/s", "reader.found"),
        ((READER,), "ACR", "reader.other"),
        ((), "", "reader.missing"),
    ],
)
def test_the_reader_in_the_config_is_looked_for(names: tuple[str, ...], wanted: str, expected: str) -> None:
    assert outcomes(readers(names, wanted)) == ["service.running", expected]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (Code.READER_SERVICE_MISSING, "service.missing"),
        (Code.READER_DENIED, "service.denied"),
        (Code.READER_SILENT, "service.silent"),
    ],
)
def test_without_a_service_nothing_is_known_of_readers(code: Code, expected: str) -> None:
    assert outcomes(lost(code)) == [expected, "reader.unknown"]


def test_a_service_that_rests_without_a_reader_asks_for_the_reader() -> None:
    assert outcomes(lost(Code.READER_MISSING)) == ["service.resting", "reader.missing"]


@pytest.mark.parametrize("outcome", ["service.missing", "service.denied", "service.silent", "reader.missing"])
def test_each_system_has_its_own_advice(outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {}
    for platform in ("linux", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        said[platform] = wording.advice(Finding(outcome))
    assert "Linux" in said["linux"] or "pcsc" in said["linux"]
    assert not any(word in said["win32"] for word in ("Linux", "pcsc", "systemctl", "polkit"))


@pytest.mark.parametrize(
    "interpreter",
    [pytest.param("/nowhere/python", id="none"), pytest.param("/bin/true", id="without an answer", marks=pytest.mark.linux("/bin/true"))],
)
def test_a_trouble_of_our_own_is_none_of_the_service(interpreter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", interpreter)
    found = look_at_readers("")
    assert outcomes(found) == ["service.overdue", "reader.unknown"]
    assert {finding.condition for finding in found} == {Condition.UNKNOWN}


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW, "trust.ready"), (datetime(2033, 6, 1, tzinfo=UTC), "trust.ending"), (datetime(2034, 1, 1, tzinfo=UTC), "trust.ended")],
)
def test_authorities_end(home: Home, authority: VirtualAuthority, now: datetime, expected: str) -> None:
    TrustStore(home.trust).add(authority.der)
    finding = check_trust(home, now)
    assert finding.outcome == expected
    assert finding.params["ends"] == "2033-07-15"


def test_a_damaged_trust_file_is_named(home: Home, authority: VirtualAuthority) -> None:
    TrustStore(home.trust).add(authority.der)
    (home.trust / f"{'ab' * 32}.cer").write_bytes(b"")
    finding = check_trust(home, NOW)
    assert finding.outcome == "trust.wrong"
    assert f"{'ab' * 32}.cer: ファイルが空です。" in wording.found(finding)


def test_a_trust_folder_that_cannot_be_used_is_named_and_no_certificate_is(home: Home) -> None:
    home.trust.rmdir()
    home.trust.write_text("")
    finding = check_trust(home, NOW)
    assert finding.outcome == "trust.unread"
    assert f"場所: {home.trust}" in wording.found(finding)
    assert "証明書のファイルがあります" not in wording.found(finding)


def test_revocation_lists_are_missing_fresh_or_stale(home: Home, authority: VirtualAuthority) -> None:
    TrustStore(home.trust).add(authority.der)
    assert check_revocation(home, settings(), NOW).outcome == "revocation.missing"
    stranger = VirtualAuthority.create(key=ecdsa_key(), demo=False)
    (home.crl / "stranger.crl").write_bytes(stranger.revoke((1,), NOW, timedelta(days=2)))
    missing = check_revocation(home, settings(), NOW)
    assert (missing.outcome, missing.number("closed")) == ("revocation.missing", 1)
    assert "stranger.crl: 登録した認証局が署名したものではない" in wording.found(missing)
    (home.crl / "stranger.crl").unlink()
    (home.crl / "auth.crl").write_bytes(authority.revoke((1, 2, 3), NOW, timedelta(days=2)))
    fresh = check_revocation(home, settings(), NOW)
    assert (fresh.outcome, fresh.params["numbers"], fresh.params["until"]) == ("revocation.fresh", 3, "2026-11-25 12:00")
    too_old = check_revocation(home, settings(), NOW + timedelta(days=3))
    assert (too_old.outcome, too_old.number("closed")) == ("revocation.too-old", 1)
    unlimited = check_revocation(home, settings(most=MaxAge.UNLIMITED), NOW)
    assert (unlimited.outcome, unlimited.condition) == ("revocation.unlimited", Condition.CARE)
    assert "第38条の4" in wording.advice(unlimited)
    assert check_revocation(home, settings(most=MaxAge.UNLIMITED), NOW + timedelta(days=3)).outcome == "revocation.stale"
    # What was read once is not forgotten.
    (home.crl / "auth.crl").unlink()
    assert check_revocation(home, settings(), NOW).outcome == "revocation.fresh"


@pytest.mark.linux("file modes")
def test_every_file_that_is_not_used_is_named_with_its_reason(home: Home, authority: VirtualAuthority) -> None:
    TrustStore(home.trust).add(authority.der)
    good = authority.revoke((1,), NOW, timedelta(days=2))
    (home.crl / "auth.crl").write_bytes(good)
    (home.crl / "auth.crl").chmod(0o666)
    (home.crl / "\x1b[2J.crl").write_bytes(b"no list")
    finding = check_revocation(home, settings(), NOW)
    assert finding.outcome == "revocation.files"
    assert "auth.crl: ほかの利用者が" in wording.found(finding)
    assert "\\u{001B}[2J.crl: 失効リストではない" in wording.found(finding)
    assert "\x1b" not in wording.found(finding)


def test_to_check_none_is_said_with_the_law() -> None:
    finding = check_revocation(Home(Path()), settings(RevocationSource.NONE), NOW)
    assert finding.condition is Condition.CARE
    assert "第38条の4" in wording.advice(finding)
