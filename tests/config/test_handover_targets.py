"""Targets of a config that people have edited: the program changes the one it is asked for and nothing else, or says that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import HandoverTarget, read_settings
from kiosk.config.handover_targets import drop_target, keep_target
from kiosk.domain.errors import Code, Refused, Unavailable

LENDING = HandoverTarget(name="貸出", title="図書館システム", role="entry", label="利用者番号")
BEGINNING = '[card]\nrevocation = "none"\n'
EDITED = """
# 貸出カウンターの欄
[[handover.target]]
name='貸出'   # 呼び名
title = "図書館システム"

# 2026年に直した
services = [
  "loan",
  "renewal",
]
role = "entry"
label = "利用者番号"

# 返却カウンターの欄
[[handover.target]]
name = "返却"
title = "図書館システム"
role = "entry"
label = "返却"
services = ["学習室"]
"""


def config(folder: Path, targets: str) -> Path:
    (path := folder / "config.toml").write_text(BEGINNING + targets, "utf-8")
    return path


def test_a_target_with_comments_blank_lines_and_lists_goes_whole(tmp_path: Path) -> None:
    path = config(tmp_path, EDITED)
    assert drop_target(path, "貸出")
    assert path.read_text("utf-8") == BEGINNING + "\n# 貸出カウンターの欄\n\n" + EDITED[EDITED.index("# 返却") :]
    assert not drop_target(path, "貸出")


def test_taught_again_it_is_replaced_whole(tmp_path: Path) -> None:
    path = config(tmp_path, EDITED)
    keep_target(path, replace(LENDING, label="番号"))
    assert [(one.name, one.label, one.services) for one in read_settings(path).handover.target] == [
        ("貸出", "番号", ()),
        ("返却", "返却", ("学習室",)),
    ]


@pytest.mark.parametrize(
    "written",
    [
        '[handover]\ntarget = [{name = "貸出", title = "図書館システム", role = "entry", label = "利用者番号"}]\n',
        '[["handover".target]]\nname = "貸出"\ntitle = "図書館システム"\nrole = "entry"\nlabel = "利用者番号"\n',
        '[[handover.target]]\nname = "貸出"\ntitle = "x"\nrole = "entry"\nlabel = "y"\n' * 2,
    ],
)
@pytest.mark.parametrize("change", [lambda path: keep_target(path, LENDING), lambda path: drop_target(path, "貸出")])
def test_what_cannot_be_told_from_the_rest_is_left_to_people(tmp_path: Path, written: str, change: Callable[[Path], object]) -> None:
    path = config(tmp_path, written)
    before = path.read_bytes()
    with pytest.raises(Refused) as caught:
        change(path)
    assert caught.value.code is Code.CONFIG_INVALID
    assert path.read_bytes() == before


def test_a_config_that_is_wrong_elsewhere_is_not_written(tmp_path: Path) -> None:
    path = config(tmp_path, EDITED + '\n[slip]\nto = "paper"\n')
    before = path.read_bytes()
    with pytest.raises(Refused) as caught:
        drop_target(path, "貸出")
    assert (caught.value.params["key"], path.read_bytes()) == ("slip.to", before)


def test_a_config_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        keep_target(tmp_path / "config.toml", LENDING)
    assert (caught.value.code, caught.value.params["reason"]) == (Code.FILE_UNUSABLE, "missing")
