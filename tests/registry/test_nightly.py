"""What the server does by itself each night, once, also with several servers over one database."""

from __future__ import annotations

import logging
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Thread

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import RegistrySettings
from kiosk.domain.errors import Unavailable
from kiosk.domain.registry_json import read_operation
from kiosk.ledger.notes import write_note
from kiosk.registry.answers import Batch
from kiosk.registry.authority import LIFE
from kiosk.registry.nightly import Checked, Nightly, last_check, night_before
from kiosk.registry.notes import VERIFIED
from kiosk.registry.opening import OpenedRegistry, open_registry
from kiosk.registry.tls import server_context
from tests.support.registry.handshake import shown
from tests.support.registry.rounds import Rounds
from tests.support.registry.sent_operations import Maker
from tests.support.wait import LIMIT, wait_until

HOUR = 3


class Night:
    """A server with a clock to set."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        home = RegistryHome(folder)
        home.prepare()
        self.registry: OpenedRegistry = open_registry(home, RegistrySettings(), begins=True, clock=lambda: self.now)
        self.registry.tls.renew(self.now)
        self.context = server_context(self.registry.tls)
        self.nightly = self.another()

    def another(self) -> Nightly:
        """The work of one more server over the same database."""
        return Nightly(self.registry.ledger, self.registry.tls, self.context, HOUR, lambda: self.now)

    def last(self) -> Checked:
        found = last_check(self.registry.ledger)
        assert found is not None
        return found


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    made = Night(tmp_path / "server")
    yield made
    made.registry.close()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-29T03:00:00+09:00", "2026-11-29T03:00:00+09:00"),
        ("2026-11-29T02:59:59+09:00", "2026-11-28T03:00:00+09:00"),
        ("2026-11-29T23:00:00+09:00", "2026-11-29T03:00:00+09:00"),
        ("2026-03-01T00:00:00+09:00", "2026-02-28T03:00:00+09:00"),
    ],
)
def test_a_night_begins_at_its_hour(now: str, expected: str) -> None:
    assert night_before(datetime.fromisoformat(now), HOUR) == datetime.fromisoformat(expected)


def test_the_first_work_is_done_at_the_start(night: Night) -> None:
    assert last_check(night.registry.ledger) is None
    night.nightly.tidy_and_verify()
    assert night.last() == Checked(night.now, ended=True)


def test_each_night_once(night: Night) -> None:
    night.nightly.tidy_and_verify()
    first = night.last()
    night.now += timedelta(seconds=1)
    night.nightly.tidy_and_verify()
    night.another().tidy_and_verify()
    assert night.last() == first
    night.now += timedelta(days=1)
    night.another().tidy_and_verify()
    assert night.last().begun == night.now


def test_a_night_that_a_wrong_clock_noted_ahead_does_not_end_all_others(night: Night) -> None:
    night.now += timedelta(days=365)
    night.nightly.tidy_and_verify()
    night.now -= timedelta(days=365)
    night.nightly.tidy_and_verify()
    assert night.last().begun == night.now


def test_what_was_altered_is_noted(night: Night) -> None:
    with closing(sqlite3.connect(night.registry.home.database)) as connection:
        connection.execute("UPDATE head SET links = 5")
        connection.commit()
    night.nightly.tidy_and_verify()
    assert night.last() == Checked(night.now, ended=True, found="links head")


def test_what_was_altered_while_no_server_ran_is_found_at_the_start(night: Night) -> None:
    night.nightly.run(Rounds(1))
    assert night.last().found == ""
    with closing(sqlite3.connect(night.registry.home.database)) as connection:
        connection.execute("UPDATE head SET links = 5")
        connection.commit()
    night.another().run(Rounds(1))
    assert night.last() == Checked(night.now, ended=True, found="links head")


@pytest.mark.parametrize("is_behind", [False, True])
def test_nothing_is_erased_while_counters_know_more(night: Night, is_behind: bool) -> None:
    """The next epoch cuts at the floor that was then: above it, every link that is sent again would be refused."""
    ledger = night.registry.ledger
    ledger.apply([Batch((read_operation(Maker("窓口2", (ledger.head().position.epoch, 0)).link()),))])
    night.now += timedelta(days=40)
    Nightly(ledger, night.registry.tls, night.context, HOUR, lambda: night.now, lambda: is_behind).tidy_and_verify()
    assert night.last().ended
    assert ledger.head().floor == (0 if is_behind else 1)


def test_a_note_that_nobody_of_ours_wrote_is_none(night: Night) -> None:
    with closing(sqlite3.connect(night.registry.home.database)) as connection:
        connection.execute("INSERT INTO meta VALUES ('nightly.verified', 'soon')")
        connection.commit()
    assert last_check(night.registry.ledger) is None
    night.nightly.tidy_and_verify()
    assert night.last().ended


def test_times_of_another_zone_are_the_same_moment() -> None:
    checked = Checked(datetime(2026, 11, 29, 3, tzinfo=timezone(timedelta(hours=9))), ended=True, found="links trail")
    assert Checked.decoded(checked.encoded()) == checked


def test_the_certificate_is_renewed_when_it_is_due(night: Night) -> None:
    before = night.registry.tls.ends()
    night.nightly.renew_certificate()
    assert night.registry.tls.ends() == before
    night.now += LIFE - timedelta(days=29)
    night.nightly.renew_certificate()
    assert night.registry.tls.ends() == night.now + LIFE


def test_the_running_servers_context_is_given_the_new_certificate(night: Night) -> None:
    """A context that has none yet shows none."""
    running = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    nightly = Nightly(night.registry.ledger, night.registry.tls, running, HOUR, lambda: night.now)
    (night.registry.home.folder / "keys" / "server.pem").unlink()
    nightly.renew_certificate()
    assert shown(running, trusting=night.registry.tls).not_valid_after_utc == night.registry.tls.ends()


def test_a_thread_does_it_until_it_is_stopped(night: Night) -> None:
    stopped = Event()
    thread = Thread(target=night.nightly.run, args=(stopped,))
    thread.start()
    wait_until(lambda: (found := last_check(night.registry.ledger)) is not None and found.ended, "the night's work")
    stopped.set()
    thread.join(LIMIT)
    assert not thread.is_alive()


def test_a_server_that_ends_leaves_the_night_to_the_next(night: Night) -> None:
    for number in range(70):  # enough rows of the trail for a pause between them
        night.registry.enrolment.open(f"窓口{number}", b"certificate")
    stopped = Event()

    def clock() -> datetime:
        stopped.set()
        return night.now

    registry = night.registry
    ending = Nightly(registry.ledger, registry.tls, night.context, HOUR, clock)
    ending.run(stopped)
    assert last_check(registry.ledger) is None
    night.nightly.tidy_and_verify()
    assert night.last().ended


def test_a_night_that_was_cut_off_is_begun_again_after_some_hours(night: Night) -> None:
    night.now = night_before(night.now.astimezone(), HOUR) + timedelta(hours=1)
    with night.registry.ledger.acting():
        begun = Checked(night.now, ended=False).encoded()
        write_note(night.registry.ledger.database.database, VERIFIED, begun)
    night.now += timedelta(hours=5)
    night.nightly.tidy_and_verify()
    assert not night.last().ended
    night.now += timedelta(hours=1)
    night.nightly.tidy_and_verify()
    assert night.last() == Checked(night.now, ended=True)


def test_what_fails_does_not_keep_the_rest_from_being_done(night: Night) -> None:
    """An authority that cannot be read: the certificate is not renewed, and the rows are compared all the same."""
    (night.registry.home.folder / "keys" / "authority.pem").write_bytes(b"noise")
    stopped = Event()
    thread = Thread(target=night.nightly.run, args=(stopped,))
    thread.start()
    wait_until(lambda: (found := last_check(night.registry.ledger)) is not None and found.ended, "the night's work")
    stopped.set()
    thread.join(LIMIT)
    assert not thread.is_alive()
    with pytest.raises(Unavailable):
        night.nightly.renew_certificate()


def test_a_bug_is_logged_once_and_not_each_minute(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    def clock() -> datetime:
        raise KeyError

    registry = night.registry
    Nightly(registry.ledger, registry.tls, night.context, HOUR, clock).run(Rounds(5))
    told = [record for record in caplog.records if record.getMessage().startswith("incident")]
    assert len(told) == 3, "one for each of its works"


def test_work_that_fails_each_minute_is_logged_once(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    authority = night.registry.home.folder / "keys" / "authority.pem"
    whole = authority.read_bytes()
    authority.write_bytes(b"noise")
    night.nightly.run(Rounds(100))
    told = [record.getMessage() for record in caplog.records if "night's work" in record.getMessage()]
    assert told == ["the night's work failed: certificate-unusable"]
    authority.write_bytes(whole)
    caplog.set_level(logging.INFO)
    night.nightly.run(Rounds(2))
    assert "the night's work goes on" in caplog.messages
