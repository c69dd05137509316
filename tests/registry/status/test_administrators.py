"""Administrators of the status page: what opens a session, what ends it, and what is written down of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.database import ask
from kiosk.registry.status.administrators import Administrators, Asked, LoggedIn, NotLoggedIn, Refusal
from kiosk.registry.status.one_time_codes import code_at
from kiosk.registry.status.sessions import IDLE_SECONDS, LONGEST_SECONDS
from kiosk.registry.status.tries import FREE
from tests.support.backup.server_machine import ServerMachine
from tests.support.registry.administrator import CHEAP, PASSWORD

NewMachine = Callable[..., ServerMachine]


class Desk:
    """One administrator on a machine whose clock the test holds."""

    def __init__(self, machine: ServerMachine) -> None:
        self.machine = machine
        self.administrators = self.another_server()
        secret = self.administrators.add("tanaka", PASSWORD)
        assert secret is not None
        self.secret = secret

    def another_server(self, site_key: bytes | None = None) -> Administrators:
        return Administrators(self.machine.ledger, site_key or self.machine.site_key, lambda: self.machine.now, CHEAP)

    @property
    def right(self) -> Asked:
        return Asked("tanaka", PASSWORD, code_at(self.secret, int(self.machine.now.timestamp())), "192.0.2.1")

    def later(self, seconds: float) -> None:
        self.machine.now += timedelta(seconds=seconds)

    def session(self) -> str:
        result = self.administrators.log_in(self.right)
        assert isinstance(result, LoggedIn)
        return result.secret

    def acts(self) -> list[tuple[str, str | None, str]]:
        trail = self.machine.ledger.database.read(lambda database: AuditTrail(database).page(0))
        return [(row.act, row.operator, row.checked) for row in trail if row.act.startswith(("admin", "status"))]


@pytest.fixture
def desk(new_machine: NewMachine) -> Desk:
    return Desk(new_machine().found())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def shared(request: pytest.FixtureRequest, new_machine: NewMachine) -> Desk:
    return Desk(new_machine(request.param).found())


def test_all_three_are_needed_and_nobody_hears_which_was_wrong(desk: Desk) -> None:
    right = desk.right
    wrong = (
        replace(right, name="suzuki"),
        replace(right, name="\r\n"),
        replace(right, password=PASSWORD + "!"),
        replace(right, code="000000" if right.code != "000000" else "000001"),
        replace(right, code=""),
    )
    assert {desk.administrators.log_in(one) for one in wrong} == {NotLoggedIn(Refusal.WRONG)}
    assert isinstance(desk.administrators.log_in(right), LoggedIn)


def test_a_code_opens_one_session_also_at_another_server(shared: Desk) -> None:
    asked = shared.right
    assert isinstance(shared.administrators.log_in(asked), LoggedIn)
    assert shared.administrators.log_in(asked) == shared.another_server().log_in(asked) == NotLoggedIn(Refusal.WRONG)
    shared.later(30)
    assert isinstance(shared.another_server().log_in(shared.right), LoggedIn)


def test_of_many_who_send_one_code_at_the_same_time_one_is_let_in(shared: Desk) -> None:
    asked, servers = shared.right, [shared.administrators, shared.another_server()]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: servers[number % 2].log_in(asked), range(8)))
    assert len([one for one in results if isinstance(one, LoggedIn)]) == 1
    assert {one.refusal for one in results if isinstance(one, NotLoggedIn)} <= {Refusal.WRONG, Refusal.PAUSED}


def test_a_session_is_known_to_every_server_until_it_is_left_or_nobody_uses_it(shared: Desk) -> None:
    secret = shared.session()
    for _ in range(3):
        shared.later(IDLE_SECONDS - 61)
        assert shared.another_server().session(secret) == "tanaka"
    shared.later(IDLE_SECONDS)
    assert shared.administrators.session(secret) is None
    secret = shared.session()
    shared.another_server().log_out(secret)
    assert shared.administrators.session(secret) is None
    assert shared.administrators.session(secret + "x") is None


def test_no_session_lasts_longer_than_half_a_day(desk: Desk) -> None:
    secret, begun = desk.session(), desk.machine.now
    while desk.administrators.session(secret):
        desk.later(IDLE_SECONDS - 1)
    assert desk.machine.now - begun <= timedelta(seconds=LONGEST_SECONDS + IDLE_SECONDS)


def test_who_is_removed_or_reset_is_out_at_once(desk: Desk) -> None:
    secret, before = desk.session(), desk.right
    renewed = desk.administrators.reset("tanaka", "another password")
    assert renewed is not None
    assert desk.administrators.session(secret) is None
    desk.later(60)
    assert desk.administrators.log_in(replace(before, code=desk.right.code)) == NotLoggedIn(Refusal.WRONG)
    desk.secret = renewed
    result = desk.administrators.log_in(replace(desk.right, password="another password"))
    assert isinstance(result, LoggedIn)
    assert desk.administrators.drop("tanaka")
    assert desk.administrators.session(result.secret) is None
    assert not desk.administrators.is_anybody()
    assert not desk.administrators.drop("tanaka")
    assert (desk.administrators.reset("tanaka", PASSWORD), desk.administrators.all()) == (None, [])


def test_wrong_tries_have_to_wait_at_every_server_and_not_for_good(desk: Desk) -> None:
    wrong = replace(desk.right, password="wrong")
    for _ in range(FREE):
        assert desk.administrators.log_in(wrong) == NotLoggedIn(Refusal.WRONG)
    assert desk.another_server().log_in(desk.right) == NotLoggedIn(Refusal.PAUSED, 30)
    # Somebody else, elsewhere, does not notice.
    assert isinstance(desk.administrators.log_in(replace(desk.right, address="198.51.100.1")), LoggedIn)
    desk.later(31)
    assert isinstance(desk.another_server().log_in(desk.right), LoggedIn)
    assert [act for act, *_ in desk.acts()] == ["administrator-added", "status-login-refused", "status-login", "status-login"]


def test_a_name_that_nobody_has_waits_alike(desk: Desk) -> None:
    for name in ("tanaka", "suzuki", "no name"):
        wrong = replace(desk.right, name=name, password="wrong")
        told = [desk.administrators.log_in(wrong) for _ in range(FREE + 1)]
        assert told == [NotLoggedIn(Refusal.WRONG)] * FREE + [NotLoggedIn(Refusal.PAUSED, 30)], name
    desk.later(31)
    assert desk.administrators.log_in(replace(desk.right, name="suzuki")) == NotLoggedIn(Refusal.WRONG)


def test_the_trail_says_who_did_what_and_no_secret(desk: Desk) -> None:
    desk.session()
    desk.administrators.reset("tanaka", PASSWORD)
    desk.administrators.drop("tanaka")
    assert desk.acts() == [
        ("administrator-added", None, "tanaka"),
        ("status-login", "tanaka", ""),
        ("administrator-reset", None, "tanaka"),
        ("administrator-removed", None, "tanaka"),
    ]
    assert desk.machine.ledger.verify().findings == ()


def test_an_account_of_another_site_key_is_listed_and_opens_nothing_until_it_is_reset(desk: Desk) -> None:
    rotated = desk.another_server(b"n" * 32)
    assert [(one.name, one.is_readable) for one in rotated.all()] == [("tanaka", False)]
    assert rotated.log_in(desk.right) == NotLoggedIn(Refusal.WRONG)
    assert rotated.add("tanaka", PASSWORD) is None
    assert rotated.reset("tanaka", PASSWORD) is not None
    assert [one.is_readable for one in rotated.all()] == [True]


def test_secrets_are_not_in_the_database(shared: Desk) -> None:
    secret = shared.session()
    with shared.machine.ledger.database.reading() as database:
        notes = str(ask(database, "SELECT name, value FROM meta").fetchall())
    assert [told for told in (PASSWORD, secret, shared.secret.hex(), "192.0.2.1") if told in notes] == []


def test_a_new_site_key_ends_the_sessions_of_those_who_cannot_log_in_any_more(desk: Desk) -> None:
    secret = desk.session()
    desk.machine.rotate()
    administrators = desk.another_server()
    assert administrators.session(secret) is None
    assert [one.is_readable for one in administrators.all()] == [False]
    assert desk.machine.ledger.verify().findings == ()
