"""kiosk links, audit, stats and recovery on a real store."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.effects import Act, RecordAct
from kiosk.domain.model import LibraryCardNumber, ReplaceReason, Revocation, Service, UnlinkReason
from kiosk.equipment import key_place_of, open_repository
from kiosk.ledger.audit import REGISTER, RELEASE
from kiosk.store.cipher import open_file
from kiosk.store.repository import Repository
from kiosk.text import knows, say

NUMBER = "2104067853"
MASKED = LibraryCardNumber(NUMBER).masked


@pytest.mark.parametrize("command", [["links", "count"], ["links", "list"], ["audit", "list"], ["audit", "verify"], ["stats"]])
def test_where_nothing_was_kept_yet_nothing_is_made(kiosk: Any, home: Home, command: list[str]) -> None:
    said = kiosk(*command)
    assert said.code == 0
    assert f"まだ何も保存していません({home.store})" in said.out
    assert not home.store.exists()


def test_links_are_counted_and_listed_masked(kiosk: Any, linked: Home) -> None:
    assert "1件" in kiosk("links", "count").out
    said = kiosk("links", "list").out
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d\t窓口1\t{re.escape(MASKED)}\n", said)


def test_unlinking_is_written_down_with_its_reason(kiosk: Any, linked: Home) -> None:
    said = kiosk("links", "unlink", "a2104-0678-53a", "--reason", "lost")
    assert (said.code, said.err) == (0, "")
    assert MASKED in said.out
    assert "0件" in kiosk("links", "count").out
    assert re.search(r"\t解除\t紛失\t", kiosk("audit", "list").out)


def test_somebody_at_the_keyboard_is_asked_for_the_reason(kiosk: Any, linked: Home) -> None:
    said = kiosk("links", "unlink", NUMBER, typed="2\n", at_keyboard=True)
    assert said.code == 0
    assert "利用者の希望" in said.out
    assert re.search(r"\t解除\t希望\t", kiosk("audit", "list").out)


@pytest.mark.parametrize(("typed", "at_keyboard"), [("2\n", False), ("\n", True), ("9\n", True)])
def test_without_a_reason_nothing_is_unlinked(kiosk: Any, linked: Home, typed: str, at_keyboard: bool) -> None:
    assert kiosk("links", "unlink", NUMBER, typed=typed, at_keyboard=at_keyboard).code == 2
    assert "1件" in kiosk("links", "count").out


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("2104067854", "連携しているマイナンバーカードはありません"),
        ("21x", "数字以外の文字"),
        ("1", "桁です"),
        ("123456789018", "マイナンバーのよう"),
    ],
)
def test_a_number_that_is_not_linked_is_said(kiosk: Any, linked: Home, number: str, sentence: str) -> None:
    said = kiosk("links", "unlink", number, "--reason", "wish")
    assert said.code == 1
    assert sentence in said.err


def test_no_whole_number_is_ever_shown(kiosk: Any, linked: Home) -> None:
    for command in (["links", "list"], ["audit", "list"], ["audit", "list", "--json"], ["audit", "verify"], ["stats", "--json"]):
        said = kiosk(*command)
        assert said.code == 0
        assert NUMBER not in re.sub(r"\D", "", said.out.replace(" ", ""))


def test_the_audit_trail_is_listed_for_people_and_programs(kiosk: Any, linked: Home) -> None:
    assert "登録\t\t" + MASKED + "\t電子証明書・失効は未確認・暗証番号" in kiosk("audit", "list").out
    (row,) = (json.loads(line) for line in kiosk("audit", "list", "--json").out.splitlines())
    assert (row["act"], row["result"], row["number"], row["checked"]) == (
        "register",
        "done",
        MASKED,
        "certificate revocation:not-checked pin",
    )
    assert re.fullmatch(r"監査の記録の終わり: 1:[0-9a-f]{64}\n", kiosk("audit", "list", "--since", "2999-01-01").out)
    assert re.search(r": 1:[0-9a-f]{64}", kiosk("audit", "list", "--json").err)


def test_where_there_are_no_links_that_is_said_and_a_script_reads_none(kiosk: Any, linked: Home) -> None:
    kiosk("links", "unlink", NUMBER, "--reason", "lost")
    said = kiosk("links", "list")
    assert (said.code, said.out, said.err.strip()) == (0, "", say("command.links.none"))


def test_rows_of_a_wrong_clock_are_named(kiosk: Any, home: Home) -> None:
    """Rows 2 and 3 of 2045, row 4 of 2010, row 5 of today, row 6 a second before that."""
    settings, today = read_settings(home.config), datetime.now(UTC).replace(microsecond=0)
    place = key_place_of(home, settings)
    keys = place.open_keys()
    ahead, behind = datetime(2045, 1, 2, 3, tzinfo=UTC), datetime(2010, 1, 2, 3, tzinfo=UTC)
    for moment in (today - timedelta(days=1), ahead, ahead, behind, today, today - timedelta(seconds=1)):
        with Repository(home.store, keys, "窓口1", partial(datetime.fromisoformat, moment.isoformat()), anchor=place.anchor(keys)) as store:
            store.note(AdministrativeAct.LISTED)
    for command in (["audit", "list"], ["audit", "list", "--json"], ["audit", "list", "--since", "2026-01-01"], ["audit", "verify"]):
        said = kiosk(*command)
        assert said.code == 0
        assert said.err.count("行目") == 2
        assert "2〜3行目の時刻(2045-01-02 12:00:00)は、まだ来ていません" in said.err
        assert "4行目の時刻(2010-01-02 12:00:00)が、その前の行(2045-01-02 12:00:00)より戻っています" in said.err


def test_a_row_that_no_program_of_ours_wrote_is_listed_as_it_stands(kiosk: Any, linked: Home) -> None:
    settings = read_settings(linked.config)
    record = key_place_of(linked, settings).store.load()
    assert record is not None
    with closing(open_file(linked.store, record.keys.database)) as connection:
        odd = ("soon", "odd", "why\x1b[2J", "row:1 odd:2 odd", "\x1b[1m")
        connection.execute("UPDATE audit SET at = ?, act = ?, reason = ?, checked = ?, counter = ?", odd)
    said = kiosk("audit", "list")
    assert "1\tsoon\t\\u{001B}[1m\t\todd\twhy\\u{001B}[2J\t" in said.out
    assert said.out.splitlines()[0].endswith("\t1行目・odd:2・odd")
    assert "1行目に、時刻として読めないもの" in said.err
    assert "番号 " not in said.err
    assert kiosk("audit", "verify").code == 1


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_japan_has_no_day_for_is_listed_as_it_stands(kiosk: Any, linked: Home, time: str) -> None:
    record = key_place_of(linked, read_settings(linked.config)).store.load()
    assert record is not None
    with closing(open_file(linked.store, record.keys.database)) as connection:
        connection.execute("UPDATE audit SET at = ?", (time,))
    said = kiosk("audit", "list")
    assert f"1\t{time}\t" in said.out
    assert "1行目に、時刻として読めないもの" in said.err
    assert "番号 " not in said.err


def test_a_trail_that_holds_is_said_with_its_end(kiosk: Any, linked: Home) -> None:
    said = kiosk("audit", "verify")
    assert said.code == 0
    assert "1行" in said.out
    assert re.search(r"\b[0-9a-f]{64}\b", said.out)


def test_figures_by_month(kiosk: Any, linked: Home) -> None:
    figures = json.loads(kiosk("stats", "--json").out)
    assert figures["links"] == 1
    assert [(month["registrations"], month["releases"], month["uses"]) for month in figures["months"]] == [(1, 0, 0)]
    assert "登録 1  解除 0  利用 0" in kiosk("stats").out


# --- recovery ---------------------------------------------------------------------------------------------------------


def lines_of(sheet: str) -> dict[int, str]:
    return {int(match[1]): match[2] for match in re.finditer(r"^([1-7]):  (.+)$", sheet, re.MULTILINE)}


class WithSheet(io.StringIO):
    """Somebody with the paper in hand, who answers what is asked for; the very first time with a slip of the pen."""

    def __init__(self, lines: dict[int, str], asked: Callable[[], str]) -> None:
        super().__init__()
        self._lines, self._asked, self._seen, self.answers = lines, asked, "", 0

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        self._seen += self._asked()
        number = int(re.findall(r"([1-7])行目:", self._seen)[-1])
        self.answers += 1
        return "?\n" if self.answers == 1 else f"{self._lines[number].lower()}\n"


def test_the_sheet_is_printed_and_asked_back(kiosk: Any, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of(kiosk("recovery", "sheet").out)
    assert sorted(lines) == [1, 2, 3, 4, 5, 6, 7]
    holder = WithSheet(lines, lambda: capsys.readouterr().out)
    assert kiosk("recovery", "confirm", typed=holder).code == 0
    assert holder.answers == 3
    doctor = json.loads(kiosk("doctor", "--json").out)
    assert "recovery.confirmed" in [check["outcome"] for check in doctor["checks"]]


def test_a_sheet_that_nobody_can_read_is_not_confirmed(kiosk: Any, home: Home) -> None:
    kiosk("recovery", "sheet")
    assert kiosk("recovery", "confirm", typed="x\n" * 6).code == 1


def test_a_backup_comes_back_to_an_empty_machine(kiosk: Any, linked: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = tmp_path / "sheet.txt"
    paper.write_text(kiosk("recovery", "sheet").out, encoding="utf-8")
    assert kiosk("recovery", "backup", str(tmp_path / "backup")).code == 0
    (copy,) = (tmp_path / "backup").glob("*.db")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "other"))
    other = Home(tmp_path / "other-home")
    other.prepare()
    other.config.write_bytes(linked.config.read_bytes())
    said = kiosk("--home", str(other.folder), "recovery", "restore", "--sheet", str(paper), "--backup", str(copy))
    assert (said.code, said.err) == (0, "")
    assert "1件" in kiosk("--home", str(other.folder), "links", "count").out


def test_a_sheet_with_a_mistake_names_the_line(kiosk: Any, home: Home) -> None:
    typed = "\n".join(["ABCDE FGHJK"] * 7) + "\n"
    said = kiosk("recovery", "restore", typed=typed)
    assert said.code == 1
    assert "1行目" in said.out + said.err
    assert not home.store.exists()


def test_where_a_store_is_nothing_is_restored(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    paper = tmp_path / "sheet.txt"
    paper.write_text(kiosk("recovery", "sheet").out, encoding="utf-8")
    said = kiosk("recovery", "restore", "--sheet", str(paper))
    assert said.code == 1
    assert "1件" in kiosk("links", "count").out


@pytest.fixture
def served(linked: Home) -> Home:
    """A counter at which services were used."""
    repository, _ = open_repository(linked, read_settings(linked.config))
    with repository:
        repository.record(RecordAct(Act.SERVICE, service="loan"))
        repository.record(RecordAct(Act.SERVICE, service="loan"))
        repository.record(RecordAct(Act.SERVICE, service="local"))
        number = LibraryCardNumber(NUMBER)
        repository.record(RecordAct(Act.SERVICE, number, revocation=Revocation.GOOD, holder_confirmed=True, service="ndl-digital"))
    return linked


def test_services_are_counted_by_month(kiosk: Any, served: Home) -> None:
    (month,) = json.loads(kiosk("stats", "--json").out)["months"]
    assert month["services"] == {"loan": 2, "ndl-digital": 1, "local": 1}
    assert "\n         貸出 2  国立国会図書館デジタル化資料送信 1  この図書館のサービス 1\n" in kiosk("stats").out


def test_a_month_without_services_has_no_line_for_them(kiosk: Any, linked: Home) -> None:
    assert len(kiosk("stats").out.splitlines()) == 3


def test_the_trail_shows_each_service_and_whose_it_was_only_for_the_ndl(kiosk: Any, served: Home) -> None:
    rows = [line.split("\t")[4:] for line in kiosk("audit", "list").out.splitlines() if "\tサービス\t" in line]
    assert rows == [
        ["サービス", "貸出", "", ""],
        ["サービス", "貸出", "", ""],
        ["サービス", "この図書館のサービス", "", ""],
        ["サービス", "国立国会図書館デジタル化資料送信", MASKED, "電子証明書・失効なし・本人の確認"],
    ]
    assert kiosk("audit", "verify").code == 0


def test_every_word_of_the_audit_trail_has_its_own_for_people() -> None:
    words = {f"act.{act}" for act in (*Act, *AdministrativeAct, REGISTER, RELEASE)}
    words |= {f"reason.{reason}" for reason in (*UnlinkReason, *ReplaceReason)}
    words |= {f"checked.revocation-{state}" for state in Revocation}
    words |= {f"checked.{what}" for what in ("certificate", "pin", "holder", "guardian")}
    assert [word for word in sorted(words) if not knows(f"command.audit.{word}")] == []
    assert [service for service in (*Service, "local") if not knows(f"command.service.{service}")] == []
