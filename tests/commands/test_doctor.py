"""kiosk doctor: each thing a counter rests on, as it is found, and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polib
import pytest

from kiosk.commands.doctor.card import check_readers, check_revocation, check_trust
from kiosk.commands.doctor.clock import check_clock
from kiosk.commands.doctor.disk import device_mapper
from kiosk.commands.doctor.displays import Display, Seen, check_displays, check_fonts
from kiosk.commands.doctor.finding import OUTCOMES, Finding, State
from kiosk.config import CardSettings, DisplaySettings, Home, MaxAge, ReaderSettings, RevocationSource, Settings, resource
from kiosk.smartcard.trust import TrustStore
from kiosk.smartcard.virtual.authority import VirtualAuthority, ecdsa_key
from kiosk.smartcard.virtual.reader import VirtualReaders

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
CHECKS = ["config", "service", "reader", "trust", "revocation", "keys", "store"]
MORE_CHECKS = ["recovery", "slips", "ils", "handover", "disk", "clock", "displays", "fonts"]


def settings(revocation: RevocationSource = RevocationSource.CRL, reader: str = "", most: int | MaxAge = 48) -> Settings:
    return Settings(CardSettings(revocation, crl_max_age=most), reader=ReaderSettings(reader))


def test_every_outcome_has_its_sentence_and_every_trouble_its_advice() -> None:
    keys = {entry.msgid for entry in polib.pofile(str(resource("i18n/ja/command.po")))}
    checks = {outcome.partition(".")[0] for outcome in OUTCOMES}
    wanted = {f"command.doctor.{outcome}" for outcome in OUTCOMES} | {f"command.doctor.{check}.title" for check in checks}
    wanted |= {f"command.doctor.{outcome}-next" for outcome, state in OUTCOMES.items() if state is not State.OK}
    assert wanted == {key for key in keys if re.match(rf"command\.doctor\.({'|'.join(checks)})\.", key)}


def test_a_new_counter_is_told_what_is_missing(kiosk: Any, home: Home) -> None:
    said = kiosk("doctor")
    assert said.code == 1
    assert "○ 設定: 誤りはありません" in said.out
    assert "× 認証局: 1つも登録されていません" in said.out
    for name in ("authca01.cer", "authca02.cer", "authca03.cer", "https://www.jpki.go.jp/ca/"):
        assert name in said.out
    assert "公的個人認証法第38条の4" in said.out
    assert said.out.rstrip().endswith("× のところを直してください。")
    assert not home.store.exists()


def test_programs_read_it_as_json(kiosk: Any, linked: Home) -> None:
    said = kiosk("doctor", "--json")
    document = json.loads(said.out)
    assert (document["version"], document["worst"], said.code) == (1, "bad", 1)
    assert [check["check"] for check in document["checks"]] == [*CHECKS, "audit", *MORE_CHECKS]
    for check in document["checks"]:
        assert set(check) == {"check", "state", "outcome", "found", "advice", "facts"}
        assert OUTCOMES[check["outcome"]] == check["state"]
        assert bool(check["advice"]) == (check["state"] != "ok")
    found = {check["check"]: check for check in document["checks"]}
    assert found["store"]["facts"] == {"links": 1, "pending": 0}
    assert found["keys"]["outcome"] == "keys.file"
    assert found["recovery"]["outcome"] == "recovery.unconfirmed"


def test_a_wrong_config_is_named_and_the_rest_is_looked_at_all_the_same(kiosk: Any, home: Home) -> None:
    home.config.write_text("[session]\nwarning_seconds = 1\n", encoding="utf-8")
    found = {check["check"]: check for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert "2行目、「session.warning_seconds」" in found["config"]["found"]
    assert found["revocation"]["outcome"] == "revocation.undecided"
    assert found["trust"]["outcome"] == "trust.missing"
    assert (found["ils"]["outcome"], found["handover"]["outcome"]) == ("ils.unknown", "handover.unknown")


def test_lost_keys_are_said(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    for key in (tmp_path / "config").rglob("*.json"):
        key.unlink()
    found = {check["check"]: check["outcome"] for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert (found["keys"], found["store"]) == ("keys.wrong", "store.wrong")


def test_a_damaged_store_is_said_and_left_alone(kiosk: Any, linked: Home) -> None:
    content = bytearray(linked.store.read_bytes())
    content[100:2000] = bytes(1900)
    linked.store.write_bytes(content)
    found = {check["check"]: check["outcome"] for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert found["store"] == "store.wrong"
    assert linked.store.read_bytes() == content


# --- reader -----------------------------------------------------------------------------------------------------------


def outcomes(findings: list[Finding]) -> list[str]:
    return [finding.outcome for finding in findings]


@pytest.mark.parametrize(
    ("wanted", "expected"), [("", "reader.found"), ("RC-S300", "reader.found"), ("rc-s300/s", "reader.found"), ("ACR", "reader.other")]
)
def test_the_reader_in_the_config_is_looked_for(wanted: str, expected: str) -> None:
    world = VirtualReaders("Sony RC-S300/S 0")
    assert outcomes(check_readers(settings(reader=wanted), world.monitor)) == ["service.running", expected]


@pytest.mark.parametrize(
    ("mishap", "expected"),
    [
        (lambda world: world.unplug("Sony RC-S300/S 0"), ["service.running", "reader.missing"]),
        (lambda world: world.stop_service(), ["service.missing", "reader.unknown"]),
        (lambda world: world.deny(), ["service.denied", "reader.unknown"]),
    ],
)
def test_without_a_reader_the_reason_is_said(mishap: Callable[[VirtualReaders], None], expected: list[str]) -> None:
    world = VirtualReaders("Sony RC-S300/S 0")
    mishap(world)
    assert outcomes(check_readers(settings(), world.monitor)) == expected


# --- trust and revocation ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW, "trust.ready"), (datetime(2033, 6, 1, tzinfo=UTC), "trust.ending"), (datetime(2034, 1, 1, tzinfo=UTC), "trust.ended")],
)
def test_authorities_end(home: Home, authority: VirtualAuthority, now: datetime, expected: str) -> None:
    TrustStore(home.trust).add(authority.der)
    finding = check_trust(home, now)
    assert finding.outcome == expected
    assert finding.facts["ends"] == "2033-07-15"


def test_a_damaged_trust_file_is_named(home: Home, authority: VirtualAuthority) -> None:
    TrustStore(home.trust).add(authority.der)
    (home.trust / f"{'ab' * 32}.cer").write_bytes(b"")
    finding = check_trust(home, NOW)
    assert (finding.outcome, finding.facts["what"]) == ("trust.wrong", f"{'ab' * 32}.cer: ファイルが空です。")


def test_revocation_lists_are_missing_fresh_or_stale(home: Home, authority: VirtualAuthority) -> None:
    TrustStore(home.trust).add(authority.der)
    assert check_revocation(home, settings(), NOW).outcome == "revocation.missing"
    stranger = VirtualAuthority.create(key=ecdsa_key(), demo=False)
    (home.crl / "stranger.crl").write_bytes(stranger.revoke((1,), NOW, timedelta(days=2)))
    missing = check_revocation(home, settings(), NOW)
    assert missing.outcome == "revocation.missing"
    assert "stranger.crl: 登録した認証局が署名したものではない" in missing.found
    (home.crl / "stranger.crl").unlink()
    (home.crl / "auth.crl").write_bytes(authority.revoke((1, 2, 3), NOW, timedelta(days=2)))
    fresh = check_revocation(home, settings(), NOW)
    assert (fresh.outcome, fresh.facts["numbers"], fresh.facts["until"]) == ("revocation.fresh", 3, "2026-11-25 12:00")
    assert check_revocation(home, settings(), NOW + timedelta(days=3)).outcome == "revocation.too-old"
    unlimited = check_revocation(home, settings(most=MaxAge.UNLIMITED), NOW)
    assert (unlimited.outcome, unlimited.state) == ("revocation.unlimited", State.WARN)
    assert "第38条の4" in unlimited.advice
    assert check_revocation(home, settings(most=MaxAge.UNLIMITED), NOW + timedelta(days=3)).outcome == "revocation.stale"
    assert not home.held_lists.exists()


def test_every_file_that_is_not_used_is_named_with_its_reason(home: Home, authority: VirtualAuthority) -> None:
    TrustStore(home.trust).add(authority.der)
    good = authority.revoke((1,), NOW, timedelta(days=2))
    (home.crl / "auth.crl").write_bytes(good)
    (home.crl / "auth.crl").chmod(0o666)
    (home.crl / "\x1b[2J.crl").write_bytes(b"no list")
    found = check_revocation(home, settings(), NOW)
    assert found.outcome == "revocation.files"
    assert "auth.crl: ほかの利用者が" in found.found
    assert "\\u{001B}[2J.crl: 失効リストではない" in found.found
    assert "\x1b" not in found.found


def test_to_check_none_is_said_with_the_law() -> None:
    finding = check_revocation(Home(Path()), settings(RevocationSource.NONE), NOW)
    assert finding.state is State.WARN
    assert "第38条の4" in finding.advice


# --- disk -------------------------------------------------------------------------------------------------------------


class Machine:
    """The parts of /proc and /sys that tell of disks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mounts = folder / "mountinfo"
        self.mounts.write_text("")
        self.system = folder / "sys"
        (self.system / "dev" / "block").mkdir(parents=True)
        (self.system / "class" / "block").mkdir(parents=True)

    def device(self, name: str, number: str, uuid: str = "", parts: tuple[str, ...] = (), of: str = "") -> None:
        """A block device; `of` makes it a partition of another."""
        place = self.system / "devices" / of / name
        place.mkdir(parents=True)
        (self.system / "dev" / "block" / number).symlink_to(place)
        (self.system / "class" / "block" / name).symlink_to(place)
        if of:
            (place / "partition").write_text("1\n")
        if uuid:
            (place / "dm").mkdir()
            (place / "dm" / "uuid").write_text(f"{uuid}\n")
        (place / "slaves").mkdir()
        for part in parts:
            (place / "slaves" / part).symlink_to((self.system / "class" / "block" / part).resolve())

    def mount(self, number: str, place: Path, kind: str = "ext4", source: str = "/dev/x") -> None:
        escaped = str(place).replace(" ", "\\040")
        with self.mounts.open("a") as file:
            file.write(f"36 35 {number} / {escaped} rw,noatime shared:1 - {kind} {source} rw\n")

    def encrypted(self, folder: Path) -> bool | None:
        return device_mapper(folder, self.mounts, self.system)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "machine").mkdir()
    made = Machine(tmp_path / "machine")
    made.device("sda", "8:0")
    made.device("sda1", "8:1", of="sda")
    made.device("sda2", "8:2", of="sda")
    made.mount("8:1", Path("/"))
    return made


