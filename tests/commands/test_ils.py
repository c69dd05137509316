"""kiosk ils test against servers on the loopback: services offered, decoding of a name, and a message for every failure."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.config import Home
from kiosk.demo.ils import EVERGREEN, KOHA, PATRONS, PLAIN, Dialect, LibraryServer, Login, opening
from kiosk.demo.ils.server import now_in_japan
from kiosk.domain.errors import Code
from kiosk.library.ils.transport import Trouble
from kiosk.text import knows, say
from tests.support.ils.scripted_server import DATE, PATRON, STATUS, Line, Station, answering, hang_up, seal

PASSWORD = "s3cret-pwd"
Write = Callable[..., None]


@pytest.fixture
def configured(home: Home) -> Write:
    """Writes the config of a counter whose library's system is on this port."""

    def write(port: int, **given: object) -> None:
        settings = {"system": "koha", "host": "127.0.0.1", "port": port, "user": "kiosk", "password": PASSWORD, "answer_seconds": 1}
        lines = [f"{name} = {_toml(value)}" for name, value in {**settings, **given}.items()]
        home.config.write_text("\n".join(['[card]\nrevocation = "none"', "[ils]", *lines, ""]), encoding="utf-8")

    return write


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'


@pytest.fixture
def server() -> Iterator[Callable[..., LibraryServer]]:
    """Starts pretend libraries."""
    with ExitStack() as stack:

        def start(dialect: Dialect = KOHA, **given: Any) -> LibraryServer:
            made = LibraryServer(opening(now_in_japan().date()), dialect, login=Login("kiosk", PASSWORD), **given)
            made.start()
            stack.callback(made.stop)
            return made

        yield start


@pytest.fixture
def station() -> Iterator[Callable[..., Station]]:
    """Starts servers whose every byte is written in the test."""
    with ExitStack() as stack:

        def start(*talks: Any, **given: Any) -> Station:
            return stack.enter_context(Station(*talks, **given))

        yield start


# --- the server -------------------------------------------------------------------------------------------------------


def test_without_a_library_system_it_is_said_how_to_connect_one(kiosk: Any, home: Home) -> None:
    said = kiosk("ils", "test")
    assert said.code == 1
    assert 'system = "none"' in said.out


def test_what_the_server_is_and_offers_is_shown(kiosk: Any, configured: Write, server: Any) -> None:
    configured(server().port, institution="CHUO", location="COUNTER2")
    said = kiosk("ils", "test")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].endswith("(暗号化なし)、system koha、文字コード utf-8、検査の値 warn")
    assert lines[1].startswith("○ つながりました(")
    assert lines[2] == "○ ログインできました(kiosk)"
    assert lines[3:9] == [
        "・図書館(AO): CHUO",
        "・図書館の名前(AM): 知らされていません",
        "・場所(AN): 知らされていません",
        "・SIP2の版: 2.00",
        "・サーバーの待ち時間: 10秒、繰り返し: 5",
        "○ 利用者の照会 (Patron Information)",
    ]
    assert {"○ 資料の照会 (Item Information)", "○ 貸出 (Checkout)", "○ 貸出延長 (Renew)", "○ 予約 (Hold)"} <= {*lines[9:-2]}
    assert "Checkin ○" in lines[-2]
    assert "Block Patron ×" in lines[-2]
    assert "--patron" in lines[-1]
    assert PASSWORD not in said.out


