"""Targets as the configuration names them."""

from __future__ import annotations

from kiosk.domain.field_targets import FieldTarget, WayIn


def test_a_window_whose_fields_cannot_be_seen_is_unchecked() -> None:
    assert FieldTarget("貸出", "図書館システム", habit="unchecked").is_unchecked
    assert not FieldTarget("貸出", "図書館システム", role="entry", label="利用者番号").is_unchecked


def test_two_ways_paste_each_by_its_own_key() -> None:
    keys = {way: way.pasting_key for way in WayIn if way.pasting_key}
    assert keys == {WayIn.PASTE: "ctrl+v", WayIn.PASTE_INSERT: "shift+insert"}
