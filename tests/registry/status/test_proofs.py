"""What proves who an administrator is: password, one-time code, and how long one waits after wrong tries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.registry.status.account import Account, Proofs, Seal, is_administrator_name
from kiosk.registry.status.one_time_codes import code_at, fresh_totp_secret, in_base32, provisioning_uri, step_of
from kiosk.registry.status.passwords import PasswordHash, is_long_enough
from kiosk.registry.status.tries import FREE, HOUR, LONGEST_PAUSE, MOST_AN_HOUR, Tries
from tests.support.backup.server_machine import BEGUN as NOW

RFC_SECRET = b"12345678901234567890"
SECRET = "correct horse battery"


@pytest.mark.parametrize(("time", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(time: int, code: str) -> None:
    """RFC 6238, appendix B: the last six of its eight digits."""
    assert code_at(RFC_SECRET, time) == code
    assert step_of(RFC_SECRET, code, time, 0) == time // 30


def test_a_code_is_good_a_step_before_and_after_its_own_and_once() -> None:
    secret, now = fresh_totp_secret(), 1_800_000_015
    taken = {late: step_of(secret, code_at(secret, now + late), now, 0) for late in (-60, -30, 0, 30, 60)}
    step = now // 30
    assert taken == {-60: None, -30: step - 1, 0: step, 30: step + 1, 60: None}
    assert step_of(secret, code_at(secret, now), now, step) is None
    assert step_of(secret, code_at(secret, now - 30), now, step) is None
    assert step_of(secret, code_at(secret, now + 30), now, step) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800", "-12345"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert step_of(RFC_SECRET, code, 59, 0) is None


def test_an_app_is_told_the_secret_in_its_own_form() -> None:
    assert in_base32(RFC_SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    uri = provisioning_uri(RFC_SECRET, "連携", "a b")
    assert uri.startswith("otpauth://totp/%E9%80%A3%E6%90%BA:a%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E9%80%A3%E6%90%BA&")


def test_a_password_is_the_same_in_full_and_half_width_and_no_other() -> None:
    hashed = PasswordHash.of(SECRET, 1 << 8)
    assert hashed.fits(SECRET)
    assert hashed.fits("ｃorrect horse battery")
    assert [other for other in ("", SECRET.upper(), SECRET + " ", "\ud800") if hashed.fits(other)] == []
    assert PasswordHash.of(SECRET).cost == 1 << 15
    assert [length for length in (11, 12, 200, 201) if is_long_enough("x" * length)] == [12, 200]


def test_what_is_sealed_is_opened_by_its_key_under_its_name_alone() -> None:
    proofs = Proofs(PasswordHash(b"s" * 16, b"h" * 32), b"t" * 20)
    sealed = Seal(b"k" * 32).sealed("tanaka", proofs)
    assert Seal(b"k" * 32).opened("tanaka", sealed) == proofs
    assert Seal(b"K" * 32).opened("tanaka", sealed) is None
    assert Seal(b"k" * 32).opened("suzuki", sealed) is None
    assert Seal(b"k" * 32).opened("tanaka", sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert [secret for secret in (b"h" * 32, b"t" * 20) if secret in sealed or secret.hex().encode() in sealed] == []
    assert "tttt" not in repr(proofs)


def test_an_account_is_read_as_it_was_written() -> None:
    tries = Tries().after_wrong("a", 5).after_wrong("b", 7)
    account = Account(NOW, b"sealed", NOW, 12, tries)
    assert Account.decoded(account.encoded()) == account
    for broken in ("", "{}", "[]", account.encoded().replace("c2VhbGVk", "?")):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever part fails
            Account.decoded(broken)


@pytest.mark.parametrize("name", ["", " a", "a b", "-a", "a" * 41, "田中", "a\n", "a\r\nSet-Cookie: x=1", "<b>", 'a"'])
def test_what_is_no_name_of_an_administrator(name: str) -> None:
    assert not is_administrator_name(name)


# --- tries --------------------------------------------------------------------------------------------------------------


def test_pauses_grow_and_end() -> None:
    tries, now, pauses = Tries(), 1_000_000, []
    for _ in range(FREE + 8):
        pauses.append(tries.pause("a", now, is_here=True))
        now += pauses[-1]
        tries = tries.after_wrong("a", now)
    assert pauses == [0] * FREE + [30, 60, 120, 240, 480, 900, 900, 900]
    assert tries.pause("a", now + LONGEST_PAUSE, is_here=True) == 0
    assert tries.after_right("a").pause("a", now, is_here=True) == 0


def test_many_addresses_have_no_more_tries_than_an_hour_holds_and_who_sits_at_the_server_has_his_own() -> None:
    tries, now = Tries(), 1_000_000
    for number in range(MOST_AN_HOUR):
        assert tries.pause(f"a{number}", now, is_here=False) == 0
        tries = tries.after_wrong(f"a{number}", now)
    assert tries.pause("new", now + 60, is_here=False) == HOUR - 60
    assert tries.pause("::1", now + 60, is_here=True) == 0
    assert tries.pause("new", now + HOUR, is_here=False) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-4000, 4000)), max_size=60))
def test_nobody_waits_longer_than_an_hour_whatever_clocks_do(happened: list[tuple[str, int]]) -> None:
    tries, now = Tries(), 1_000_000
    for address, later in happened:
        now = max(0, now + later)
        tries = tries.after_wrong(address, now)
        assert all(0 <= tries.pause(one, now, is_here=here) <= HOUR for one in "abcd" for here in (True, False))
    assert len(tries.addresses) <= 50
