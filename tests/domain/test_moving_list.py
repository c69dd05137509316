"""What a line of a list from another system says, and why one says nothing: nothing is guessed."""

from __future__ import annotations

import pytest

from kiosk.domain.moving_list import Cause, Column, Issuer, LineReader, ListForm, Row, SerialBase
from kiosk.domain.rules import BarcodeRule, CheckDigit

SECOND, THIRD = Issuer(b"2" * 32, 0x0133C349, 0x06D18006), Issuer(b"3" * 32, 0x06D18006)
ISSUERS = {"ab" + "0" * 62: SECOND, "cd" + "0" * 62: THIRD, "cd" + "1" * 62: THIRD, "authca03": THIRD, "authca03.cer": THIRD}
NUMBER = "2104067853"
ANY = BarcodeRule()


def form(
    base: SerialBase = SerialBase.HEX,
    columns: str = "serial,number",
    rule: BarcodeRule = ANY,
    issuer: Issuer | None = THIRD,
    *,
    takes_any: bool = False,
) -> ListForm:
    of_column = None if "authority" in columns else issuer
    return ListForm(tuple(map(Column, columns.split(","))), base, ISSUERS, of_column, rule, takes_any)


def serial(text: str, base: SerialBase = SerialBase.HEX) -> int | Cause:
    found = LineReader(form(base)).read(f"{text},{NUMBER}")
    return found.serial if isinstance(found, Row) else found


def number(text: str, rule: BarcodeRule = ANY) -> str | Cause:
    found = LineReader(form(rule=rule)).read(f"0705D990,{text}")
    return found.number if isinstance(found, Row) else found


@pytest.mark.parametrize(
    "text", ["0705D990", "705d990", "0x0705D990", "07:05:D9:90", "07 05 D9 90", " 0705d990 ", "００705D990", '"0705D990"', "0000000705D990"]
)
def test_one_serial_number_has_many_spellings(text: str) -> None:
    assert serial(text) == 0x0705D990 == serial("117823888", SerialBase.DECIMAL)


def test_the_same_digits_are_two_numbers() -> None:
    assert (serial("110000123"), serial("120000123", SerialBase.DECIMAL)) == (0x110000123, 120000123)


@pytest.mark.parametrize(
    ("text", "base", "cause"),
    [
        ("", SerialBase.HEX, Cause.SERIAL_EMPTY),
        (" 0x ", SerialBase.HEX, Cause.SERIAL_EMPTY),
        ("0705D990", SerialBase.DECIMAL, Cause.SERIAL_DIGITS),
        ("発行番号", SerialBase.HEX, Cause.SERIAL_DIGITS),
        ("117_823_888", SerialBase.DECIMAL, Cause.SERIAL_DIGITS),
        ("-117823888", SerialBase.DECIMAL, Cause.SERIAL_DIGITS),
        ("1.17824E+08", SerialBase.DECIMAL, Cause.SERIAL_ROUNDED),
        ("1.17824e+08", SerialBase.HEX, Cause.SERIAL_ROUNDED),
        ("117823888.0", SerialBase.DECIMAL, Cause.SERIAL_ROUNDED),
        ("0000", SerialBase.HEX, Cause.SERIAL_SIZE),
        ("F" * 41, SerialBase.HEX, Cause.SERIAL_SIZE),
        ("9" * 3000, SerialBase.DECIMAL, Cause.SERIAL_SIZE),
        ("06D18006", SerialBase.HEX, Cause.SERIAL_OLDER),
    ],
)
def test_what_is_no_serial_number(text: str, base: SerialBase, cause: Cause) -> None:
    assert serial(text, base) is cause