def test_a_plain_partition_is_not_encrypted(machine: Machine, tmp_path: Path) -> None:
    assert machine.encrypted(tmp_path) is False


def test_a_luks_volume_is(machine: Machine, tmp_path: Path) -> None:
    machine.device("dm-0", "253:0", "CRYPT-LUKS2-abc-home", ("sda2",))
    machine.mount("253:0", tmp_path)
    assert machine.encrypted(tmp_path / "data") is True


@pytest.mark.parametrize(("parts", "expected"), [(("dm-0",), True), (("dm-0", "sda1"), False), ((), False)])
def test_volumes_on_it_are_when_all_their_parts_are(machine: Machine, tmp_path: Path, parts: tuple[str, ...], expected: bool) -> None:
    machine.device("dm-0", "253:0", "CRYPT-LUKS2-abc-pv", ("sda2",))
    machine.device("dm-1", "253:1", "LVM-xyz", parts)
    machine.mount("253:1", tmp_path)
    assert machine.encrypted(tmp_path) is expected


def test_a_folder_with_a_space_and_a_numberless_file_system(machine: Machine, tmp_path: Path) -> None:
    place = tmp_path / "a b"
    place.mkdir()
    machine.device("dm-0", "253:0", "CRYPT-LUKS2-abc-x", ("sda2",))
    machine.mount("0:40", place, "btrfs", "/dev/dm-0")
    assert machine.encrypted(place) is True


