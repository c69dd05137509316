"""Ages and library card numbers."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.rules import (
    BarcodeRule,
    CheckDigit,
    Scan,
    StartStop,
    born_on_or_after_to_be_under_15,
    expected_check_digit,
    fits_check_digit,
    read_item,
    read_library_card,
    take_apart,
    take_item_apart,
)

# --- ages


@pytest.mark.parametrize(
    ("born", "today", "under"),
    [
        (date(2011, 11, 24), date(2026, 11, 23), True),
        (date(2011, 11, 24), date(2026, 11, 24), False),
        (date(2012, 2, 29), date(2027, 2, 28), True),
        (date(2012, 2, 29), date(2027, 3, 1), False),
        (date(2011, 11, 25), date(2026, 11, 24), True),
        (date(2026, 11, 23), date(2026, 11, 23), True),
    ],
)
def test_who_is_under_15(born: date, today: date, under: bool) -> None:
    assert (born >= born_on_or_after_to_be_under_15(today)) is under


def age_by_counting(born: date, today: date) -> int:
    """How many birthdays have come, counted one by one; 29 February's comes on 1 March of a common year."""
    age = 0
    for year in range(born.year + 1, today.year + 1):
        leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
        birthday = (3, 1) if (born.month, born.day) == (2, 29) and not leap else (born.month, born.day)
        age += (year, *birthday) <= (today.year, today.month, today.day)
    return age


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(min_value=-3, max_value=3), st.integers(min_value=13, max_value=17))
def test_under_15_agrees_with_counting_birthdays(born: date, days: int, years: int) -> None:
    today = born + timedelta(days=round(365.2425 * years) + days)
    assert (born >= born_on_or_after_to_be_under_15(today)) is (age_by_counting(born, today) < 15)


def test_the_cut_off_of_every_day_for_60_years_parts_the_two() -> None:
    today = date(2000, 1, 1)
    while today.year < 2060:
        first = born_on_or_after_to_be_under_15(today)
        assert age_by_counting(first, today) == 14
        assert age_by_counting(first - timedelta(days=1), today) == 15
        today += timedelta(days=1)


# --- library card numbers


PUBLISHED = [
    # 7DR: 123456 divided by 7 leaves 4 (the usual example of Japanese printers). 9DR likewise, divided by 9.
    (CheckDigit.SEVEN_DR, "123456", "4"),
    (CheckDigit.NINE_DR, "123456", "3"),
    # Modulus 10, weights 3 and 1: GTIN-13 (GS1 General Specifications 7.9) and GTIN-8.
    (CheckDigit.MOD_10_WEIGHT_3_1, "400763000011", "6"),
    (CheckDigit.MOD_10_WEIGHT_3_1, "629104150021", "3"),
    (CheckDigit.MOD_10_WEIGHT_3_1, "490123456789", "4"),
    # Luhn, or modulus 10 with weights 2 and 1 added digit by digit (ISO/IEC 7812-1).
    (CheckDigit.LUHN, "7992739871", "3"),
    (CheckDigit.LUHN, "12345678", "2"),
    # Modulus 11 with weights 2 to 7: Norwegian account number 8601 11 17947.
    (CheckDigit.MOD_11_WEIGHT_2_7, "8601111794", "7"),
    (CheckDigit.NONE, "123456", ""),
]


@pytest.mark.parametrize(("kind", "digits", "check"), PUBLISHED)
def test_check_digits_are_those_of_published_examples(kind: CheckDigit, digits: str, check: str) -> None:
    assert expected_check_digit(kind, digits) == check
    assert read_library_card(digits + check, BarcodeRule(check_digit=kind)) == LibraryCardNumber(digits + check)


@pytest.mark.parametrize(("kind", "digits", "check"), [row for row in PUBLISHED if row[2]])
def test_every_other_check_digit_is_refused(kind: CheckDigit, digits: str, check: str) -> None:
    for wrong in set("0123456789") - {check}:
        assert refusal(digits + wrong, BarcodeRule(length=len(digits) + 1, check_digit=kind)) is Code.NUMBER_CHECK_DIGIT


def test_modulus_11_without_a_digit_of_its_own_ends_in_0() -> None:
    # 11 - (6·2 mod 11) is 10, 11 - (0 mod 11) is 11.
    assert expected_check_digit(CheckDigit.MOD_11_WEIGHT_2_7, "6") == "0"
    assert expected_check_digit(CheckDigit.MOD_11_WEIGHT_2_7, "0") == "0"


@pytest.mark.parametrize(
    "text",
    [
        "2104067853",
        "A2104067853A",
        "a2104067853b",
        "d2104067853c",
        "２１０４０６７８５３",
        "Ａ２１０４０６７８５３Ｂ",
        "2104-0678-53",
        "2104－0678－53",
        "2104‐0678−53",
        "2104ー0678ｰ53",
        " 2104 0678 53 ",
        "2104\u30000678\u300053",
        "2104067853\r\n",
        "\t2104067853\t",
    ],
)
def test_a_number_is_read_however_it_is_written(text: str) -> None:
    assert read_library_card(text, BarcodeRule(length=10)) == LibraryCardNumber("2104067853")


