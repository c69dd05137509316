"""kiosk enrol URL, beside a real server: what is said to whom, and what is left behind."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import Home, read_settings
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.errors import Code
from kiosk.equipment import erase_counter, key_place_of, open_repository, open_sync
from kiosk.ledger.running_lock import RunningLock
from kiosk.registry.api.backend import Library
from kiosk.registry.server import RegistryServer
from kiosk.registry.tls import OwnAuthority, authority_pem, server_context
from kiosk.store.authority_file import authority_path
from kiosk.store.enrolled_store import Membership
from kiosk.store.keys import KeyRecord
from tests.support.commands.call import Call
from tests.support.registry.sites import InProcess, in_process
from tests.support.store.enrolled import CARD_A, NUMBER_1, save
from tests.support.sync.relay import relay
from tests.support.sync.scripted_registry import ScriptedRegistry

NAME = "中央館1番"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "server") as here:
        yield here


def membership(home: Home) -> Membership | None:
    with open_repository(home, read_settings(home.config))[0] as store:
        return store.membership()


def record(home: Home) -> KeyRecord:
    kept = key_place_of(home, read_settings(home.config)).store.load()
    assert kept is not None
    return kept


def mistyped(code: EnrolmentCode) -> str:
    text = code.formatted()
    return ("2" if text[0] != "2" else "3") + text[1:]


def everything_written(home: Home, said: str) -> str:
    """What a command has said, and every file of the counter that is no store and no key."""
    logs = "".join(path.read_text(errors="replace") for path in home.logs.rglob("*") if path.is_file())
    return said + logs


@pytest.mark.parametrize("at_keyboard", [False, True])
def test_a_counter_is_enrolled_under_the_name_that_the_server_gave_it(kiosk: Call, home: Home, site: InProcess, at_keyboard: bool) -> None:
    code = site.code(NAME)
    said = kiosk("enrol", site.url, typed=f"{code.formatted().lower()}\n", at_keyboard=at_keyboard)
    assert said.code == 0, said.err
    assert NAME in said.out
    known = membership(home)
    assert known is not None
    assert (known.registry, known.counter) == (site.url, NAME)
    settings = read_settings(home.config)
    with open_repository(home, settings)[0] as store:
        assert open_sync(home, settings, store) is not None


def test_nothing_secret_is_said_or_logged(kiosk: Call, home: Home, site: InProcess) -> None:
    code, wrong = site.code(NAME), site.code("別の窓口")
    outputs = ""
    for typed in (mistyped(code), f"{code.formatted()[:-7]}0000-00", code.formatted(), wrong.formatted()):
        said = kiosk("enrol", site.url, typed=f"{typed}\n")
        outputs += said.out + said.err
    written = everything_written(home, outputs)
    kept = record(home)
    for secret in (code.secret, kept.secret, kept.secret.removeprefix("kioskc-"), kept.keys.site.hex(), *code.formatted().split("-")):
        assert secret.lower() not in written.lower()


def test_a_code_that_was_mistyped_leaves_this_computer_as_little_as_one_of_another_server(
    kiosk: Call, home: Home, site: InProcess, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with ScriptedRegistry(other) as elsewhere:
        said = kiosk("enrol", elsewhere.url, typed=f"{mistyped(site.code(NAME))}\n")
        assert (said.code, "打ち間違い" in said.err) == (1, True)
        said = kiosk("enrol", elsewhere.url, typed=f"{site.code(NAME).formatted()}\n")
        assert (said.code, "合いません" in said.err) == (1, True)
        assert set(elsewhere.paths()) == {"/v1/authority"}
    assert membership(home) is None


def test_a_relay_that_shows_the_true_authority_gets_nothing(kiosk: Call, home: Home, site: InProcess, tmp_path: Path) -> None:
    between = tmp_path / "between"
    between.mkdir()
    with relay(between, site.authority) as somebody:
        said = kiosk("enrol", somebody.url, typed=f"{site.code(NAME).formatted()}\n")
        assert (said.code, "認証局のものではない" in said.err) == (1, True)
        assert somebody.paths() == ["/v1/authority"]
    assert membership(home) is None


def test_a_server_that_has_another_name_gets_nothing(kiosk: Call, home: Home, tmp_path: Path) -> None:
    """The authority has signed its certificate, for another host."""
    with ScriptedRegistry(tmp_path, name="elsewhere.example") as server:
        code = EnrolmentCode.fresh(server.authority.der)
        said = kiosk("enrol", server.url, typed=f"{code.formatted()}\n")
        assert (said.code, "ほかの名前" in said.err) == (1, True)
        assert server.paths() == ["/v1/authority"]


def test_an_enrolment_whose_answer_was_lost_is_repeated_with_the_same_code(kiosk: Call, home: Home, site: InProcess) -> None:
    """The server has taken the code; the counter died before it had kept anything but its secret."""
    from kiosk.store.enrolment import keep_secret
    from kiosk.store.sync.enrolment import enrol
    from kiosk.store.sync.server_url import ServerUrl
    from kiosk.store.sync.tls import Authority, read_certificate

    code, secret, authority = site.code(NAME), "kioskc-" + "b" * 43, Authority(read_certificate(site.authority))
    with open_repository(home, read_settings(home.config))[0]:
        pass
    keep_secret(key_place_of(home, read_settings(home.config)), secret, authority.fingerprint)
    enrol(ServerUrl.parse(site.url), authority, code, secret)
    assert membership(home) is None
    said = kiosk("enrol", site.url, typed=f"{code.formatted()}\n")
    assert said.code == 0, said.err
    known = membership(home)
    assert known is not None
    assert (known.counter, record(home).secret) == (NAME, secret)


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
    paper.write_text(kiosk("recovery", "sheet").out, "utf-8")
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


def test_a_counter_with_links_is_not_enrolled(kiosk: Call, linked: Home, site: InProcess) -> None:
    said = kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    assert (said.code, "もう連携があります" in said.err or "連携がある窓口" in said.err) == (1, True)
    assert membership(linked) is None


def test_nothing_is_enrolled_beside_a_running_counter(kiosk: Call, home: Home, site: InProcess) -> None:
    with RunningLock(home.lock):
        said = kiosk("enrol", site.url, typed=f"{site.code(NAME).formatted()}\n")
    assert said.code == 1
    assert membership(home) is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "127.0.0.1", "https://", "https://a@b", "https://a/?x=1", "https://a:0", "https://a:99999", "x" * 3000]
)
def test_only_an_https_address_is_one(kiosk: Call, home: Home, url: str) -> None:
    said = kiosk("enrol", url)
    assert said.code == 1
    assert "「https」から" in said.err


@pytest.mark.parametrize("said", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_whoever_shows_no_certificate_is_no_server(kiosk: Call, home: Home, tmp_path: Path, said: bytes) -> None:
    with relay(tmp_path, said) as somebody:
        told = kiosk("enrol", somebody.url, typed="whatever\n")
    assert (told.code, "返事" in told.err) == (1, True)


def unreachable(kiosk: Call, host: str, port: int) -> str:
    said = kiosk("enrol", f"https://{host}:{port}")
    assert (said.code, "返事がありません" in said.err, host in said.err, str(port) in said.err) == (1, True, True, True)
    return str(said.err)


def test_nobody_there_is_told_as_that(kiosk: Call, home: Home) -> None:
    assert "何も動いていません" in unreachable(kiosk, "127.0.0.1", 1)


def test_without_a_port_it_is_told_which_one_was_tried(kiosk: Call, home: Home) -> None:
    assert "443" in kiosk("enrol", "https://127.0.0.1").err


def test_a_name_that_nobody_knows_is_told_as_that(kiosk: Call, home: Home) -> None:
    # RFC 6761: never resolved.
    assert "名前のサーバーが見つかりません" in unreachable(kiosk, "registry.invalid", 8443)


@pytest.mark.parametrize(("said", "reason"), [(b"220 ready\r\n", "暗号化(TLS)に応じません"), (b"", "切りました")])
def test_whoever_speaks_no_tls_is_told_as_that(kiosk: Call, home: Home, said: bytes, reason: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with listening.accept()[0] as connected:
                connected.recv(65536)
                connected.sendall(said)

        answering = Thread(target=answer)
        answering.start()
        assert reason in unreachable(kiosk, "127.0.0.1", listening.getsockname()[1])
        answering.join()


def test_the_code_can_be_no_argument(kiosk: Call, home: Home) -> None:
    helped = kiosk("enrol", "--help").out
    assert not re.search(r"--code|CODE", helped)
    assert kiosk("enrol", "https://127.0.0.1:1", "CODE").code == 2
