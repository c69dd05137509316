"""The check at the end of a trial: it notices each thing that may be wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.registry.agreement import LINK, REPLACE, UNLINK, Act, Log, disagreements
from tests.support.registry.tables import Fed, Link, Registry

A, B, C = (bytes([number]) * 32 for number in (1, 2, 3))
ONE, TWO = "2104067853", "2104067861"
SINCE = "2026-11-22T00:00:00+00:00"


def log_of(*acts: Act) -> Log:
    return Log({act.uuid: act for act in acts}, confirmed={act.uuid for act in acts})


def link(token: bytes, number: str, operation: str, position: int, counter: str = "east") -> Link:
    return (token, number, SINCE, counter, operation, position)


# East links A and B; west puts C in the place of A, then stops number two.
LOG = log_of(
    Act("a", "east", LINK, ONE, A, 1, (7, 0)),
    Act("b", "east", LINK, TWO, B, 2, (7, 0)),
    Act("c", "west", REPLACE, ONE, C, 1, (7, 2)),
    Act("d", "west", UNLINK, TWO, B, 2, (7, 2)),
)
FEED = (Fed(1, "a", "east", 1), Fed(2, "b", "east", 2), Fed(3, "c", "west", 1), Fed(4, "d", "west", 2))
STANDS = (link(C, ONE, "c", 3, "west"),)
REGISTRY = Registry(7, 4, 1, 0, (), STANDS, FEED, {"a": 1, "b": 2, "c": 3, "d": 4})


def test_what_agrees_is_not_complained_of() -> None:
    assert disagreements(REGISTRY, {"east": STANDS, "west": STANDS}, LOG) == []


OTHER = (link(C, TWO, "c", 3, "west"),)


@pytest.mark.parametrize(
    ("registry", "stores", "told"),
    [
        (REGISTRY, {"east": ()}, "east has None"),
        (REGISTRY, {"east": OTHER}, "east has"),
        (REGISTRY, {"east": STANDS * 2}, "east has a token twice"),
        (replace(REGISTRY, count=2), {}, "the head counts 2 links"),
        (replace(REGISTRY, feed=FEED[:-1]), {}, "the feed has a gap"),
        (replace(REGISTRY, feed=(*FEED, Fed(5, "d", "west", 2)), cursor=5), {}, "operation twice in the feed"),
        (replace(REGISTRY, answers={"a": 1, "b": 2, "c": 3}), {}, "confirmed, and yet the server says None"),
        (replace(REGISTRY, answers=REGISTRY.answers | {"d": "stopped-since"}), {}, "confirmed, and yet the server says stopped-since"),
        (replace(REGISTRY, links=(*STANDS, link(B, TWO, "b", 2)), count=2), {}, "1 links are not what the feed makes of them"),
        (replace(REGISTRY, links=(*STANDS, link(B, ONE, "b", 2)), count=2), {}, "linked twice: number"),
    ],
    ids=range(10),
)
def test_what_is_wrong_is_named(registry: Registry, stores: dict[str, tuple[Link, ...]], told: str) -> None:
    found = disagreements(registry, stores, LOG)
    assert [one for one in found if one.startswith(told)], found


def test_an_operation_that_nobody_made_and_one_that_was_never_answered() -> None:
    known = {uuid: act for uuid, act in LOG.acts.items() if uuid != "d"}
    waiting = Act("e", "east", LINK, "2104067879", A, 3, (7, 4))
    found = disagreements(REGISTRY, {}, Log({**known, "e": waiting}, confirmed={"a", "b", "c"}))
    assert found[0] == f"in the feed, and nobody did it: {FEED[3]}"
    assert found[1].startswith("1 were never answered")


def revived(known: tuple[int, int], counter: str = "east", sequence: int = 3) -> list[str]:
    """Number two, stopped at 4, is linked again at 5 by who knew so much."""
    links = (*STANDS, link(B, TWO, "e", 5, counter))
    feed = (*FEED, Fed(5, "e", counter, sequence))
    registry = Registry(7, 5, 2, 0, (), links, feed, {**REGISTRY.answers, "e": 5})
    log = log_of(*LOG.acts.values(), Act("e", counter, LINK, TWO, B, sequence, known))
    return disagreements(registry, {}, log)


def test_a_stopped_card_that_is_alive() -> None:
    assert revived((7, 4)) == []
    assert revived((7, 3))[0].startswith("alive although stopped at 4")
    assert revived((6, 900))[0].startswith("alive although stopped at 4"), "an epoch nobody knows of"
    assert revived((7, 2), "west", 3) == [], "one counter may unlink a number and link its new card"


def test_what_was_confirmed_and_lost_with_a_backup_may_be_refused() -> None:
    registry = replace(REGISTRY, links=(link(A, ONE, "a", 1),), feed=(FEED[0],), cursor=1, answers={"a": 1, "b": "linked-elsewhere"})
    log = Log({"a": LOG.acts["a"], "b": LOG.acts["b"]}, {"a", "b"}, {"b": "linked-elsewhere"})
    assert disagreements(registry, {}, log, was_restored=True) == []
    assert disagreements(registry, {}, log) != []


def test_what_was_refused_may_be_forgotten_by_a_restored_server_but_not_accepted() -> None:
    refused = Act("e", "east", LINK, "2104067879", A, 3, (7, 4))
    log = Log({**LOG.acts, "e": refused}, set(LOG.acts), {"e": "stopped-since"})
    assert disagreements(REGISTRY, {}, log, was_restored=True) == []
    assert len(disagreements(REGISTRY, {}, log)) == 1
    links = (*STANDS, link(A, "2104067879", "e", 5))
    accepted = Registry(7, 5, 2, 0, (), links, (*FEED, Fed(5, "e", "east", 3)), {**REGISTRY.answers, "e": 5})
    assert len(disagreements(accepted, {}, log, was_restored=True)) == 1
