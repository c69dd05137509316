"""kiosk enrol URL, beside a real server: what is said to whom, and what is left behind."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from threading import Thread

import pytest

from kiosk.commands.output import words
from kiosk.config import Home, read_settings
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.equipment import key_place_of, open_repository, open_sync
from kiosk.ledger.running_lock import RunningLock
from tests.support.commands.call import Call
from tests.support.commands.enrolment import membership, record
from tests.support.registry.sites import InProcess
from tests.support.sync.relay import relay
from tests.support.sync.scripted_registry import ScriptedRegistry

NAME = "中央館1番"


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
    settings = read_settings(home.config)
    assert words("enrol.shown-name", name=NAME, shown=settings.counter.name) in said.out
    known = membership(home)
    assert known is not None
    assert (known.registry, known.counter) == (site.url, NAME)
    with open_repository(home, settings)[0] as store:
        assert open_sync(home, settings, store) is not None


def test_a_counter_that_is_called_as_on_the_server_is_told_of_one_name(kiosk: Call, home: Home, site: InProcess) -> None:
    said = kiosk("enrol", site.url, typed=f"{site.code(read_settings(home.config).counter.name).formatted()}\n")
    assert (said.code, "[counter] name" in said.out) == (0, False)


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