def refusal(text: str, rule: BarcodeRule | None = None) -> Code:
    with pytest.raises(Refused) as caught:
        read_library_card(text, BarcodeRule(length=10) if rule is None else rule)
    return caught.value.code


@pytest.mark.parametrize("text", ["", " ", "\r\n", "--", "AB", "\u3000"])
def test_nothing_is_said_to_be_nothing(text: str) -> None:
    assert refusal(text) is Code.NUMBER_EMPTY


@pytest.mark.parametrize("text", ["21040678X3", "二一〇四", "2104067853A", "A2104067853", "E2104067853E", "٣٤٥٦٣٤٥٦٣٤", "2104067!", "😀"])
def test_other_characters_are_refused(text: str) -> None:
    assert refusal(text) is Code.NUMBER_CHARACTERS


def test_a_wrong_length_says_how_many_there_should_be() -> None:
    with pytest.raises(Refused) as caught:
        read_library_card("21040678", BarcodeRule(length=10))
    assert (caught.value.code, caught.value.params) == (Code.NUMBER_LENGTH, {"expected": "10", "got": 8})


@pytest.mark.parametrize(("text", "accepted"), [("123", False), ("1234", True), ("1" * 16, True), ("1" * 17, False)])
def test_without_a_length_four_to_sixteen_digits_are_taken(text: str, accepted: bool) -> None:
    if accepted:
        assert read_library_card(text, BarcodeRule()).text == text
    else:
        assert refusal(text, BarcodeRule()) is Code.NUMBER_LENGTH


def test_a_wrong_beginning_is_refused() -> None:
    rule = BarcodeRule(length=10, prefix="21")
    assert refusal("9904067853", rule) is Code.NUMBER_PREFIX
    assert read_library_card("2104067853", rule).text == "2104067853"


@pytest.mark.parametrize("text", ["123456789018", "1234-5678-9018", "１２３４５６７８９０１８"])
def test_a_my_number_is_refused_and_kept_nowhere(text: str) -> None:
    # 1234 5678 9018 is the number of the specimen cards.
    for rule in (BarcodeRule(), BarcodeRule(length=10)):
        assert refusal(text, rule) is Code.NUMBER_IS_MY_NUMBER
        with pytest.raises(Refused) as caught:
            read_library_card(text, rule)
        assert "9018" not in repr((caught.value, caught.value.params))


def test_a_library_whose_numbers_have_twelve_digits_is_served() -> None:
    assert read_library_card("123456789018", BarcodeRule(length=12)).text == "123456789018"


def test_twelve_digits_that_are_no_my_number_are_only_of_the_wrong_length() -> None:
    assert refusal("123456789010") is Code.NUMBER_LENGTH


RULES = st.builds(BarcodeRule, length=st.integers(0, 20), prefix=st.sampled_from(["", "21"]), check_digit=st.sampled_from(CheckDigit))


@given(st.text() | st.text("0123456789０９abcdABCD-ー \t\r", max_size=20), RULES)
def test_whatever_is_scanned_or_typed_gives_a_number_or_a_refusal(text: str, rule: BarcodeRule) -> None:
    said = ""
    try:
        number = read_library_card(text, rule)
    except Refused as refused:
        said = refused.code.value
    else:
        assert number.text.isascii()
        assert number.text.isdigit()
        assert read_library_card(number.text, rule) == number
    assert said == "" or said.startswith("number-")


@pytest.mark.parametrize(
    ("digits", "masked", "grouped"),
    [("2104067853", "2104 ＊＊＊＊ 53", "2104 0678 53"), ("123456", "＊＊＊＊56", "1234 56"), ("12345678", "12 ＊＊＊＊ 78", "1234 5678")],
)
def test_numbers_are_masked_for_others_and_grouped_for_reading_aloud(digits: str, masked: str, grouped: str) -> None:
    assert (LibraryCardNumber(digits).masked, LibraryCardNumber(digits).grouped) == (masked, grouped)
    assert all(LibraryCardNumber(digits[:length]).masked.count("＊") == 4 for length in range(4, len(digits)))


def test_a_check_digit_catches_every_single_wrong_digit_where_its_method_promises_to() -> None:
    draw = random.Random(15)
    for kind in (CheckDigit.LUHN, CheckDigit.MOD_10_WEIGHT_3_1):
        for _ in range(200):
            body = "".join(draw.choices("0123456789", k=9))
            whole = body + expected_check_digit(kind, body)
            place = draw.randrange(10)
            wrong = draw.choice([digit for digit in "0123456789" if digit != whole[place]])
            assert refusal(whole[:place] + wrong + whole[place + 1 :], BarcodeRule(10, "", kind)) is Code.NUMBER_CHECK_DIGIT


LETTER = BarcodeRule(length=11, prefix="D")


