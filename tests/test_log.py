"""The log records what happened, without personal data: its content is whitelisted."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import log
from kiosk.config import LogSettings
from kiosk.domain.errors import Code, Refused
from kiosk.incidents import record_incident
from tests.support.held_file import held_by_another

SECRET = "9A7794E9AGCIEG13221003A"


def written(folder: Path, act: Callable[[], object], level: str = "info") -> str:
    with log.kept_in(folder, LogSettings(level=level)):
        act()
    path = folder / "kiosk.log"
    return path.read_text("utf-8") if path.exists() else ""


def test_our_own_records_stand_with_words_and_numbers(tmp_path: Path) -> None:
    ours = logging.getLogger("kiosk.test")
    line = written(tmp_path, lambda: ours.info("read %d bytes: %s in %.1f s", 1429, Code.CARD_EXPIRED, 0.25))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO kiosk.test read 1429 bytes: card-expired in 0.2 s\n", line)


def test_bytes_and_other_objects_are_not_written_out(tmp_path: Path) -> None:
    class Holder:
        def __repr__(self) -> str:
            return SECRET

    ours = logging.getLogger("kiosk.test")
    text = written(tmp_path, lambda: ours.warning("%s %s %s", SECRET.encode(), bytearray(b"1234"), Holder()))
    assert "<23 bytes> <4 bytes> <Holder>" in text
    assert SECRET not in text


@pytest.mark.parametrize("name", ["secretstorage", "keyring.backend", "kioskless", "root"])
def test_of_others_only_warnings_and_nothing_filled_in(tmp_path: Path, name: str) -> None:
    others = logging.getLogger(name)

    def act() -> None:
        others.debug("SELECT %s", SECRET)
        others.info("key %s", SECRET)
        others.warning("trouble with %s", SECRET)

    others.setLevel(logging.DEBUG)
    try:
        text = written(tmp_path, act, level="debug")
    finally:
        others.setLevel(logging.NOTSET if name != "root" else logging.WARNING)
    assert text.count("\n") == 1
    assert "trouble with …" in text


def test_details_are_written_only_when_asked_for(tmp_path: Path) -> None:
    ours = logging.getLogger("kiosk.test")
    assert written(tmp_path / "info", lambda: ours.debug("detail")) == ""
    (tmp_path / "debug").mkdir()
    assert "detail" in written(tmp_path / "debug", lambda: ours.debug("detail"), level="debug")


def test_an_incident_says_where_and_which_type_and_never_the_text(tmp_path: Path) -> None:
    def fail() -> None:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise Refused(Code.KEY_MISMATCH, reason=SECRET) from error

    def act() -> None:
        try:
            fail()
        except Refused as error:
            incidents.append(record_incident(error))

    incidents: list[str] = []
    text = written(tmp_path, act)
    assert re.fullmatch(r"\d{4}-\d{4}-[0-9A-F]{2}", incidents[0])
    assert f"ERROR kiosk.incidents incident {incidents[0]}\n" in text
    assert "Refused key-mismatch\n" in text
    assert "builtins.ValueError\n" in text
    assert re.search(r"test_log\.py:\d+ fail\n", text)
    assert SECRET not in text


def test_what_nobody_caught_on_a_thread_is_an_incident(tmp_path: Path) -> None:
    def die() -> None:
        raise RuntimeError(SECRET)

    def act() -> None:
        thread = threading.Thread(target=die)
        thread.start()
        thread.join()

    text = written(tmp_path, act)
    assert "incident" in text
    assert "RuntimeError" in text
    assert SECRET not in text


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    with log.kept_in(tmp_path / "logs", LogSettings()):
        logging.getLogger("kiosk.test").warning("%s", SECRET)
    assert SECRET not in "".join(capsys.readouterr())


def test_after_it_everything_is_as_before(tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook, logging.getLogger().level, list(logging.getLogger().handlers))
    written(tmp_path, lambda: None)
    assert (sys.excepthook, threading.excepthook, logging.getLogger().level, list(logging.getLogger().handlers)) == before


@pytest.fixture
def of_yesterday(tmp_path: Path) -> Path:
    """A log that was written to last yesterday, and is due to be renamed."""
    path = tmp_path / "kiosk.log"
    path.write_text("yesterday\n")
    before = time.time() - 24 * 3600
    os.utime(path, (before, before))
    return path


def days(log_file: Path) -> dict[str, list[str]]:
    """The last word of each line in each file."""
    return {path.name: [line.split()[-1] for line in path.read_text("utf-8").splitlines()] for path in log_file.parent.glob("kiosk.log*")}


def test_each_day_has_its_file(of_yesterday: Path) -> None:
    day = time.strftime("%Y-%m-%d", time.localtime(of_yesterday.stat().st_mtime))
    ours = logging.getLogger("kiosk.test")
    with log.kept_in(of_yesterday.parent, LogSettings()):
        ours.info("first")
        ours.info("second")
    assert days(of_yesterday) == {f"kiosk.log.{day}": ["yesterday"], "kiosk.log": ["first", "second"]}


def test_no_line_is_lost_while_another_program_has_the_log_open(of_yesterday: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on in the file of yesterday, and the first line a minute after the other program has left begins another."""
    day = time.strftime("%Y-%m-%d", time.localtime(of_yesterday.stat().st_mtime))
    ours, now = logging.getLogger("kiosk.test"), time.time
    with log.kept_in(of_yesterday.parent, LogSettings()):
        with held_by_another(of_yesterday):
            for minute in range(3):
                monkeypatch.setattr(time, "time", lambda minute=minute: now() + minute * 61)
                for word in "ab":
                    ours.info("%s", f"{word}{minute}")
                    assert not log.is_failing()
        monkeypatch.setattr(time, "time", lambda: now() + 4 * 61)
        ours.info("let-go")
    first = ["yesterday", *(said for minute in range(3) for word in "ab" for said in (f"{word}{minute}", "after"))]
    assert days(of_yesterday) == {f"kiosk.log.{day}": first, "kiosk.log": ["let-go"]}


def test_a_day_that_another_process_has_renamed_is_not_replaced(of_yesterday: Path) -> None:
    day = time.strftime("%Y-%m-%d", time.localtime(of_yesterday.stat().st_mtime))
    of_yesterday.with_name(f"kiosk.log.{day}").write_text("renamed\n")
    written(of_yesterday.parent, lambda: logging.getLogger("kiosk.test").info("today"))
    assert days(of_yesterday) == {f"kiosk.log.{day}": ["renamed"], "kiosk.log": ["yesterday", "today"]}


def test_old_days_go_and_one_that_is_held_goes_with_the_next(of_yesterday: Path) -> None:
    old = [of_yesterday.with_name(f"kiosk.log.2026-01-0{day}") for day in (1, 2, 3)]
    for path in old:
        path.write_text("old\n")
    with held_by_another(old[0]), log.kept_in(of_yesterday.parent, LogSettings(days=2)):
        logging.getLogger("kiosk.test").info("today")
        assert not log.is_failing()
    assert [path.exists() for path in old] == [True, False, True]
