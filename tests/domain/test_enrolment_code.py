"""The code typed at a counter: it names the server, proves that the counter may come, and says when it was mistyped."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.crockford import ALPHABET
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.errors import Code, Refused

CERTIFICATE = b"the certificate of the library's authority"


def mistyped(text: str) -> bool:
    with pytest.raises(Refused) as refused:
        EnrolmentCode.parse(text)
    return refused.value.code is Code.ENROLMENT_CODE_MISTYPED


def test_a_code_is_seven_groups_of_four() -> None:
    code = EnrolmentCode.fresh(CERTIFICATE).formatted()
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{6}}[{ALPHABET}]{{4}}", code)


def test_it_holds_80_bits_of_the_certificate_and_50_that_are_new_each_time() -> None:
    codes = [EnrolmentCode.fresh(CERTIFICATE) for _ in range(50)]
    assert {code.pin for code in codes} == {hashlib.sha256(CERTIFICATE).digest()[:10]}
    assert len({code.secret for code in codes}) == 50
    assert {len(code.secret) for code in codes} == {10}
    assert all(len({code.secret[place] for code in codes}) > 10 for place in range(10))


@given(st.binary(min_size=10, max_size=10), st.text(ALPHABET, min_size=10, max_size=10))
def test_what_is_printed_is_read_back(pin: bytes, secret: str) -> None:
    code = EnrolmentCode(pin, secret)
    assert EnrolmentCode.parse(code.formatted()) == code


def test_case_dashes_spaces_and_look_alikes_are_forgiven() -> None:
    code = EnrolmentCode(bytes(10), "0000011111")
    text = code.formatted()
    for typed in (text.lower(), text.replace("-", ""), text.replace("-", " "), text.replace("0", "o").replace("1", "l"), f" {text}\n"):
        assert EnrolmentCode.parse(typed) == code
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in text)
    assert EnrolmentCode.parse(wide) == code


@given(st.integers(0, 27), st.integers(1, 31))
def test_one_wrong_character_is_noticed(place: int, step: int) -> None:
    text = EnrolmentCode(hashlib.sha256(CERTIFICATE).digest()[:10], "7K3M9QX2AB").formatted().replace("-", "")
    wrong = ALPHABET[(ALPHABET.index(text[place]) + step) % 32]
    assert mistyped(text[:place] + wrong + text[place + 1 :])


@pytest.mark.parametrize("text", ["", "U", "A" * 27, "0" * 29, "?" * 28, "0000-0000"])
def test_what_is_no_code_is_mistyped(text: str) -> None:
    assert mistyped(text)


def test_a_code_names_one_authority() -> None:
    code = EnrolmentCode.fresh(CERTIFICATE)
    assert code.names(CERTIFICATE)
    assert not code.names(b"another")


def test_a_code_is_not_shown_by_accident() -> None:
    code = EnrolmentCode.fresh(CERTIFICATE)
    assert code.secret not in repr(code)
    assert repr(code) == "EnrolmentCode()"


def test_a_code_for_many_is_too_long_to_be_guessed_and_says_what_it_is() -> None:
    code = EnrolmentCode.fresh(CERTIFICATE, for_many=True)
    assert (code.is_for_many, EnrolmentCode.fresh(CERTIFICATE).is_for_many) == (True, False)
    assert 5 * len(code.secret) >= 128
    assert EnrolmentCode.parse(code.formatted().lower()) == code
    assert [len(group) for group in code.formatted().split("-")] == [4] * 11
    assert code.names(CERTIFICATE)
    with pytest.raises(Refused):
        EnrolmentCode.parse(code.formatted()[:-1] + ("0" if code.formatted()[-1] != "0" else "1"))
