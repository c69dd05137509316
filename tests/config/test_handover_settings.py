"""The fields that the number goes to, in config.toml: read, refused with the line, and written by the program beside what people wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import HandoverTarget, check_settings, counter_rules, read_settings
from kiosk.config.handover_settings import HABITS, PREFIXES, SUFFIXES, HandoverSettings
from kiosk.config.handover_settings import TARGETS as TARGETS_KIND
from kiosk.config.handover_targets import keep_target, with_target, without_target
from kiosk.config.toml import loads
from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.domain.model import LocalService, Service
from kiosk.library.handover.configured import target_for
from kiosk.resource_files import resource

DECIDED = '[card]\nrevocation = "none"\n\n[handover]\nwhen = "on-tap"\n'
LENDING = HandoverTarget(
    name="貸出", title="図書館システム", role="entry", label="利用者番号", id="card", address="https://lib.example/lend"
)
READABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
TARGETS = st.builds(
    HandoverTarget,
    name=READABLE,
    title=READABLE.filter(str.strip),
    services=st.lists(st.sampled_from(["loan", "renewal", "学習室"]), unique=True, max_size=3).map(tuple),
    prefix=st.sampled_from(PREFIXES),
    suffix=st.sampled_from(SUFFIXES),
    way=st.sampled_from(WayIn),
    pause_ms=st.integers(0, 100),
    computer=st.just("DESK-1"),
    role=st.just("entry"),
    label=READABLE,
    habit=st.sampled_from(["plain", "formats"]),
)


def written(folder: Path, text: str) -> Path:
    (path := folder / "config.toml").write_text(text, encoding="utf-8")
    return path


@given(TARGETS)
def test_what_the_program_writes_it_reads_again(target: HandoverTarget) -> None:
    text = with_target(DECIDED, target)
    assert text.startswith(DECIDED)
    assert TARGETS_KIND.take(loads(text, ())["handover"]["target"]) == (target,)


def test_the_documented_config_takes_a_target_with_its_comments(tmp_path: Path) -> None:
    documented = resource("config.toml").read_text("utf-8").replace('# revocation = "none"', 'revocation = "none"')
    settings = read_settings(written(tmp_path, with_target(documented, LENDING)))
    assert settings.handover.target == (LENDING,)
    assert without_target(with_target(documented, LENDING), LENDING.name).strip() == documented.strip()


def test_a_target_taught_again_replaces_the_one_of_its_name() -> None:
    other = replace(LENDING, name="返却", services=("renewal",))
    text = with_target(with_target(DECIDED, LENDING), other) + "# ours\n"
    again = with_target(text, replace(LENDING, label="番号"))
    assert [(one["name"], one["label"]) for one in loads(again, ())["handover"]["target"]] == [("貸出", "番号"), ("返却", "利用者番号")]
    assert again.endswith("# ours\n")
    assert [one["name"] for one in loads(without_target(again, "貸出"), ())["handover"]["target"]] == ["返却"]
    assert without_target(again, "貸") == again


OLD = """
# ours, for lending
[[handover.target]]
name = "古い欄"  # of 2024
title = "旧"
services = [
  "loan",
  "renewal",
]
role = "entry"
label = "番号"

