"""A whole ledger page by page: while it changes, over cuts, and what is shown of it."""

from __future__ import annotations

from kiosk.domain.events import LedgerLoading
from kiosk.domain.model import LibraryCardNumber, LinkToken, RegistryCondition, UnlinkReason
from kiosk.domain.wire import UnlinkOperation
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.sync.made_elsewhere import linked_elsewhere, made_elsewhere
from tests.support.sync.scripted_registry import Asked, Cut, Say, ScriptedRegistry


def pages(server: ScriptedRegistry) -> list[str | None]:
    """Behind which token each page was asked for."""
    return [asked.query.get("after") for asked in server.asked if asked.path == "/v1/snapshot"]


def are_alike(server: ScriptedRegistry, counter: EnrolledCounter) -> bool:
    there = {placed.link.number.text: token.digest for token, placed in server.ledger.links.items()}
    return counter.links() == there and counter.store.sum_up()[2] == server.status().digest


def test_pages_that_are_read_while_links_come_and_go_make_one_ledger(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    linked_elsewhere(server, 20)
    server.page = 3

    def busy(asked: Asked) -> None:
        """Between two pages a link is closed and another made, on both sides of the place where the reading is."""
        if asked.path != "/v1/snapshot":
            return
        for token, placed in (sorted(server.ledger.links.items(), key=lambda item: item[0].digest)[place] for place in (0, -1)):
            server.ledger.take(UnlinkOperation(made_elsewhere(server, 500), placed.link.number, UnlinkReason.LOST, token))
        linked_elsewhere(server, 2, begun=600)

    server.script = busy
    counter.start().until_condition(RegistryCondition.CURRENT)
    assert len(pages(server)) > 5
    assert are_alike(server, counter)
    assert counter.store.examine(aside=False) is None


def test_a_snapshot_that_was_cut_off_goes_on_where_it_was_also_in_another_run(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    linked_elsewhere(server, 12)
    server.page = 3

    def cut(asked: Asked) -> Say | None:
        if asked.path == "/v1/snapshot" and len(pages(server)) >= 3:
            raise Cut
        return None

    server.script = cut
    counter.start().until(lambda _: len(pages(server)) >= 4)
    counter.stop()
    begun = len(pages(server))
    server.script = lambda asked: None
    linked_elsewhere(server, 2, begun=100)
    counter.start().until_condition(RegistryCondition.CURRENT)
    assert are_alike(server, counter)
    assert None not in pages(server)[begun:]


def test_how_far_it_is_is_told_with_each_page(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    linked_elsewhere(server, 9)
    server.page = 3
    counter.start().until_condition(RegistryCondition.CURRENT)
    told = [(event.loaded, event.total) for event in counter.events if isinstance(event, LedgerLoading)]
    assert [loaded for loaded, _ in told] == sorted(loaded for loaded, _ in told)
    assert (told[0][0], told[-1]) == (3, (9, 9))


def test_what_is_done_here_meanwhile_is_sent_at_once(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    linked_elsewhere(server, 9)
    server.page = 3

    def stuck(asked: Asked) -> Say | None:
        return Say(503, b"", {"Retry-After": "300"}) if asked.path == "/v1/snapshot" and len(pages(server)) > 1 else None

    server.script = stuck
    counter.start().until(lambda _: len(pages(server)) > 1)
    token, number = LinkToken(bytes(32)), LibraryCardNumber("2104067853")
    counter.link(token, number)
    counter.until(lambda _: token in server.ledger.links)


def test_pages_that_do_not_follow_are_thrown_away(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    linked_elsewhere(server, 9)
    server.page = 3
    wrong = [True, True]

    def again(asked: Asked) -> Say | None:
        """The first page once more."""
        if asked.path == "/v1/snapshot" and "after" in asked.query and wrong:
            wrong.pop()
            del asked.query["after"]
        return None

    server.script = again
    counter.start().until_condition(RegistryCondition.CURRENT)
    assert are_alike(server, counter)


def test_what_was_loaded_in_an_epoch_that_is_over_is_given_up(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    """All pages were there, and another epoch began before the feed led on from them: nothing ever will."""
    linked_elsewhere(server, 5)
    server.script = lambda asked: Say(503, b"") if pages(server) and asked.path == "/v1/feed" else None
    counter.start().until(lambda here: (staged := here.store.staged()) is not None and staged.is_loaded)
    counter.stop()
    server.ledger.back_up()
    server.ledger.restore()
    server.script = lambda asked: None
    counter.start().until_condition(RegistryCondition.CURRENT)
    assert are_alike(server, counter)