def test_a_number_of_another_generation_may_be_meant() -> None:
    for issuer, text, cause in ((THIRD, "0200", Cause.SERIAL_OLDER), (SECOND, "06D18006", Cause.SERIAL_NEWER)):
        assert LineReader(form(issuer=issuer)).read(f"{text},{NUMBER}") is cause
        found = LineReader(form(issuer=issuer, takes_any=True)).read(f"{text},{NUMBER}")
        assert isinstance(found, Row)
        assert found.serial == int(text, 16)
    assert isinstance(LineReader(form(issuer=SECOND)).read(f"06D18005,{NUMBER}"), Row)
    assert serial("F" * 40) == (1 << 160) - 1


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("authca03", THIRD),
        ("AuthCA03.CER", THIRD),
        ("AB:00:00:00", SECOND),
        ("ab" + "0" * 62, SECOND),
        ("cd000000", THIRD),
        ("ab0000", Cause.AUTHORITY_UNKNOWN),
        ("ffffffff", Cause.AUTHORITY_UNKNOWN),
        ("authca02", Cause.AUTHORITY_UNKNOWN),
        (" ", Cause.AUTHORITY_EMPTY),
    ],
)
def test_each_line_may_say_whose_its_number_is(name: str, of: Issuer | Cause) -> None:
    reader = LineReader(form(columns="authority,-,serial,number", takes_any=True))
    for _ in range(2):
        found = reader.read(f"{name},何か,0705D990,{NUMBER}")
        assert (found.issuer if isinstance(found, Row) else found) == of


@pytest.mark.parametrize("text", [NUMBER, "２１０４０６７８５３", "2104-067-853", "A2104067853A", " 2104067853 "])
def test_a_number_is_read_as_at_a_counter(text: str) -> None:
    assert number(text) == NUMBER


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", Cause.NUMBER_EMPTY),
        ("21040A7853", Cause.NUMBER_CHARACTERS),
        ("2.10407E+09", Cause.NUMBER_ROUNDED),
        ("104067853", Cause.NUMBER_LENGTH),
        ("123456789018", Cause.NUMBER_MY_NUMBER),
        ("3104067853", Cause.NUMBER_PREFIX),
        ("2104067854", Cause.NUMBER_CHECK_DIGIT),
    ],
)
def test_what_counters_would_not_take_is_not_taken(text: str, cause: Cause) -> None:
    assert number(text, BarcodeRule(10, "2", CheckDigit.LUHN)) is cause


def test_zeros_that_a_spreadsheet_dropped_show_where_the_length_is_known() -> None:
    assert number("0012345678", BarcodeRule(10)) == "0012345678"
    assert number("12345678", BarcodeRule(10)) is Cause.NUMBER_LENGTH
    assert number("12345678") == "12345678"


def test_a_check_digit_that_counters_drop_is_not_in_the_list() -> None:
    """What is imported is what counters make of the barcode."""
    rule = BarcodeRule(10, "", CheckDigit.SEVEN_DR, drop_check_digit=True)
    assert number("2104067855", rule) == "2104067855"
    assert number("21040678553", rule) is Cause.NUMBER_LENGTH


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (f"0705D990,{NUMBER},", Cause.COLUMNS),
        ("0705D990", Cause.COLUMNS),
        (f"0705D990\t{NUMBER}", Cause.COLUMNS),
        (f'"0705D990,{NUMBER}', Cause.QUOTES),
        (f'"0705D990"x,{NUMBER}', Cause.QUOTES),
    ],
)
def test_a_line_has_the_columns_that_were_named(line: str, cause: Cause) -> None:
    assert LineReader(form()).read(line) is cause


def test_a_comma_in_quotes_is_no_column() -> None:
    found = LineReader(form(columns="-,serial,number")).read(f'"山田, 花子 ""様""",0705D990,{NUMBER}')
    assert isinstance(found, Row)
    assert found.number == NUMBER


def test_a_row_does_not_show_what_is_in_it() -> None:
    found = LineReader(form()).read(f"0705D990,{NUMBER}")
    assert NUMBER not in repr(found)
    assert str(0x0705D990) not in repr(found)


@pytest.mark.parametrize("line", ["serial,number", '"証明書の番号","利用カードの番号"', "番号1,番号2,備考"])
def test_names_of_columns_are_a_header(line: str) -> None:
    assert LineReader(form()).is_header(line)


@pytest.mark.parametrize("line", [f"0133C349,{NUMBER}", f"?,{NUMBER}", "06D18007,", f'"06D18007,{NUMBER}', f"1,2,{NUMBER}"])
def test_data_with_a_fault_is_no_header(line: str) -> None:
    assert not LineReader(form()).is_header(line)
