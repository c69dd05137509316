"""How much one asker may ask."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kiosk.registry.api.limits import address_key
from kiosk.token_buckets import Buckets, Rate


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_after_the_burst_the_pace_decides() -> None:
    clock = Clock()
    buckets = Buckets(Rate(burst=3, per_second=2), clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now += 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 0.5]


def test_who_was_refused_is_not_punished_for_asking() -> None:
    clock = Clock()
    buckets = Buckets(Rate(burst=1, per_second=1), clock)
    assert [buckets.take("a") for _ in range(10)] == [0, *[1] * 9]
    clock.now += 1
    assert buckets.take("a") == 0


def test_many_are_taken_at_once_or_none_of_them() -> None:
    clock = Clock()
    buckets = Buckets(Rate(burst=10, per_second=2), clock)
    assert [buckets.take("a", count) for count in (7, 7, 3, 10)] == [0, 2, 0, 5]
    clock.now += 5
    assert buckets.take("a", 10) == 0


def test_one_asker_does_not_use_up_what_another_has() -> None:
    buckets = Buckets(Rate(burst=1, per_second=1), Clock())
    assert (buckets.take("a"), buckets.take("a"), buckets.take("b")) == (0, 1, 0)


def test_a_rest_gives_back_the_burst_and_no_more() -> None:
    clock = Clock()
    buckets = Buckets(Rate(burst=2, per_second=1), clock)
    for _ in range(2):
        buckets.take("a")
    clock.now += 1000
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]


def test_any_number_of_askers_takes_no_more_memory_and_no_more_requests() -> None:
    clock = Clock()
    buckets = Buckets(Rate(burst=2, per_second=1), clock, most=10)
    admitted = sum(buckets.take(str(asker)) == 0 for asker in range(1000))
    assert admitted == 10 + 2
    clock.now += 2
    assert buckets.take("a later one") == 0


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::1%eth0", True),
        ("unix", "unix", True),
    ],
)
def test_one_network_of_ipv6_is_one_asker(one: str, other: str, alike: bool) -> None:
    assert (address_key(one) == address_key(other)) is alike