def test_what_the_server_denies_or_says_otherwise_is_pointed_out(kiosk: Any, configured: Write, station: Any) -> None:
    status = "98NNNYNN999999" + "20261123    185033" + "2.00AOOTHER|AMCentral|ANDesk|BXYNYYYYYYYYYNYYNY|AFClosed for stocktaking|"
    configured(station(answering({"99": status})).port, institution="CHUO")
    said = kiosk("ils", "test")
    assert said.code == 0
    for line in (
        "△ 図書館(AO)が違います。設定の institution は「CHUO」、サーバーは「OTHER」です。",
        "△ サーバーは、いま使えないと知らせています。",
        "△ サーバーは、貸出を受け付けないと知らせています。",
        "× 貸出 (Checkout): サーバーが、使えないと知らせています",
        "× 貸出延長 (Renew): サーバーが、使えないと知らせています",
        "○ 予約 (Hold)",
        "・図書館システムの言葉: Closed for stocktaking",
        "待ち時間: 知らされていません、繰り返し: 知らされていません",
    ):
        assert line in said.out


def test_a_server_that_does_not_tell_of_itself_is_connected_all_the_same(kiosk: Any, configured: Write, station: Any) -> None:
    configured(station(answering({"99": "96", "63": PATRON})).port)
    said = kiosk("ils", "test", "--patron", "0123456789")
    assert "○ つながりました" in said.out
    assert "SIP2の99に答えません" in said.out


def test_a_server_without_bx_leaves_open_what_it_offers(kiosk: Any, configured: Write, station: Any) -> None:
    configured(station(answering({"99": STATUS.partition("BX")[0]})).port, login="none")
    said = kiosk("ils", "test")
    assert "・貸出 (Checkout): 使えるかどうかは、知らされていません" in said.out
    assert "・ログインはしない設定です" in said.out


# --- a patron ---------------------------------------------------------------------------------------------------------


def test_a_patron_is_shown_with_name_and_standing(kiosk: Any, configured: Write, server: Any) -> None:
    configured(server(EVERGREEN).port, system="evergreen")
    said = kiosk("ils", "test", "--patron", f"a{PATRONS['busy']}b")
    assert (said.code, said.err) == (0, "")
    assert "・氏名: 𠮷野 花子(" in said.out
    assert "・この氏名が正しければ、文字コード utf-8 は合っています。" in said.out
    assert " まで使えます。" in said.out
    assert "・貸出中 5、延滞 1、受取可能な予約 " in said.out
    assert " PA " in said.out


STANDING = "64              000{date}00000000{charged}000000000000AOKENRITSU|AA2104067851|AE花子 山田|BLY|{fields}"
UNSEEN = "すでに借りている資料を読み取っても、窓口では見分けられません。"


@pytest.mark.parametrize(
    ("charged", "fields", "line"),
    [
        ("0002", "AU11001|AU11002|", "・貸出中の資料の番号: 2件すべて"),
        ("0000", "", "・貸出中の資料の番号: 0件すべて"),
        ("0120", "AU11001|AU11002|", "・貸出中の資料の番号: 120件のうち2件だけです。"),
        ("    ", "AU11001|AU11002|", "・貸出中の資料の番号: 2件です。これで全部かどうかは、知らされていません。"),
        ("0002", "AU雪国|AUこころ|", f"・貸出中の資料の番号: 知らされていません。書名で2件が届きます。{UNSEEN}"),
        ("0002", "", f"・貸出中の資料の番号: 知らされていません。{UNSEEN}"),
        ("0000", "BV1500|BHJPY|", "・支払われていない料金: 1500 JPY"),
    ],
)
def test_how_much_of_the_loans_is_told_is_shown(kiosk: Any, configured: Write, station: Any, charged: str, fields: str, line: str) -> None:
    reply = STANDING.format(date=DATE, charged=charged, fields=fields)
    configured(station(answering({"63": reply})).port)
    said = kiosk("ils", "test", "--patron", "2104067851")
    assert (said.code, said.err) == (0, "")
    assert line in said.out