[[handover.target]]
name = "ほかのすべて"
title = "旧"
role = "entry"
label = "番号"
"""


@pytest.mark.parametrize("services", [("loan",), ("loan", "renewal"), ()])
def test_what_was_taught_last_is_used_and_not_an_older_target_of_another_name(tmp_path: Path, services: tuple[str, ...]) -> None:
    path = written(tmp_path, DECIDED + OLD)
    keep_target(path, replace(LENDING, name="新しい欄", services=services))
    settings = read_settings(path).handover
    asked = [LocalService(name) for name in services or ("学習室",)]
    assert {target_for(settings, service).name for service in asked} == {"新しい欄"}
    left = {("loan",): {"古い欄", "ほかのすべて"}, ("loan", "renewal"): {"ほかのすべて"}, (): {"古い欄"}}[services]
    assert {target.name for target in settings.target} == {"新しい欄", *left}
    assert (target_for(settings, Service.RENEWAL).name == "古い欄") is ("renewal" not in services)
    assert "# ours, for lending\n" in path.read_text("utf-8")


def test_a_target_taught_again_for_more_services_takes_them_all(tmp_path: Path) -> None:
    path = written(tmp_path, DECIDED + OLD)
    keep_target(path, replace(LENDING, name="ほかのすべて", services=("renewal",)))
    assert target_for(read_settings(path).handover, Service.RENEWAL).name == "ほかのすべて"


@pytest.mark.parametrize(
    ("lines", "key", "line", "reason"),
    [
        ('title = "x"\nrole = "entry"\nlabel = "y"', "handover.target.name", 7, "missing"),
        ('name = "a"\nrole = "entry"\nlabel = "y"', "handover.target.title", 7, "missing"),
        ('name = "a"\ntitle = " "\nrole = "entry"\nlabel = "y"', "handover.target.title", 9, "value"),
        ('name = "a"\ntitle = "x"\nlabel = "y"', "handover.target.role", 7, "value"),
        ('name = "a"\ntitle = "x"\nrole = "entry"', "handover.target.label", 7, "value"),
        ('name = "a"\ntitle = "x"\nrole = "entry"\nid = "y"\nhabit = "jump"', "handover.target.habit", 12, "value"),
        ('name = "a"\ntitle = "x"\nrole = "entry"\nid = "y"\nhabit = "jumps"\nsuffix = "enter"', "handover.target.suffix", 13, "value"),
        ('name = "a"\ntitle = "x"\nrole = "entry"\nid = "y"\npath = "/1"', "handover.target.path", 12, "unknown"),
        ('name = "a"\ntitle = "x"\nhabit = "unchecked"\nway = "set-value"', "handover.target.way", 11, "value"),
        ('name = "a"\ntitle = "x"\nrole = "entry"\nid = "y"\nsuffix = "escape"', "handover.target.suffix", 12, "value"),
        ('name = "a"\ntitle = "x"\nrole = "entry"\nid = "y"\npause_ms = 101', "handover.target.pause_ms", 12, "value"),
    ],
)
def test_a_mistake_in_a_target_is_named_with_its_line(tmp_path: Path, lines: str, key: str, line: int, reason: str) -> None:
    (mistake,) = check_settings(written(tmp_path, f"{DECIDED}\n[[handover.target]]\n{lines}\n"))
    assert tuple(mistake.params[part] for part in ("key", "line", "reason")) == (key, line, reason)


@pytest.mark.parametrize("wrong", ["target = 1", 'target = ["貸出の番号"]'])
def test_what_is_no_list_of_targets_is_named_with_what_is_expected(tmp_path: Path, wrong: str) -> None:
    (mistake,) = check_settings(written(tmp_path, f"{DECIDED}\n{wrong}\n"))
    assert (mistake.params["key"], mistake.params["expected"]) == ("handover.target", "target = [[…]] (0 … 20)")


def test_a_service_has_the_target_that_names_it() -> None:
    others, room = replace(LENDING, name="他"), replace(LENDING, name="部屋", label="番号", services=("学習室", "loan"))
    settings = HandoverSettings(title="窓", suffix="enter", target=(others, room))
    asked = (Service.LOAN, LocalService("学習室"), Service.RENEWAL, LocalService("視聴覚ブース"), None)
    fields = [target_for(settings, service).field for service in asked]
    assert [field.name for field in fields if field is not None] == ["番号", "番号", "利用者番号", "利用者番号", "番号"]


def test_at_a_tap_the_number_goes_into_the_field_for_lending_and_never_unchecked_into_the_window() -> None:
    renewal, loan = replace(LENDING, services=("renewal",)), replace(LENDING, label="番号", services=("loan",))
    field = target_for(HandoverSettings(title="窓", target=(renewal, loan)), None).field
    assert field is not None
    assert field.name == "番号"


def test_without_a_target_of_its_own_a_service_has_the_window() -> None:
    only = replace(LENDING, services=("loan",))
    assert target_for(HandoverSettings(title="窓", target=(only,)), Service.RENEWAL).title == "窓"
    with pytest.raises(Refused) as refused:
        target_for(HandoverSettings(target=(only,)), Service.RENEWAL)
    assert refused.value.code is Code.HANDOVER_NO_WINDOW


def test_every_habit_makes_a_target() -> None:
    for habit in HABITS:
        made = target_for(HandoverSettings(target=(replace(LENDING, habit=habit),)), None)
        assert (made.field is None, made.unchecked) == ((True, True) if habit == "unchecked" else (False, False))


def test_every_way_and_every_key_makes_a_target() -> None:
    for way in WayIn:
        for prefix in PREFIXES:
            for suffix in SUFFIXES:
                made = target_for(HandoverSettings(target=(replace(LENDING, way=way, prefix=prefix, suffix=suffix, pause_ms=30),)), None)
                assert (made.way, made.prefix, made.suffix, made.pause) == (way, prefix, suffix, 0.03)


def test_the_counter_knows_the_targets_in_force(tmp_path: Path) -> None:
    room = replace(LENDING, name="部屋", services=("学習室",))
    rules = counter_rules(read_settings(written(tmp_path, with_target(with_target(DECIDED, LENDING), room))))
    assert [(one.name, one.services, one.label) for one in rules.handover_targets] == [
        ("部屋", ("学習室",), "利用者番号"),
        ("貸出", (), "利用者番号"),
    ]
