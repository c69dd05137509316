"""What is declared lazily behaves as what the standard library declares."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, field, replace
from typing import Any, cast

import pytest

from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Lazy:
    name: str
    count: int = 3
    seen: list[int] = field(default_factory=list, compare=False)
    secret: str = field(default="s", repr=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(self.count)


@dataclass(frozen=True, slots=True)
class Wider(Lazy):
    more: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WithOwn:
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WithOwn)

    def __repr__(self) -> str:
        return "own"


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    name: str
    count: int = 3
    seen: list[int] = field(default_factory=list, compare=False)
    secret: str = field(default="s", repr=False, kw_only=True)


@pytest.mark.parametrize("given", [("a",), ("a", 4), ("a", 4, [1])])
def test_it_is_compared_hashed_and_shown_as_the_standard_one(given: tuple[Any, ...]) -> None:
    lazy, plain = Lazy(*given), Plain(*given)
    assert repr(lazy) == repr(plain).replace("Plain", "Lazy")
    assert hash(lazy) == hash(plain)
    assert lazy == Lazy(*given)
    assert lazy != Lazy("b")
    assert lazy != cast(object, plain)
    assert dataclasses.astuple(lazy) == dataclasses.astuple(plain)
    assert lazy.seen is not Lazy("a").seen


@pytest.mark.parametrize("given", [((), {}), (("a", 1, [], "s"), {}), (("a",), {"other": 1})], ids=["too few", "too many", "unknown"])
def test_what_does_not_fit_is_refused_in_the_same_words(given: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
    values, named = given
    with pytest.raises(TypeError) as plain:
        Plain(*values, **named)
    with pytest.raises(TypeError) as lazy:
        Lazy(*values, **named)
    assert str(lazy.value) == str(plain.value).replace("Plain", "Lazy")


def test_many_are_made_as_few_are() -> None:
    made = [Wider("a", more=(1,), secret="t") for _ in range(100)]
    assert len(set(map(repr, made))) == 1
    assert made[0] == made[-1]
    assert made[0].seen is not made[-1].seen


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    length: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.name))


def test_a_field_may_be_left_to_what_is_done_after() -> None:
    assert Measured("abc").length == 3
    with pytest.raises(TypeError):
        Measured("abc", 3)  # type: ignore[call-arg]


def test_nothing_of_it_can_be_changed() -> None:
    made: Any = Lazy("a")
    with pytest.raises(FrozenInstanceError):
        made.name = "b"
    with pytest.raises(FrozenInstanceError):
        made.other = 1
    with pytest.raises(FrozenInstanceError):
        del made.name
    assert made == Lazy("a")


def test_it_is_checked_replaced_copied_and_sent_to_other_processes() -> None:
    made = Wider("a", 2, more=(1, 2))
    with pytest.raises(ValueError, match="-1"):
        replace(made, count=-1)
    assert replace(made, count=5) == Wider("a", 5, more=(1, 2))
    for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301 (our own bytes)
        assert again == made
        assert again.secret == "s"


def test_it_can_be_matched_by_position_and_inherited() -> None:
    match Wider("a", 2, [7], (1,), secret="t"):
        case Wider(name, count, seen, more):
            assert (name, count, seen, more) == ("a", 2, [7], (1,))
    assert Wider("a") != Lazy("a")


def test_methods_of_its_own_are_kept() -> None:
    assert WithOwn("a") == WithOwn("b")
    assert repr(WithOwn("a")) == "own"
    assert len({WithOwn("a"), WithOwn("a")}) == 1


COUNT = """
import dataclasses
standard, declared = dataclasses.dataclass, []
def counting(cls=None, /, **options):
    if options.get("init", True):
        declared.append(cls)
    return standard(cls, **options)
dataclasses.dataclass = counting
from kiosk import app
from kiosk.commands import run
print(len(declared))
"""


def test_nearly_all_that_is_loaded_before_the_first_page_is_declared_so() -> None:
    """A start pays a quarter of a millisecond for each that is not."""
    answer = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, timeout=60, check=True)
    assert int(answer.stdout) <= 40
