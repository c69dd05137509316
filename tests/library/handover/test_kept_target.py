"""What 番号を入れる欄 writes into the configuration when a field is taught anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import HandoverSettings
from kiosk.domain.field_targets import FieldTarget
from kiosk.library.handover.field_teacher import FieldTeacher

OLD = """[card]
revocation = "none"

[[handover.target]]
name = "貸出の番号"
title = "図書館システム"
services = ["loan"]
prefix = "f2"
pause_ms = 30
role = "entry"
label = "利用者番号"
"""


@pytest.mark.parametrize(
    ("name", "services", "kept"),
    [("貸出の番号", ("loan",), ("f2", 30)), ("貸出", ("loan",), ("f2", 30)), ("更新", ("renewal",), ("none", 0))],
)
def test_what_only_the_administrator_sets_passes_to_the_field_that_takes_the_place(
    tmp_path: Path, name: str, services: tuple[str, ...], kept: tuple[str, int]
) -> None:
    (tmp_path / "config.toml").write_text(OLD, "utf-8")
    teacher = FieldTeacher(tmp_path / "config.toml", HandoverSettings(), "2104")
    teacher.keep(FieldTarget(name, "図書館システム", services=services, role="entry", label="番号"))
    [target] = [target for target in teacher.targets() if target.name == name]
    assert (target.label, target.prefix, target.pause_ms) == ("番号", *kept)