@pytest.mark.parametrize(
    ("kind", "source", "expected"), [("ecryptfs", "/home/.e", True), ("tmpfs", "tmpfs", None), ("zfs", "pool/x", None)]
)
def test_what_linux_does_not_tell_is_not_guessed(machine: Machine, tmp_path: Path, kind: str, source: str, expected: bool | None) -> None:
    machine.mount("0:50", tmp_path, kind, source)
    assert machine.encrypted(tmp_path) is expected


def test_without_proc_nothing_is_known(tmp_path: Path) -> None:
    assert device_mapper(tmp_path, tmp_path / "none", tmp_path) is None


# --- clock, displays, fonts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=9))), "clock.wrong"),
        (datetime(2076, 1, 1, tzinfo=timezone(timedelta(hours=9))), "clock.wrong"),
        (datetime(2026, 11, 23, tzinfo=UTC), "clock.zone"),
    ],
)
def test_a_clock_that_cannot_be_right(now: datetime, expected: str) -> None:
    assert check_clock(now).outcome == expected


def test_a_clock_in_japan_is_asked_about_its_time_server() -> None:
    finding = check_clock(datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=9), "JST")))
    assert finding.outcome in {"clock.synchronised", "clock.unsynchronised", "clock.unknown"}


STAFF = Display("DP-1", 1920, 1080, 344, primary=True)
PATRON = Display("HDMI-1", 1280, 800, 0, primary=False)