@pytest.mark.parametrize("silent_at", ["93", "99", "63", "63 again", "a drop a second"])
def test_it_ends_wherever_the_server_falls_silent(kiosk: Any, configured: Write, station: Any, silent_at: str) -> None:
    """The times of the config are those of one answer; all of it takes no longer than a few of them."""
    asked: list[str] = []

    def say(request: bytes, line: Line) -> object:
        kind = request[:2].decode()
        asked.append(kind)
        if silent_at == "a drop a second":
            for _ in range(200):
                line.say(b"9")
                if line.wait_readable(0.2):
                    return hang_up(request, line)
        elif kind != silent_at[:2] or ("again" in silent_at and asked.count(kind) == 1):
            line.say(seal({"93": "941", "99": STATUS, "63": STANDING.format(date=DATE, charged="0000", fields="")}[kind], request))
        return None

    configured(station(answering({"93": say, "99": say, "63": say})).port)
    began = time.monotonic()
    said = kiosk("ils", "test", "--patron", "2104067851")
    assert time.monotonic() - began < 15
    assert said.code == 1
    assert "待っても応答がありません。" in said.out


def test_without_an_expiry_field_that_is_said(kiosk: Any, configured: Write, server: Any) -> None:
    configured(server().port)
    said = kiosk("ils", "test", "--patron", PATRONS["own"])
    assert "・氏名: 芸子 竹内(" in said.out
    assert "有効期限は、知らされていません(期限の入った欄があれば" in said.out


@pytest.mark.parametrize(
    ("who", "dialect", "lines", "code"),
    [
        ("expired", PLAIN, ["利用カードの有効期限が切れています。"], 0),
        ("lost", EVERGREEN, ["利用停止です。理由: 利用カードの紛失届(", "・氏名: 落合 なな("], 0),
        ("unknown", KOHA, ["この番号の利用カードが図書館システムに見つかりません。"], 1),
        ("replaced", KOHA, ["× 図書館システムが別の番号の利用カードを返しました。"], 1),
    ],
)
def test_a_card_that_cannot_be_used_is_told_with_the_reason(
    kiosk: Any, configured: Write, server: Any, who: str, dialect: Dialect, lines: list[str], code: int
) -> None:
    configured(server(dialect).port, system="evergreen" if dialect is EVERGREEN else "koha")
    said = kiosk("ils", "test", "--patron", PATRONS[who])
    for line in lines:
        assert line in said.out
    assert said.code == code


def test_the_number_goes_through_the_librarys_own_rule(kiosk: Any, configured: Write, server: Any, home: Home) -> None:
    running = server()
    configured(running.port)
    with home.config.open("a", encoding="utf-8") as file:
        file.write("[library_card]\nlength = 10\n")
    said = kiosk("ils", "test", "--patron", "21040678")
    assert said.code == 1
    assert "番号は10桁です。いま8桁です。" in said.err
    assert running.snapshot().requests == 0
    assert kiosk("ils", "test", "--patron", f" A{PATRONS['own']}A ").code == 0


def test_marks_that_only_the_server_can_mend_are_told_with_the_encoding(kiosk: Any, configured: Write, server: Any) -> None:
    """Evergreen takes kana apart before it encodes, so that their marks are lost in CP932."""
    configured(server(EVERGREEN, encoding="cp932").port, system="evergreen")
    said = kiosk("ils", "test", "--patron", PATRONS["stopped"])
    assert "  cp932 で読むと: 遅野 かえて?\n" in said.out
    assert "サーバーの文字コードを、できればUTF-8に" in said.out


