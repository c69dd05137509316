"""Slips: their wording, and the PDF they become."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from kiosk.config import SlipSettings
from kiosk.domain.circulation import Due, Instead, Item, Told
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import Language, LibraryCardNumber, Service
from kiosk.domain.slip import Slip, SlipKind, SlipLine
from kiosk.text import say
from kiosk.ui.slip import SlipPrinter
from kiosk.ui.slip.wording import slip_html
from tests.support.wait import LIMIT

NUMBER = LibraryCardNumber("2104067851")
MOMENT = datetime(2026, 11, 25, 1, 24, tzinfo=UTC)
LOAN = SlipLine(Item("1100892031", "はじめての家庭菜園 <雪国> & 四季", Due(date(2026, 12, 9), "20261209    235900")), Service.LOAN)
RENEWAL = SlipLine(Item("1098221670", "信濃川の橋をたずねて", Due(None, "来週の火曜")), Service.RENEWAL)
HOLD = SlipLine(Item("1103447109"), Service.HOLD)
HOUSE = SlipSettings(library="長岡市立中央図書館", telephone="0258-00-0000", hours="火〜日 9:30〜19:00")
TODAY = Slip(SlipKind.TODAY, NUMBER, (LOAN, RENEWAL, HOLD))


def words(slip: Slip, house: SlipSettings | None = None) -> str:
    return re.sub(r"<[^>]+>", "\n", slip_html(slip, "登録カウンター 2", MOMENT, house or SlipSettings()))


def test_a_slip_names_titles_and_due_dates_and_nobody() -> None:
    said = words(TODAY)
    assert "はじめての家庭菜園 &lt;雪国&gt; &amp; 四季" in said
    assert "返却期限 2026年12月9日(水)" in said
    assert "来週の火曜" in said
    assert "1103447109" in said
    assert "予約" in said
    assert "貸出延長" in said
    assert NUMBER.masked in said
    assert NUMBER.text not in said.replace(" ", "")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", [SlipKind.TODAY, SlipKind.ALL, SlipKind.RECORDED])
def test_the_library_can_be_reached_by_what_the_slip_says_at_its_end(language: Language, kind: SlipKind) -> None:
    slip = Slip(kind, NUMBER, (LOAN,), language)
    told = [HOUSE.library, HOUSE.telephone, HOUSE.hours]
    lines = [line.strip() for line in words(slip, HOUSE).splitlines() if line.strip()][-3:]
    assert all(part in line for part, line in zip(told, lines, strict=True))
    # What is not set prints nothing, not even its name.
    bare, named = words(slip), words(slip, SlipSettings(telephone=HOUSE.telephone))
    assert named.startswith(bare)
    assert [line for line in named[len(bare) :].splitlines() if line.strip()] == [lines[1]]


@pytest.mark.parametrize("language", Language)
def test_the_place_in_the_queue_is_printed_where_it_was_told(language: Language) -> None:
    said = words(Slip(SlipKind.TODAY, NUMBER, (replace(HOLD, position=37), HOLD), language))
    assert said.count("37") == 1


@pytest.mark.parametrize("language", Language)
def test_what_was_recorded_is_said_in_every_language(language: Language) -> None:
    said = words(Slip(SlipKind.RECORDED, NUMBER, language=language))
    assert "0120-95-0178" in said
    assert NUMBER.masked in said
    assert "{" not in said
    assert "[" not in said


@pytest.mark.parametrize("language", Language)
def test_what_is_not_confirmed_yet_is_not_promised_at_every_counter(language: Language) -> None:
    confirmed = words(Slip(SlipKind.RECORDED, NUMBER, language=language))
    pending = words(Slip(SlipKind.RECORDED, NUMBER, language=language, pending=True))
    promise, now = (say(f"slip.recorded-{which}", language).translate(str.maketrans("[]", "()")) for which in ("use", "use-here"))
    assert (promise in confirmed, now in confirmed) == (True, False)
    assert (promise in pending, now in pending) == (False, True)


NOT_LISTED, MORE = "一覧は、図書館システムから取得できませんでした", "ほかにも貸出中の資料があるかもしれません"


@pytest.mark.parametrize(
    ("slip", "said", "unsaid"),
    [
        (Slip(SlipKind.ALL, NUMBER, (LOAN,) * 2), ["2点"], [NOT_LISTED, MORE, "うち"]),
        (
            Slip(SlipKind.ALL, NUMBER, (LOAN,) * 2, told=Told.PART, counted=120),
            ["貸出中の120点のうち、わかっている2点です。"],
            [NOT_LISTED],
        ),
        (Slip(SlipKind.ALL, NUMBER, (LOAN,) * 2, told=Told.PART), ["2点", MORE], ["うち"]),
        (Slip(SlipKind.ALL, NUMBER, (LOAN,) * 2, told=Told.PART, counted=1), ["2点", MORE], ["うち"]),
        (Slip(SlipKind.TODAY, NUMBER, (LOAN,), told=Told.NOTHING, counted=120), ["1点", "貸出中は120点です。", NOT_LISTED], ["うち"]),
        (Slip(SlipKind.TODAY, NUMBER, told=Told.NOTHING), [NOT_LISTED], ["0点", "貸出中は"]),
    ],
    ids=["all", "cut", "perhaps cut", "more lines than counted", "denied", "denied without a count"],
)
def test_a_slip_says_how_much_of_the_loans_it_lists(slip: Slip, said: list[str], unsaid: list[str]) -> None:
    text = words(slip)
    assert [sentence for sentence in said if sentence not in text] == []
    assert [sentence for sentence in unsaid if sentence in text] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("told", Told)
def test_how_much_it_is_is_said_in_every_language(language: Language, told: Told) -> None:
    said = words(Slip(SlipKind.ALL, NUMBER, (LOAN,), language, told, counted=120))
    assert "{" not in said
    assert ("120" in said) is (told is not Told.ALL)


@pytest.mark.parametrize(
    ("instead", "sentence"), [(Instead.SAME_DATE, "返却期限は変わっていません"), (Instead.EARLIER, "返却期限が早まりました")]
)
def test_a_renewal_that_extended_nothing_is_not_called_one(instead: Instead, sentence: str) -> None:
    line = SlipLine(LOAN.item, Service.RENEWAL, instead)
    said = words(Slip(SlipKind.TODAY, NUMBER, (line,)))
    assert sentence in said
    assert "貸出延長" not in said


@pytest.fixture
def printer(qapp: QApplication, tmp_path: Path) -> SlipPrinter:
    assert QFontDatabase.families()
    return SlipPrinter(SlipSettings(to="pdf"), tmp_path / "slips", "登録カウンター 2", lambda: MOMENT)


@pytest.mark.linux("pdftotext")
def test_a_pdf_is_one_page_that_only_the_counter_can_read(printer: SlipPrinter, tmp_path: Path) -> None:
    printer.print(TODAY)
    printer.print(TODAY)
    pdfs = sorted((tmp_path / "slips").iterdir())
    assert [path.suffix for path in pdfs] == [".pdf", ".pdf"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in pdfs)
    text = subprocess.run(["pdftotext", str(pdfs[0]), "-"], capture_output=True, check=True, text=True, timeout=LIMIT).stdout
    assert "信濃川の橋をたずねて" in text
    info = subprocess.run(["pdfinfo", str(pdfs[0])], capture_output=True, check=True, text=True, timeout=LIMIT).stdout
    assert re.search(r"Pages:\s+1\b", info)
    assert re.search(r"Page size:\s+22[67]", info), "80 mm"


@pytest.mark.linux("pdftotext")
def test_a_long_list_stays_on_one_long_page(printer: SlipPrinter, tmp_path: Path) -> None:
    printer.print(Slip(SlipKind.ALL, NUMBER, (LOAN,) * 60))
    [pdf] = (tmp_path / "slips").iterdir()
    info = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, check=True, text=True, timeout=LIMIT).stdout
    assert re.search(r"Pages:\s+1\b", info)


def test_a_folder_that_cannot_be_written_to_is_said(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "slips").write_text("a file where the folder should be")
    printer = SlipPrinter(SlipSettings(to="pdf"), tmp_path / "slips", "窓口1", lambda: MOMENT)
    with pytest.raises(Unavailable) as caught:
        printer.print(TODAY)
    assert caught.value.code is Code.SLIP_FAILED


def test_what_an_ended_process_has_left_is_taken_away(printer: SlipPrinter, tmp_path: Path) -> None:
    printer.print(TODAY)
    [pdf] = (tmp_path / "slips").iterdir()
    left = pdf.with_name(".slip-unfinished")
    left.write_bytes(b"%PDF-1.4 half of one")
    printer.print(TODAY)
    assert not left.exists()
    assert len(list((tmp_path / "slips").iterdir())) == 2
