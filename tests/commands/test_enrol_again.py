"""kiosk enrol URL on a counter that was enrolled before: what is kept, and what is put in its place."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import Home, read_settings
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.errors import Code
from kiosk.domain.wire import MOST_SKIPPED
from kiosk.equipment import erase_counter, key_place_of, open_repository
from kiosk.ledger.recovery_sheet import sheet
from kiosk.ledger.running_lock import RunningLock
from kiosk.registry.answers import Batch
from kiosk.registry.api.backend import Library
from kiosk.registry.server import RegistryServer
from kiosk.registry.tls import OwnAuthority, authority_pem, server_context
from kiosk.store.authority_file import authority_path
from tests.support.commands.call import Call
from tests.support.commands.enrolment import membership, record
from tests.support.ledger.acts import CounterActs
from tests.support.registry.sites import InProcess, in_process
from tests.support.store.enrolled import CARD_A, NUMBER_1, save

NAME = "中央館1番"


def test_repeated_it_asks_for_no_code_and_changes_nothing(kiosk: Call, home: Home, site: InProcess) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    before = membership(home), record(home)
    said = kiosk("enrol", site.url)
    assert (said.code, "登録してあります" in said.out) == (0, True)
    assert (membership(home), record(home)) == before


def test_a_server_that_has_moved_is_found_again_without_a_code(kiosk: Call, home: Home, site: InProcess) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    library = Library(site.registry.ledger, site.registry.counters, site.registry.enrolment, site.authority, lambda: datetime.now(UTC))
    moved = RegistryServer(library, site.context, "127.0.0.1")
    moved.start()
    url = f"https://127.0.0.1:{moved.port}"
    try:
        with RunningLock(home.lock):
            # Its window runs, and finds it by itself.
            said = kiosk("enrol", url)
    finally:
        moved.stop()
    assert (said.code, "アドレスを変えました" in said.out) == (0, True)
    known = membership(home)
    assert known is not None
    assert known.registry == url


def test_a_copy_of_a_counter_is_shut_out_by_enrolling_the_other_one_again(kiosk: Call, home: Home, site: InProcess) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    copied = record(home).secret
    said = kiosk("enrol", site.url, "--again", typed=f"{code_again(site).formatted()}\n")
    assert (said.code, f"「{NAME}」として登録しました" in said.out) == (0, True), said.err
    assert site.caller.ask("GET", "/v1/snapshot", record(home).secret).status == 200
    assert site.caller.ask("GET", "/v1/snapshot", copied).error == (401, "secret-unknown")


def test_enrolled_again_it_goes_on_behind_what_somebody_else_has_handed_in_under_its_name(kiosk: Call, home: Home, site: InProcess) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    one = CounterActs(NAME, site.registry.ledger.head().position).link(1, 1)
    far = replace(one, origin=replace(one.origin, sequence=MOST_SKIPPED + MOST_SKIPPED // 2))
    site.registry.ledger.apply([Batch((far,))])
    assert kiosk("enrol", site.url, "--again", typed=f"{code_again(site).formatted()}\n").code == 0
    known = membership(home)
    assert known is not None
    assert known.sequence == far.origin.sequence


def test_a_counter_that_was_revoked_and_erased_can_come_back(kiosk: Call, home: Home, site: InProcess) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    erase_counter(home, read_settings(home.config))
    assert "消しました" in kiosk("links", "count").err
    again = site.code("中央館2番")
    said = kiosk("enrol", site.url, typed=f"{again.formatted()}\n")
    assert said.code == 0, said.err
    known = membership(home)
    assert known is not None
    assert known.counter == "中央館2番"


def restored(kiosk: Call, home: Home, folder: Path) -> None:
    """Its backup, on a machine that has nothing of it."""
    folder.mkdir()
    paper = folder / "paper"
    # The server's: a counter prints none.
    paper.write_text(sheet(record(home).keys.site, date(2026, 12, 1)), "utf-8")
    assert kiosk("recovery", "backup", str(folder)).code == 0
    shutil.rmtree(home.store.parent)
    place = key_place_of(home, read_settings(home.config))
    place.store.forget()
    place.anchor_path.unlink()
    said = kiosk("recovery", "restore", "--sheet", str(paper), "--backup", str(next(folder.glob("*.db"))))
    assert said.code == 0, said.err


def code_again(site: InProcess) -> EnrolmentCode:
    return site.registry.enrolment.open(NAME, site.registry.tls.authority.public_bytes(Encoding.DER), again=True)


def test_a_counter_that_was_restored_is_enrolled_again_before_anybody_confirms_its_data(
    kiosk: Call, home: Home, site: InProcess, tmp_path: Path
) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    with open_repository(home, read_settings(home.config))[0] as store:
        save(store, CARD_A, NUMBER_1)
    restored(kiosk, home, tmp_path / "stick")
    said = kiosk("enrol", site.url, typed=f"{code_again(site).formatted()}\n")
    assert (said.code, f"「{NAME}」として登録しました" in said.out) == (0, True), said.err
    # What is still to be done, as a window says it.
    assert "復元しました" in said.err
    with open_repository(home, read_settings(home.config))[0] as store:
        assert store.doubt is not None
        assert store.doubt.code is Code.STORE_RESTORED
        assert store.pending_count() == 1
    assert "登録してあります" in kiosk("enrol", site.url).out


def test_a_counter_whose_data_are_doubted_sends_no_code(kiosk: Call, home: Home, site: InProcess) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    place = key_place_of(home, read_settings(home.config))
    place.anchor_path.unlink()
    # Its own server knows it no more.
    code = code_again(site)
    place.store.save(replace(record(home), secret=""))
    said = kiosk("enrol", site.url, typed=f"{code.formatted()}\n")
    assert (said.code, "確認が必要" in said.err) == (1, True)
    assert [open_.name for open_ in site.registry.enrolment.open_codes()] == [NAME]


def credential(home: Home) -> tuple[object, ...]:
    """Its keys, what this counter shows its server, and the certificate of the authority that it trusts."""
    kept = record(home)
    return kept.keys, kept.secret, kept.authority, kept.joining, authority_path(home.store).read_bytes()


def test_the_code_of_another_library_is_not_sent_while_the_server_of_this_counter_knows_it(
    kiosk: Call, home: Home, site: InProcess, tmp_path: Path
) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    before = membership(home), credential(home)
    with in_process("", tmp_path / "other") as other:
        said = kiosk("enrol", other.url, typed=f"{other.code('別の窓口').formatted()}\n")
        assert [code.name for code in other.registry.enrolment.open_codes()] == ["別の窓口"]
    assert (said.code, "別のサーバーのもの" in said.err, site.url in said.err) == (1, True, True)
    assert (membership(home), credential(home)) == before
    assert "登録してあります" in kiosk("enrol", site.url).out


@pytest.mark.parametrize("name", ["別の窓口", NAME])
def test_an_enrolment_that_is_refused_leaves_what_this_counter_shows_its_server(kiosk: Call, home: Home, tmp_path: Path, name: str) -> None:
    """Its server is away, so that only the answer of the other one says that it is another library's."""
    with in_process("", tmp_path / "server") as site:
        kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    with open_repository(home, read_settings(home.config))[0] as store:
        save(store, CARD_A, NUMBER_1)
    before = membership(home), credential(home)
    with in_process("", tmp_path / "other") as other:
        said = kiosk("enrol", other.url, typed=f"{other.code(name).formatted()}\n")
    assert (said.code, "別の名前" in said.err or "別のサーバーのもの" in said.err) == (1, True), said.err
    assert (membership(home), credential(home)) == before


def test_a_server_with_a_new_authority_takes_its_counter_again(kiosk: Call, home: Home, site: InProcess, tmp_path: Path) -> None:
    kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    before = membership(home)
    site.server.stop()
    tls = OwnAuthority(tmp_path, ("127.0.0.1",))
    tls.found(site.registry.site_key.library, datetime.now(UTC))
    tls.renew(datetime.now(UTC))
    library = Library(site.registry.ledger, site.registry.counters, site.registry.enrolment, authority_pem(tls), lambda: datetime.now(UTC))
    server = RegistryServer(library, server_context(tls), "127.0.0.1")
    server.start()
    try:
        code = site.registry.enrolment.open(NAME, tls.authority.public_bytes(Encoding.DER), again=True)
        said = kiosk("enrol", f"https://127.0.0.1:{server.port}", typed=f"{code.formatted()}\n")
        again = kiosk("enrol", f"https://127.0.0.1:{server.port}")
    finally:
        server.stop()
    assert (said.code, NAME in said.out) == (0, True), said.err
    assert "登録してあります" in again.out
    after = membership(home)
    assert before is not None
    assert after is not None
    assert after.registry != before.registry
