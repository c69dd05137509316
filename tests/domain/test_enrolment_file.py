"""The enrolment file: what is written is read again, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.domain.calendar import JAPAN
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.enrolment_file import FORM, EnrolmentFile, NewerForm

UNTIL = datetime(2026, 12, 1, 17, tzinfo=JAPAN)
CODE = EnrolmentCode(b"0123456789", "0123456789")
FILE = EnrolmentFile("https://registry.example.jp:8443", 'desk "1" \\ 中央', CODE, UNTIL)
WRITTEN = FILE.formatted(explained="first\nsecond")


def test_what_is_written_is_read() -> None:
    assert EnrolmentFile.parse(WRITTEN) == FILE
    assert EnrolmentFile.parse(WRITTEN.replace("\n", "\r\n")) == FILE
    assert WRITTEN.startswith("# first\n# second\n")


def test_it_is_over_at_its_time_wherever_the_clock_is() -> None:
    assert not FILE.is_over(UNTIL.astimezone(UTC) - timedelta(seconds=1))
    assert FILE.is_over(UNTIL.astimezone(UTC))


def test_the_code_is_not_shown_by_accident() -> None:
    assert CODE.secret not in repr(FILE)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("kiosk-enrolment = 1", "kiosk-enrolment = 0"),
        ("kiosk-enrolment = 1", 'kiosk-enrolment = "1"'),
        ("kiosk-enrolment = 1\n", ""),
        ("address = ", "adress = "),
        ("until = 2026-12-01T17:00:00+09:00", "until = 2026-12-01T17:00:00"),
        ("until = 2026-12-01T17:00:00+09:00", "until = 9999-12-31T23:59:59-10:00"),
        ("until = 2026-12-01T17:00:00+09:00", "until = 0001-01-01T00:00:00+10:00"),
        ("until = 2026-12-01T17:00:00+09:00", 'until = "2026-12-01T17:00:00+09:00"'),
        pytest.param(CODE.formatted(), CODE.formatted()[:-1], id="code"),
        ("code = ", "code "),
    ],
)
def test_what_is_no_such_file_is_refused(was: str, now: str) -> None:
    assert was in WRITTEN
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        EnrolmentFile.parse(WRITTEN.replace(was, now))
    assert not isinstance(refused.value, NewerForm)


def test_a_later_form_is_told_as_such() -> None:
    with pytest.raises(NewerForm):
        EnrolmentFile.parse(WRITTEN.replace("kiosk-enrolment = 1", f"kiosk-enrolment = {FORM + 1}\nwhat = 1"))


def test_a_file_for_many_is_of_a_form_that_earlier_programs_do_not_take_for_one() -> None:
    file = replace(FILE, code=EnrolmentCode.fresh(b"certificate", for_many=True), uses=40)
    written = file.formatted(explained="")
    assert f"kiosk-enrolment = {FORM}" in written
    assert EnrolmentFile.parse(written) == file
    assert len(file.code.secret) == 26
    for wrong in ("uses = 0", "uses = 501", 'uses = "3"', ""):
        with pytest.raises(ValueError, match="uses"):
            EnrolmentFile.parse(written.replace("uses = 40", wrong))


def test_whose_a_file_may_be() -> None:
    one, many = replace(FILE, name="中央"), replace(FILE, name="中央", uses=2)
    names = ("中央", "中央-1", "中央-12", "中央-", "中央-１", "中央-x", "東-1")
    assert [name for name in names if one.may_be_for(name)] == ["中央"]
    assert [name for name in names if many.may_be_for(name)] == ["中央-1", "中央-12"]
