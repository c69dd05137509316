"""What kiosk.domain.dataclass makes is a dataclass like any other."""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.dataclass import dataclass

KIOSK = Path(__file__).parents[2] / "kiosk"
MAKERS: tuple[Callable[[type], Any], ...] = (dataclass(frozen=True, slots=True), dataclasses.dataclass(frozen=True, slots=True))


def families(make: Callable[[type], Any]) -> tuple[Any, Any]:
    """A class with all kinds of fields, and one derived from it."""

    class Loan:
        title: str
        days: int = 14
        marks: list[str] = field(default_factory=list)
        secret: str = field(default="", repr=False)
        seen: int = field(default=0, compare=False)

    made = make(Loan)

    class Renewed(made):  # type: ignore[misc, valid-type]
        times: int = 1

        def __post_init__(self) -> None:
            object.__setattr__(self, "times", self.times * 10)

    return made, make(Renewed)


OURS, THEIRS = families(MAKERS[0]), families(MAKERS[1])


@pytest.mark.parametrize("which", [0, 1], ids=["plain", "derived"])
def test_it_is_built_shown_compared_and_replaced_as_usual(which: int) -> None:
    ours, theirs = OURS[which], THEIRS[which]
    for made in (ours, theirs):
        loan = made("Botchan", days=7, secret="s")
        assert repr(loan) == repr(theirs("Botchan", days=7, secret="s"))
        assert loan == made("Botchan", 7, [], "s", 5)
        assert loan != made("Botchan", 8, [], "s")
        assert loan != ("Botchan", 7, [], "s", 0)
        assert dataclasses.replace(loan, days=9).days == 9
        assert dataclasses.asdict(loan) == dataclasses.asdict(theirs("Botchan", days=7, secret="s"))
        assert copy.deepcopy(loan) == loan
    assert ours("a").marks is not ours("a").marks
    assert ours.__match_args__ == theirs.__match_args__
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


def test_a_class_and_one_derived_from_it_are_never_equal() -> None:
    assert OURS[0]("a") != OURS[1]("a")


def test_equal_ones_have_one_hash() -> None:
    @dataclass(frozen=True, slots=True)
    class Pair:
        one: int
        two: str = ""

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    assert len({Pair(1), Pair(1), Pair(2), Empty(), Empty()}) == 3


def test_nothing_is_set_or_deleted_later() -> None:
    loan = OURS[0]("a")
    for name in ("title", "unknown"):
        with pytest.raises(FrozenInstanceError):
            setattr(loan, name, "b")
        with pytest.raises(FrozenInstanceError):
            delattr(loan, name)
    assert loan.title == "a"
    assert not hasattr(loan, "__dict__")


def test_what_a_class_defines_itself_stays() -> None:
    @dataclass(frozen=True, slots=True)
    class Own:
        value: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __hash__(self) -> int:
            return 7

        def __repr__(self) -> str:
            return "own"

    assert (Own(1) == Own(2), hash(Own(1)), repr(Own(1))) == (True, 7, "own")


def test_without_eq_each_is_itself() -> None:
    @dataclass(frozen=True, slots=True, eq=False)
    class Part:
        value: int

    assert Part(1) != Part(1)


@pytest.mark.parametrize("special", [{"init": False, "default": 1}, {"kw_only": True}], ids=["init", "kw_only"])
def test_a_field_that_it_cannot_make_is_refused(special: dict[str, Any]) -> None:
    class Odd:
        value: int = field(**special)

    with pytest.raises(TypeError, match=r"Odd\.value"):
        MAKERS[0](Odd)


def test_what_is_not_frozen_is_the_standard_library_s() -> None:
    @dataclass
    class Tally:
        count: int = 0

    tally = Tally()
    tally.count += 1
    assert tally == Tally(1)


def test_the_program_takes_dataclass_from_there_alone() -> None:
    taken = {
        path.relative_to(KIOSK).as_posix()
        for path in KIOSK.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses" and "dataclass" in {name.name for name in node.names}
    }
    assert taken == {"domain/dataclass.py"}