@pytest.mark.parametrize(
    ("configured", "displays", "expected"),
    [
        (DisplaySettings(), (STAFF, PATRON), "displays.two"),
        (DisplaySettings(), (STAFF,), "displays.one"),
        (DisplaySettings(single=True), (STAFF,), "displays.single"),
        (DisplaySettings(patron_screen="HDMI-1"), (STAFF, PATRON), "displays.two"),
        (DisplaySettings(patron_screen="HDMI-2"), (STAFF, PATRON), "displays.other"),
        (DisplaySettings(), (), "displays.unknown"),
    ],
)
def test_displays_are_held_against_the_config(configured: DisplaySettings, displays: tuple[Display, ...], expected: str) -> None:
    assert check_displays(configured, Seen(displays, ())).outcome == expected


def test_a_display_is_described_in_millimetres() -> None:
    found = check_displays(DisplaySettings(patron_width_mm=217), Seen((STAFF, PATRON), ())).found
    assert "DP-1: 1920×1080, 344 mm; 100 mm = 558" in found
    assert "HDMI-1: 1280×800, 217 mm; 100 mm = 590" in found
    assert "HDMI-1: 1280×800, ? mm" in check_displays(DisplaySettings(), Seen((STAFF, PATRON), ())).found


@pytest.mark.parametrize(
    ("families", "expected"),
    [(("BIZ UDPGothic", "Noto Sans CJK JP"), "fonts.fine"), (("Noto Sans CJK JP",), "fonts.other"), ((), "fonts.missing")],
)
def test_fonts(families: tuple[str, ...], expected: str) -> None:
    assert check_fonts(Seen((STAFF,), families)).outcome == expected


def test_without_a_display_nothing_is_guessed() -> None:
    assert (check_displays(DisplaySettings(), None).outcome, check_fonts(None).outcome) == ("displays.unknown", "fonts.unknown")


def test_qt_is_asked_in_a_process_of_its_own(kiosk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    found = {check["check"]: check for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert found["displays"]["outcome"] == "displays.one"
    assert found["fonts"]["outcome"] in {"fonts.fine", "fonts.other"}
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    found = {check["check"]: check for check in json.loads(kiosk("doctor", "--json").out)["checks"]}
    assert found["displays"]["outcome"] == "displays.unknown"


def test_another_home_is_left_alone(kiosk: Any, tmp_path: Path) -> None:
    kiosk("doctor")
    assert not (tmp_path / "default").exists()
