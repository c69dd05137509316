"""What another program is told of the patron being served: the number while they are, and nothing of it afterwards."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.local_client import LocalClient, fresh_token, token_hash
from kiosk.domain.model import LibraryCardNumber
from kiosk.store.repository import Repository
from tests.support.local_api.asking import PATH, ask, closed, opened, raw, told
from tests.support.local_api.counter import NUMBER, PAGE, CounterWithApi
from tests.support.wait import LIMIT, wait_until

NEXT = LibraryCardNumber("2104067861")


def test_a_program_that_waits_is_told_of_the_card_and_of_the_end(counter: CounterWithApi) -> None:
    answers: list[Any] = []
    waiting = threading.Thread(target=lambda: answers.append(ask(counter.port, counter.program_token)))
    waiting.start()
    counter.serve()
    waiting.join()
    (first,) = answers
    assert (first.status, first.json["event"], first.json["number"]) == (200, "card-verified", NUMBER.text)
    assert first.headers["cache-control"] == "no-store"
    counter.leave()
    left = ask(counter.port, counter.program_token, path=f"{PATH}?after={first.json['mark']}")
    assert left.json == {"event": "patron-left", "mark": left.json["mark"]}
    assert counter.hand_outs() == [("program", NUMBER.masked)]


def test_a_page_hears_of_one_patron_after_the_other(counter: CounterWithApi) -> None:
    with opened(counter.port, counter.page_token, PAGE) as page:
        counter.serve()
        assert told(page)["number"] == NUMBER.text
        counter.leave()
        assert told(page)["event"] == "patron-left"
        counter.serve(NEXT)
        assert told(page)["number"] == NEXT.text
    assert counter.hand_outs() == [("page", NUMBER.masked), ("page", NEXT.masked)]


def test_who_asks_while_the_patron_is_served_is_told(counter: CounterWithApi) -> None:
    counter.serve()
    with opened(counter.port, counter.program_token) as program:
        assert told(program)["number"] == NUMBER.text
    assert ask(counter.port, counter.page_token, {"Origin": PAGE}).json["number"] == NUMBER.text
    assert counter.hand_outs() == [("program", NUMBER.masked), ("page", NUMBER.masked)]


def test_who_asks_afterwards_is_told_that_the_patron_has_left(counter: CounterWithApi) -> None:
    counter.serve()
    mark = ask(counter.port, counter.program_token).json["mark"]
    counter.leave()
    run, _, turn = mark.partition("-")
    for earlier in (mark, f"{run}-{int(turn) - 1}", "00000000-1"):
        assert ask(counter.port, counter.program_token, path=f"{PATH}?after={earlier}").json["event"] == "patron-left"
    assert counter.hand_outs() == [("program", NUMBER.masked)]


def test_a_patron_who_leaves_while_the_hand_out_is_recorded_is_told_of_to_nobody(
    counter: CounterWithApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, left = Repository.record_hand_out, threading.Semaphore(0)

    def slowly(store: Repository, client: str, number: LibraryCardNumber) -> None:
        record(store, client, number)
        counter.leave()
        left.release()

    monkeypatch.setattr(Repository, "record_hand_out", slowly)
    with opened(counter.port, counter.page_token, PAGE) as page:
        # Often: who is first, the number or the news that nobody is served, differs from time to time.
        for _ in range(20):
            counter.serve()
            assert left.acquire(timeout=LIMIT)
        monkeypatch.undo()
        assert len(counter.hand_outs()) == 20
        counter.serve(NEXT)
        heard = [told(page)]
        while heard[-1].get("number") != NEXT.text:
            heard.append(told(page))
    assert [event for event in heard if event.get("number") == NUMBER.text] == []


def test_nothing_is_recorded_for_a_program_that_has_gone(counter: CounterWithApi) -> None:
    with opened(counter.port, counter.page_token, PAGE) as page, opened(counter.port, counter.program_token) as gone:
        counter.serve()
        assert told(page), told(gone)
        counter.leave()
        assert told(page), told(gone)
        gone.close()
        counter.serve(NEXT)
        assert told(page)["number"] == NEXT.text
    assert ("program", NEXT.masked) not in counter.hand_outs()


def test_a_client_that_is_revoked_is_told_nothing_more(counter: CounterWithApi) -> None:
    with opened(counter.port, counter.page_token, PAGE) as page:
        counter.serve()
        assert told(page)["number"] == NUMBER.text
        counter.store.revoke_local_client("page")
        counter.serve(NEXT)
        assert closed(page) == (4401, "token-unknown")
    assert counter.hand_outs() == [("page", NUMBER.masked)]
    assert ask(counter.port, counter.page_token, {"Origin": PAGE}).error == (401, "token-unknown")


def test_a_client_that_is_added_may_ask_at_once(counter: CounterWithApi) -> None:
    token = fresh_token()
    counter.store.add_local_client(LocalClient("second", token_hash(token)))
    counter.serve()
    wait_until(lambda: ask(counter.port, token).status == 200, "the new client")
    assert counter.hand_outs()[-1] == ("second", NUMBER.masked)


@pytest.mark.linux("renames the store while it is open")
def test_what_cannot_be_recorded_is_not_handed_out(counter: CounterWithApi, tmp_path: Path) -> None:
    (tmp_path / "kiosk.db").rename(tmp_path / "elsewhere.db")
    counter.serve()
    assert ask(counter.port, counter.program_token).error == (503, "not-recorded")


def test_a_page_that_is_reloaded_for_ever_is_told_twenty_times(counter: CounterWithApi) -> None:
    counter.serve()
    answers = [ask(counter.port, counter.program_token).status for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert len(counter.hand_outs()) == 20


def test_who_does_not_read_is_told_no_number_later_on(counter: CounterWithApi) -> None:
    """Many requests in one connection, whose answers would wait there: one is answered."""
    counter.serve()
    request = f"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{counter.port}\r\nAuthorization: Bearer {counter.program_token}\r\n\r\n".encode()
    answered = raw(counter.port, request * 50)
    assert answered.count(NUMBER.text.encode()) == 1
    assert len(counter.hand_outs()) == 1
