"""kiosk trust: an authority is shown, compared and confirmed before any of its cards is accepted."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.config import Home
from kiosk.ledger.running_lock import RunningLock
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, authority_name, ecdsa_key
from kiosk.text import say
from tests.support.cards.revocation_lists import Issuer, scope


@pytest.fixture
def file(tmp_path: Path, authority: VirtualAuthority) -> Path:
    path = tmp_path / "authca.cer"
    path.write_bytes(authority.der)
    return path


def spelt(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, 64, 2))


def kept(home: Home) -> list[Path]:
    return list(home.trust.iterdir())


def test_it_is_shown_before_anybody_is_asked(kiosk: Any, file: Path, authority: VirtualAuthority, home: Home) -> None:
    said = kiosk("trust", "add", str(file), typed="いいえ\n", at_keyboard=True)
    assert said.code == 1
    assert "JPKI for user authentication" in said.out
    assert "2023-07-16 〜 2033-07-15" in said.out
    assert spelt(authority.der) in said.out
    assert "https://www.jpki.go.jp/ca/" in said.out
    assert "登録しませんでした" in said.err
    assert kept(home) == []


@pytest.mark.parametrize("answer", ["はい\n", "yes\n"])
def test_somebody_who_has_compared_it_says_yes(kiosk: Any, file: Path, home: Home, answer: str) -> None:
    said = kiosk("trust", "add", str(file), typed=answer, at_keyboard=True)
    assert said.code == 0
    assert "登録した認証局は1つ" in said.out
    assert len(kept(home)) == 1


def test_what_is_known_already_is_said_and_nobody_is_asked(kiosk: Any, file: Path, authority: VirtualAuthority, linked: Home) -> None:
    kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    for more in ([], ["--fingerprint", spelt(authority.der)]):
        said = kiosk("trust", "add", str(file), *more)
        assert (said.code, said.err) == (0, "")
        assert "もう登録してあります" in said.out
        assert "登録しました" not in said.out
    assert kiosk("audit", "list").out.count("認証局の追加") == 1


def test_a_script_cannot_say_yes(kiosk: Any, file: Path, home: Home) -> None:
    said = kiosk("trust", "add", str(file), typed="はい\n")
    assert said.code == 1
    assert "--fingerprint" in said.err
    assert kept(home) == []


@pytest.mark.parametrize("spelling", [str.upper, str.lower, lambda text: text.replace(":", " "), lambda text: text.replace(":", "")])
def test_a_fingerprint_answers_for_a_script(kiosk: Any, file: Path, authority: VirtualAuthority, home: Home, spelling: Any) -> None:
    said = kiosk("trust", "add", str(file), "--fingerprint", spelling(spelt(authority.der)))
    assert (said.code, said.err) == (0, "")
    assert len(kept(home)) == 1


def test_another_fingerprint_is_refused(kiosk: Any, file: Path, home: Home) -> None:
    said = kiosk("trust", "add", str(file), "--fingerprint", "00" * 32)
    assert said.code == 1
    assert "一致しません" in said.err
    assert kept(home) == []


def test_pem_is_taken_too(kiosk: Any, tmp_path: Path, authority: VirtualAuthority) -> None:
    path = tmp_path / "authca.pem"
    path.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    assert kiosk("trust", "add", str(path), "--fingerprint", spelt(authority.der)).code == 0


def no_authority(authority: VirtualAuthority) -> bytes:
    begins = authority.certificate.not_valid_before_utc
    leaf = Leaf(4711, "9A7794E9AGCIEG13221003A", begins, authority.certificate.not_valid_after_utc)
    return authority.issue(ecdsa_key(), leaf)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルが空です"),
        (b"\n\n", "ファイルが空です"),
        (b"not a certificate", "証明書ではないか"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "証明書ではないか"),
        (b"\x30\x82\x04\x00", "証明書ではないか"),
        ("leaf", "認証局ではない"),
        ("cut", "証明書ではないか"),
        ("two", "1枚ではありません"),
        ("altered", "署名が合いません"),
    ],
)
def test_a_file_that_is_no_authority_is_refused_with_the_reason(
    kiosk: Any, tmp_path: Path, home: Home, authority: VirtualAuthority, content: bytes | str, sentence: str
) -> None:
    made = {
        "leaf": lambda: no_authority(authority),
        "cut": lambda: authority.der[:-20],
        "two": lambda: authority.certificate.public_bytes(Encoding.PEM) * 2,
        "altered": lambda: authority.der[:-1] + bytes([authority.der[-1] ^ 1]),
    }
    path = tmp_path / "file.cer"
    path.write_bytes(made[content]() if isinstance(content, str) else content)
    said = kiosk("trust", "add", str(path), typed="はい\n", at_keyboard=True)
    assert said.code == 1
    assert sentence in said.err
    assert "authca01.cer" in said.err
    assert kept(home) == []


def test_a_file_that_is_not_there_is_said(kiosk: Any, tmp_path: Path) -> None:
    assert say("command.why.file.missing") in kiosk("trust", "add", str(tmp_path / "none.cer")).err
    assert say("command.why.file.folder") in kiosk("trust", "add", str(tmp_path)).err


@pytest.mark.parametrize(
    ("pretended", "sentence"),
    [
        ({"demo": True}, "見本用"),
        ({"demo": False, "name": authority_name("JPKI-TEST")}, "JPKI-TEST"),
        ({"demo": False, "name": authority_name(unit="JPKI for digital signature")}, "署名用電子証明書"),
    ],
)
def test_a_pretended_authority_is_refused_even_with_its_fingerprint(
    kiosk: Any, tmp_path: Path, home: Home, pretended: dict[str, Any], sentence: str
) -> None:
    path = tmp_path / "pretended.cer"
    path.write_bytes(VirtualAuthority.create(key=ecdsa_key(), **pretended).der)
    said = kiosk("trust", "add", str(path), "--fingerprint", spelt(path.read_bytes()))
    assert said.code == 1
    assert sentence in said.err
    assert kept(home) == []


def test_what_is_trusted_is_listed_and_can_be_removed(kiosk: Any, file: Path, authority: VirtualAuthority, home: Home) -> None:
    assert "認証局はありません" in kiosk("trust", "list").out
    kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    assert spelt(authority.der) in kiosk("trust", "list").out
    assert kiosk("trust", "remove", "ab").code == 1
    assert kiosk("trust", "remove", spelt(authority.der)[:11]).code == 0
    assert kept(home) == []
    assert kiosk("trust", "remove", spelt(authority.der)[:11]).code == 1


def test_a_damaged_file_in_the_folder_is_named(kiosk: Any, home: Home) -> None:
    (home.trust / f"{'ab' * 32}.cer").write_bytes(b"damaged")
    said = kiosk("trust", "list")
    assert said.code == 1
    assert "この証明書は使えません。中身が証明書ではないか、壊れています。" in said.out


def test_a_forged_authority_is_refused_loudly_even_with_its_fingerprint(kiosk: Any, tmp_path: Path, home: Home) -> None:
    path = tmp_path / "authca03.cer"
    path.write_bytes(VirtualAuthority.create(key=ecdsa_key(), serial=0x06D18006, demo=False).der)
    said = kiosk("trust", "add", str(path), "--fingerprint", spelt(path.read_bytes()))
    assert said.code == 1
    assert "偽物のおそれがあります" in said.err
    assert kept(home) == []


def test_of_two_twins_the_second_is_refused_and_both_are_named_when_they_lie_there(
    kiosk: Any, tmp_path: Path, file: Path, authority: VirtualAuthority, home: Home
) -> None:
    kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    path = tmp_path / "twin.cer"
    path.write_bytes(VirtualAuthority.create(key=ecdsa_key(), demo=False).der)
    said = kiosk("trust", "add", str(path), "--fingerprint", spelt(path.read_bytes()))
    assert said.code == 1
    assert "どちらかが偽物のおそれがある" in said.err
    (home.trust / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.cer").write_bytes(path.read_bytes())
    listed = kiosk("trust", "list")
    assert listed.code == 1
    assert listed.out.count("どちらかが偽物のおそれがある") == 2
    assert "どちらかが偽物のおそれがある" in kiosk("doctor").out


def test_the_lists_in_use_are_shown_and_every_file_that_is_not(kiosk: Any, file: Path, authority: VirtualAuthority, home: Home) -> None:
    kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    home.config.write_text('[card]\nrevocation = "crl"\ncrl_max_age = "unlimited"\n', encoding="utf-8")
    issuer = Issuer(authority)
    (home.crl / "a.crl").write_bytes(issuer.list(1, 2, number=7))
    said = kiosk("trust", "list")
    assert (said.code, said.err) == (0, "")
    assert "失効リスト(CRL番号 7、番号2件)\n  発行: 2026-11-23 09:00、期限: 2026-11-24 09:00" in said.out
    delta, indirect = x509.DeltaCRLIndicator(1), scope(indirect_crl=True)
    (home.crl / "delta.crl").write_bytes(issuer.list(3, number=8, extensions=(x509.Extension(delta.oid, True, delta),)))
    (home.crl / "indirect.crl").write_bytes(issuer.list(3, number=8, extensions=indirect))
    said = kiosk("trust", "list")
    assert said.code == 1
    assert "delta.crl\n  変わった分だけの失効リスト(delta CRL)" in said.out
    assert "indirect.crl\n  ほかの認証局の分も載せた失効リスト(間接CRL)" in said.out
    assert "CRL番号 8" not in said.out


def use_lists(home: Home) -> None:
    home.config.write_text('[card]\nrevocation = "crl"\ncrl_max_age = "unlimited"\n', encoding="utf-8")


def test_a_list_that_is_wrongly_remembered_can_be_forgotten(kiosk: Any, file: Path, authority: VirtualAuthority, linked: Home) -> None:
    kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    use_lists(linked)
    issuer = Issuer(authority)
    (linked.crl / "a.crl").write_bytes(issuer.list(1, number=900))
    kiosk("trust", "list")
    (linked.crl / "a.crl").write_bytes(issuer.list(1, 2, number=8))
    for said in (kiosk("trust", "list"), kiosk("doctor")):
        assert said.code == 1
        assert "kiosk trust forget-lists" in said.out
    with RunningLock(linked.lock):
        refused = kiosk("trust", "forget-lists")
        assert (refused.code, refused.out) == (1, "")
        assert "CRL番号 900" in kiosk("trust", "list").out
    said = kiosk("trust", "forget-lists")
    assert (said.code, said.err) == (0, "")
    assert "覚えていた失効リスト1つを忘れました" in said.out
    assert "CRL番号 8、番号2件" in said.out
    assert "CRL番号 900" not in said.out + kiosk("trust", "list").out
    assert kiosk("audit", "list").out.count("覚えた失効リストの消去") == 1
    assert "覚えていた失効リスト1つを忘れました" in kiosk("trust", "forget-lists").out


def test_without_lists_there_is_nothing_to_forget(kiosk: Any, home: Home) -> None:
    use_lists(home)
    said = kiosk("trust", "forget-lists")
    assert (said.code, said.err) == (0, "")
    assert "覚えている失効リストはありません" in said.out


def test_what_is_damaged_is_forgotten_too(kiosk: Any, home: Home) -> None:
    use_lists(home)
    home.held_lists.mkdir(mode=0o700)
    (home.held_lists / "held.json").write_bytes(b"damaged")
    (home.held_lists / "a.numbers").write_bytes(b"damaged")
    assert kiosk("trust", "forget-lists").code == 0
    assert {path.name for path in home.held_lists.iterdir()} <= {"lock"}


def test_a_list_of_a_time_to_come_is_named_with_what_to_do(kiosk: Any, file: Path, authority: VirtualAuthority, home: Home) -> None:
    kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    use_lists(home)
    (home.crl / "2050.crl").write_bytes(Issuer(authority).list(1, number=9, begins=datetime.now(UTC) + timedelta(days=9000)))
    said = kiosk("trust", "list")
    assert said.code == 1
    assert "2050.crl\n  発行の日時が1日より先なので、使いません" in said.out


def test_a_name_cannot_act_on_the_terminal(kiosk: Any, tmp_path: Path) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "JPKI\x1b[2J\u202e\r\n  SHA-256: 00")])
    path = tmp_path / "odd.cer"
    path.write_bytes(VirtualAuthority.create(key=ecdsa_key(), name=name, demo=False).der)
    kiosk("trust", "add", str(path), "--fingerprint", spelt(path.read_bytes()))
    for said in (kiosk("trust", "add", str(path), typed="いいえ\n", at_keyboard=True), kiosk("trust", "list")):
        assert "CN=JPKI\\u{001B}[2J\\u{202E}\\u{000D}\\u{000A}  SHA-256: 00\n" in said.out
        assert not {"\x1b", "\u202e", "\r"} & set(said.out + said.err)


@pytest.mark.linux("file modes")
def test_a_trust_folder_that_others_may_write_is_said(kiosk: Any, file: Path, authority: VirtualAuthority, home: Home) -> None:
    kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    home.trust.chmod(0o777)
    listed = kiosk("trust", "list")
    assert listed.code == 1
    assert "ほかの利用者が、このファイルか trust フォルダーに書き込めます" in listed.out
    added = kiosk("trust", "add", str(file), "--fingerprint", spelt(authority.der))
    assert added.code == 1
    assert "書き込めます" in added.err


@pytest.mark.linux("named pipes")
@pytest.mark.trial
def test_a_file_that_never_comes_is_not_waited_for(kiosk: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ca.cer")
    said = kiosk("trust", "add", str(tmp_path / "ca.cer"))
    assert said.code == 1
    assert said.err
