"""The steps and the verdict of a trial scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Refused
from kiosk.domain.rules import BarcodeRule, CheckDigit, StartStop, read_item, read_library_card
from kiosk.domain.trial_scan import Saying, Setting, Trial, TrialStep, try_item, try_library_card

RULE = BarcodeRule(length=10, prefix="2104", check_digit=CheckDigit.SEVEN_DR)
STRIP = Setting("start_stop", "strip")
RULES = st.builds(
    BarcodeRule,
    length=st.sampled_from([0, 10, 12]),
    prefix=st.sampled_from(["", "2104", "D"]),
    check_digit=st.sampled_from(CheckDigit),
    start_stop=st.sampled_from(StartStop),
    drop_check_digit=st.booleans(),
)
SCANS = st.text() | st.text("ABCD0123456789-\t|", max_size=20)


def sayings(trial: Trial) -> list[Saying]:
    return [step.saying for step in trial.steps]


def refused(trial: Trial) -> Code | None:
    return trial.verdict.code if isinstance(trial.verdict, Refused) else None


def outcome(read: Callable[[], str]) -> str | Code:
    try:
        return read()
    except Refused as no:
        return no.code


def test_a_good_card_is_taken_apart() -> None:
    assert try_library_card("a2104067851b", RULE) == Trial(
        (
            TrialStep(Saying.RAW, {"raw": "a2104067851b", "count": 12}),
            TrialStep(Saying.PLAIN, {"plain": "A2104067851B"}),
            TrialStep(Saying.START_STOP, {"start": "A", "stop": "B"}, setting=STRIP),
            TrialStep(Saying.PREFIX, {"prefix": "2104"}, True, Setting("prefix", "2104")),
            TrialStep(Saying.LENGTH, {"got": 10, "expected": 10}, True, Setting("length", 10)),
            TrialStep(Saying.CHECK_DIGIT, {"digit": "1", "expected": "1"}, True, Setting("check_digit", "7dr")),
        ),
        "2104 0678 51",
    )


def test_a_wrong_card_shows_each_rule_that_it_breaks() -> None:
    trial = try_library_card("A22050678539B", RULE)
    assert [step.saying for step in trial.steps if step.good is False] == [
        Saying.OTHER_PREFIX,
        Saying.OTHER_LENGTH,
        Saying.OTHER_CHECK_DIGIT,
    ]
    assert refused(trial) is Code.NUMBER_LENGTH


def test_the_letter_that_belongs_to_a_number_stays() -> None:
    trial = try_library_card("D0123456789D", BarcodeRule(prefix="D"))
    assert TrialStep(Saying.STOP_ONLY, {"start": "D", "stop": "D"}, setting=STRIP) in trial.steps
    assert trial.verdict == "D012 3456 789"


def test_what_is_kept_and_what_is_dropped_is_said() -> None:
    assert Saying.KEPT in sayings(try_library_card("A12345B", BarcodeRule(start_stop=StartStop.KEEP)))
    dropping = try_library_card("2104067851", replace(RULE, length=9, drop_check_digit=True))
    assert dropping.steps[-1] == TrialStep(Saying.DROPPED, {"digit": "1"}, setting=Setting("drop_check_digit", True))


def test_what_cannot_be_seen_is_shown_in_signs_and_cut() -> None:
    assert try_library_card("\t2104", RULE).steps[0].params == {"raw": "␉2104", "count": 5}
    assert try_item("x" * 300, StartStop.STRIP).steps[0].params == {"raw": f"{'x' * 40}…", "count": 300}


def test_check_digits_that_would_fit_are_told_only_where_none_is_set() -> None:
    assert try_library_card("79927398713", BarcodeRule()).fitting == (CheckDigit.LUHN,)
    assert try_library_card("79927398713", RULE).fitting is None
    assert try_library_card("7", BarcodeRule()).fitting is None


def test_of_a_my_number_nothing_is_repeated() -> None:
    trial = try_library_card("1234-5678-9018", RULE)
    assert trial.is_my_number
    assert (trial.steps, trial.fitting) == ((), None)


def test_an_item_has_its_own_setting() -> None:
    stripped, kept = try_item("a1100000000017b", StartStop.STRIP), try_item("a1100000000017b", StartStop.KEEP)
    assert stripped.steps[-1].setting == Setting("items_start_stop", "strip")
    assert kept.steps[-1] == TrialStep(Saying.KEPT, setting=Setting("items_start_stop", "keep"))
    assert (stripped.verdict, kept.verdict) == ("1100000000017", "a1100000000017b")
    assert refused(try_item("11 00", StartStop.STRIP)) is Code.ITEM_NUMBER


@given(SCANS, RULES)
def test_a_trial_ends_as_the_card_would_at_the_counter(text: str, rule: BarcodeRule) -> None:
    trial = try_library_card(text, rule)
    assert (refused(trial) or trial.verdict) == outcome(lambda: read_library_card(text, rule).grouped)
    assert refused(trial) or all(step.good is not False for step in trial.steps)


@given(SCANS, st.sampled_from(StartStop))
def test_a_trial_ends_as_the_item_would_at_the_counter(text: str, start_stop: StartStop) -> None:
    trial = try_item(text, start_stop)
    assert (refused(trial) or trial.verdict) == outcome(lambda: read_item(text, start_stop))


@given(SCANS, RULES)
def test_what_a_trial_shows_can_be_seen(text: str, rule: BarcodeRule) -> None:
    for step in try_library_card(text, rule).steps:
        assert all(value.isprintable() for value in step.params.values() if isinstance(value, str))


@pytest.mark.parametrize("kind", CheckDigit)
def test_a_scan_of_any_length_has_a_verdict(kind: CheckDigit) -> None:
    """A numeric QR code holds up to 7,089 digits."""
    assert refused(try_library_card("9" * 7089, replace(RULE, check_digit=kind))) is not None
