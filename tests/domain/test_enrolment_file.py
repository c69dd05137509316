"""The enrolment file: what is written is read again, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.domain.calendar import JAPAN
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.enrolment_file import EnrolmentFile, NewerForm

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
        EnrolmentFile.parse(WRITTEN.replace("kiosk-enrolment = 1", "kiosk-enrolment = 2\nwhat = 1"))