# --- encodings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("real", "configured_as", "marks", "code"),
    [
        ("euc_jp", "utf-8", "× 読めない文字(�)があります。文字コードが utf-8 ではないようです。", 1),
        ("cp932", "utf-8", "× 読めない文字(�)があります。文字コードが utf-8 ではないようです。", 1),
        ("cp932", "euc_jp", "× 読めない文字(�)があります。文字コードが euc_jp ではないようです。", 1),
        ("utf-8", "ascii", "× 読めない文字(�)があります。文字コードが ascii ではないようです。", 1),
        ("utf-8", "latin-1", "△ 日本語の氏名にはふつう使わない文字があります。文字コードが latin-1 ではないかもしれません。", 0),
        ("cp932", "latin-1", "△ 日本語の氏名にはふつう使わない文字があります。", 0),
        ("euc_jp", "cp932", "△ 日本語の氏名にはふつう使わない文字があります。文字コードが cp932 ではないかもしれません。", 0),
    ],
)
def test_a_wrong_encoding_is_seen_and_the_right_one_offered(
    kiosk: Any, configured: Write, station: Any, real: str, configured_as: str, marks: str, code: int
) -> None:
    patron = PATRON.replace("花子 山田", "山田 太郎").replace("D0123456789", "0123456789")
    configured(station(answering({"63": patron}, encoding=real)).port, encoding=configured_as, checksum="off")
    said = kiosk("ils", "test", "--patron", "0123456789")
    assert marks in said.out
    assert f"  {real} で読むと: 山田 太郎\n" in said.out
    assert said.out.count("で読むと: 山田 太郎") == 1
    assert "正しい氏名があれば、設定の [ils] encoding に" in said.out
    assert said.code == code


def test_a_name_that_reads_in_no_encoding_is_the_servers_to_mend(kiosk: Any, configured: Write, station: Any) -> None:
    def garbled(request: bytes, line: Line) -> None:
        line.say(PATRON.replace("D0123456789", "0123456789").encode().replace("花子 山田".encode(), b"\xff\xfe\xa0\xfd") + b"\r")

    configured(station(answering({"63": garbled})).port, checksum="off")
    said = kiosk("ils", "test", "--patron", "0123456789")
    assert said.code == 1
    assert "ほかの文字コードでも読めません。" in said.out


def test_nothing_a_server_sends_reaches_the_terminal_as_a_command(kiosk: Any, configured: Write, station: Any) -> None:
    patron = PATRON.replace("花子 山田", "花子\x1b[2J\x07 山田").replace("D0123456789", "0123456789") + "AFone\x1b]0;x\x07|AFtwo|"
    configured(station(answering({"99": STATUS + "AM\x1b[31m|", "63": patron})).port)
    said = kiosk("ils", "test", "--patron", "0123456789")
    assert "花子�[2J� 山田" in said.out
    assert "one�]0;x� / two" in said.out
    assert all(line.isprintable() for line in said.out.splitlines())


def test_question_marks_are_the_servers_doing(kiosk: Any, configured: Write, station: Any) -> None:
    patron = PATRON.replace("花子 山田", "?? ??").replace("D0123456789", "0123456789")
    configured(station(answering({"63": patron})).port)
    said = kiosk("ils", "test", "--patron", "0123456789")
    assert "△ 「?」は、サーバーが送れなかった文字かもしれません。" in said.out
    assert said.code == 0


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble is not Trouble.REQUEST])
def test_every_trouble_with_the_line_has_its_words(trouble: Trouble) -> None:
    """Not REQUEST: the config takes nothing that could not be sent."""
    codes = (Code.ILS_UNREACHABLE, Code.ILS_LOGIN_REFUSED, Code.ILS_NOT_TRUSTED)
    assert [knows(f"command.why.{code}.{trouble.reason}") for code in codes].count(True) == 1


def test_nobody_at_the_port(kiosk: Any, configured: Write) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    configured(port)
    said = kiosk("ils", "test")
    assert said.code == 1
    assert "× 図書館システムから正しい応答がありません\n  その host と port では、何も動いていません。" in said.out


def test_a_name_that_nobody_has(kiosk: Any, configured: Write) -> None:
    configured(6001, host="no-such-library.invalid")
    assert "その名前のサーバーが見つかりません。" in kiosk("ils", "test").out


def test_a_server_that_says_nothing(kiosk: Any, configured: Write, station: Any) -> None:
    configured(station(Line.wait_for_end).port)
    assert "待っても応答がありません。" in kiosk("ils", "test").out


