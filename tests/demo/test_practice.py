"""What a practice takes over from a configuration reaches nothing real."""

from __future__ import annotations

import pytest

from kiosk.config import CardSettings, HandoverSettings, IlsSettings, Settings, SlipSettings
from kiosk.config.settings import RevocationSource
from kiosk.demo.practice import practice_settings
from kiosk.domain.slip import SlipKind

PRETENDED = IlsSettings(host="127.0.0.1")


@pytest.mark.parametrize(("to", "practised"), [("printer", "pdf"), ("pdf", "pdf"), ("off", "off")])
def test_slips_are_never_on_paper_nor_among_real_ones(to: str, practised: str) -> None:
    slip = SlipSettings(to=to, printer="counter", pdf_folder="/srv/slips", default=SlipKind.TODAY, pdf_days=1)
    made = practice_settings(Settings(CardSettings(RevocationSource.NONE), slip=slip), PRETENDED).slip
    assert (made.to, made.printer, made.pdf_folder) == (practised, "", "")
    assert (made.default, made.pdf_days) == (SlipKind.TODAY, 1)


def test_neither_the_librarys_system_nor_another_window_is_reached() -> None:
    config = Settings(CardSettings(RevocationSource.NONE), ils=IlsSettings(host="koha.example"), handover=HandoverSettings(title="Koha"))
    made = practice_settings(config, PRETENDED)
    assert (made.ils, made.handover) == (PRETENDED, HandoverSettings())