@pytest.mark.parametrize(
    "text", ["D0123456789", "d0123456789", "aD0123456789a", "D0123456789D", "AD0123456789B", " Ｄ０１２３４５６７８９ ", "d012-345-6789"]
)
def test_a_number_may_begin_with_a_letter_that_is_no_start_character(text: str) -> None:
    assert read_library_card(text, LETTER).text == "D0123456789"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0123456789", Code.NUMBER_LENGTH),
        ("A0123456789A", Code.NUMBER_LENGTH),
        ("10123456789", Code.NUMBER_PREFIX),
        ("E0123456789", Code.NUMBER_CHARACTERS),
        ("DD123456789", Code.NUMBER_CHARACTERS),
    ],
)
def test_a_number_without_the_letter_is_refused(text: str, code: Code) -> None:
    assert refusal(text, LETTER) is code


@pytest.mark.parametrize("kind", [kind for kind in CheckDigit if kind is not CheckDigit.NONE])
def test_a_check_digit_can_be_verified_and_dropped(kind: CheckDigit) -> None:
    rule = BarcodeRule(length=10, check_digit=kind, drop_check_digit=True)
    good = expected_check_digit(kind, "2104067853")
    assert read_library_card("a2104067853" + good + "b", rule).text == "2104067853"
    assert refusal("2104067853" + str((int(good) + 1) % 10), rule) is Code.NUMBER_CHECK_DIGIT
    assert refusal("2104067853", rule) is Code.NUMBER_LENGTH


def test_the_letter_of_a_number_is_no_part_of_its_check_digit() -> None:
    rule = BarcodeRule(prefix="D", check_digit=CheckDigit.LUHN)
    number = "D210406785" + expected_check_digit(CheckDigit.LUHN, "210406785")
    assert read_library_card(number, rule).text == number


def test_start_and_stop_characters_may_belong_to_the_number() -> None:
    rule = BarcodeRule(start_stop=StartStop.KEEP)
    assert read_library_card("a0123456789b", rule).text == "A0123456789B"
    assert read_library_card("0123456789", rule).text == "0123456789"
    check = expected_check_digit(CheckDigit.LUHN, "0123456789")
    rule = BarcodeRule(start_stop=StartStop.KEEP, check_digit=CheckDigit.LUHN, drop_check_digit=True)
    assert read_library_card(f"a0123456789{check}b", rule).text == "A0123456789B"
    assert read_library_card(f"0123456789{check}", rule).text == "0123456789"


@pytest.mark.parametrize(
    ("text", "rule", "parts"),
    [
        ("a2104-067853b", BarcodeRule(), ("A2104067853B", "A", "B", "2104067853")),
        ("a2104067853b", BarcodeRule(start_stop=StartStop.KEEP), ("A2104067853B", "", "", "A2104067853B")),
        ("2104067853", BarcodeRule(), ("2104067853", "", "", "2104067853")),
        ("d0123456789d", LETTER, ("D0123456789D", "", "D", "D0123456789")),
        ("aＤ0123456789a", LETTER, ("AD0123456789A", "A", "A", "D0123456789")),
        ("", BarcodeRule(), ("", "", "", "")),
    ],
)
def test_a_scan_is_taken_apart_as_it_is_read(text: str, rule: BarcodeRule, parts: tuple[str, ...]) -> None:
    scan = take_apart(text, rule)
    assert (scan.plain, scan.start, scan.stop, scan.number) == parts


def test_the_barcode_of_an_item_is_taken_apart_only_where_digits_are_inside() -> None:
    assert take_item_apart(" a1100000000017b ", StartStop.STRIP) == Scan("A1100000000017B", "A", "B")
    assert take_item_apart("a1100000000017b", StartStop.KEEP) == Scan("a1100000000017b")
    assert take_item_apart("abcd", StartStop.STRIP) == Scan("abcd")


def test_the_methods_that_fit_a_number_are_told() -> None:
    assert fits_check_digit(CheckDigit.LUHN, "D79927398713")
    assert not fits_check_digit(CheckDigit.LUHN, "D79927398714")
    assert fits_check_digit(CheckDigit.NONE, "")


# --- items


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1103447109", "1103447109"),
        (" １１０３４４７１０９ ", "1103447109"),
        ("a1103447109b", "1103447109"),
        ("A1103447109", "A1103447109"),
        ("9784000000000", "9784000000000"),
        ("ab-12/3", "ab-12/3"),
        ("CD12A", "CD12A"),
        ("123", "123"),
    ],
)
def test_what_a_barcode_of_an_item_may_be(text: str, number: str) -> None:
    assert read_item(text, StartStop.STRIP) == number


def test_start_and_stop_characters_of_items_are_kept_where_they_belong_to_the_number() -> None:
    assert read_item("a1103447109b", StartStop.KEEP) == "a1103447109b"


@pytest.mark.parametrize("text", ["", "  ", "a|b12", "12 345", "１２３４", "1234", "あ12345", "1\t2345", "x" * 65])
def test_what_is_no_item(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_item(text, StartStop.STRIP)
    assert caught.value.code is Code.ITEM_NUMBER