def test_a_server_that_hangs_up(kiosk: Any, configured: Write, station: Any) -> None:
    configured(station(answering({"93": hang_up})).port)
    assert "サーバーが接続を切りました。" in kiosk("ils", "test").out


def test_another_service_at_the_port(kiosk: Any, configured: Write, station: Any) -> None:
    configured(station(answering({"93": b"HTTP/1.1 400 Bad Request\r\n\r\n"})).port)
    said = kiosk("ils", "test")
    assert "× 図書館システムから正しい応答がありません\n  SIP2ではない応答が来ました。" in said.out


def test_a_login_that_is_refused_is_tried_once(kiosk: Any, configured: Write, server: Any) -> None:
    running = server()
    configured(running.port, password="wrong-one")
    said = kiosk("ils", "test", "--patron", PATRONS["own"])
    assert said.code == 1
    assert "× 図書館システムにログインできません\n  設定の user と password を" in said.out
    assert "wrong-one" not in said.out
    assert running.snapshot().requests == 1


def test_tls_where_the_server_speaks_plain(kiosk: Any, configured: Write, station: Any) -> None:
    configured(station(Line.wait_for_end).port, tls=True)
    said = kiosk("ils", "test")
    assert said.out.splitlines()[0].split("、")[0].endswith("(暗号化 TLS)")
    assert "× 図書館システムを確認できません\n  サーバーが暗号化(TLS)に応じません。" in said.out


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context and the file that makes it trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "authority.pem").write_bytes(pem)
    (folder / "server.pem").write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "authority.pem"


def test_a_private_authority_lies_beside_the_config(kiosk: Any, configured: Write, station: Any, home: Home) -> None:
    tls, authority = certificate(home.folder, "ils.example")
    configured(station(answering(), tls=tls).port, tls=True, ca_file=authority.name, server_name="ils.example")
    said = kiosk("ils", "test")
    assert (said.code, said.err) == (0, "")
    assert "○ つながりました" in said.out


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"ca_file": "authority.pem"}, "サーバーの証明書を確認できません。"),
        ({"server_name": "ils.example"}, "サーバーの証明書を確認できません。"),
        ({"ca_file": "nowhere.pem", "server_name": "ils.example"}, "ca_file のファイルを読めません。"),
        ({"ca_file": "config.toml", "server_name": "ils.example"}, "ca_file のファイルを読めません。"),
    ],
)
def test_a_server_that_is_not_trusted_hears_nothing(
    kiosk: Any, configured: Write, station: Any, home: Home, given: dict[str, str], why: str
) -> None:
    tls, _ = certificate(home.folder, "ils.example")
    listening = station(answering(), tls=tls)
    configured(listening.port, tls=True, **given)
    said = kiosk("ils", "test")
    assert said.code == 1
    assert f"× 図書館システムを確認できません\n  {why}" in said.out
    assert (say("command.place", place=str(home.folder / given.get("ca_file", ""))) in said.out) is ("読めません" in why)
    assert listening.received == []


def test_a_line_that_breaks_at_the_patron_is_told_as_that(kiosk: Any, configured: Write, station: Any) -> None:
    configured(station(answering({"63": hang_up})).port)
    said = kiosk("ils", "test", "--patron", "0123456789")
    assert said.code == 1
    assert "○ ログインできました" in said.out
    assert "サーバーが接続を切りました。" in said.out


def test_nothing_of_patron_or_password_goes_to_the_log(kiosk: Any, configured: Write, server: Any, home: Home) -> None:
    configured(server().port)
    with home.config.open("a", encoding="utf-8") as file:
        file.write('[log]\nlevel = "debug"\n')
    kiosk("ils", "test", "--patron", PATRONS["own"])
    written = "".join(path.read_text("utf-8") for path in home.logs.iterdir())
    assert "connected" in written
    for secret in (PATRONS["own"], "竹内", "芸子", PASSWORD):
        assert secret not in written
