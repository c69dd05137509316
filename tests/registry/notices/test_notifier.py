"""Notices as they go out: by a real mail server and a real HTTP endpoint, once for each failure and once when it is over."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from kiosk.config.registry_settings import MailSecurity, NoticeSettings
from kiosk.domain.wire import Position
from kiosk.registry.answers import Contact
from kiosk.registry.backup.keeper import BackupPlan
from kiosk.registry.backup.timetable import Timetable
from kiosk.registry.notices.channels import Channel, Mail, Webhook
from kiosk.registry.notices.delivery import NotDelivered, Trouble
from kiosk.registry.notices.notifier import Notifier
from kiosk.registry.notices.words import trial_notice
from kiosk.registry.status.overview import Overview
from kiosk.registry.status.overview_page import overview_page
from kiosk.text import say
from tests.support.backup.server_machine import BEGUN, ServerMachine
from tests.support.notices.mail_server import mail_server
from tests.support.notices.web_endpoint import WebEndpoint
from tests.support.ports import free_port
from tests.support.registry.certificate import write_certificate

pytestmark = pytest.mark.linux("aiosmtpd is Debian's")
NewMachine = Callable[..., ServerMachine]
ADDRESS = "https://registry.example.jp:8443/status"


def mail(
    port: int,
    security: MailSecurity = MailSecurity.NONE,
    seconds: float = 30,
    *,
    user: str = "",
    password_file: str = "",
    second: str = "kacho@lib.example.jp",
) -> Mail:
    return Mail(
        NoticeSettings(("kanri@lib.example.jp", second), "registry@lib.example.jp", "localhost", port, security, user, password_file),
        Path("/"),
        seconds,
    )


class Watched:
    """A library of one counter, looked at by servers over one database."""

    def __init__(self, machine: ServerMachine, *channels: Channel) -> None:
        self.machine, self.channels = machine, channels
        machine.enrol("中央1")
        self.hear()
        names = [one.name for one in channels]
        self.overview = Overview(machine.ledger, machine.site_key, self._plan, lambda: machine.now, lambda: None, names)
        self.notifier = self.another_server()

    @property
    def _plan(self) -> BackupPlan:
        folder = self.machine.folder
        return BackupPlan(self.machine.backups, self.machine.keys, folder / "lock", folder / "failure.json", Timetable(2, 0), 14)

    def another_server(self) -> Notifier:
        return Notifier(
            self.machine.ledger,
            self.channels,
            self.overview.figures,
            silent_after=timedelta(hours=24),
            server="here",
            address=ADDRESS,
            clock=lambda: self.machine.now,
        )

    def hear(self, *, differs: bool = False) -> None:
        head: Position = self.machine.ledger.head().position
        self.machine.ledger.heard_all({"中央1": Contact(head, pending=0, version="0.1.0", differs=differs)})

    def later(self, **passed: float) -> None:
        self.machine.now = self.machine.now + timedelta(**passed)
        self.notifier.look()

    def page(self) -> str:
        return bytes(overview_page(self.overview.figures(), "tanaka", "f" * 64).body).decode()


@pytest.fixture
def endpoint() -> Iterator[WebEndpoint]:
    opened = WebEndpoint()
    with opened.served():
        yield opened


def test_a_silent_counter_is_told_once_by_mail_and_webhook_and_once_when_it_is_heard_again(
    new_machine: NewMachine, endpoint: WebEndpoint, tmp_path: Path
) -> None:
    with mail_server(tmp_path / "mails") as server:
        watched = Watched(new_machine().found(), mail(server.port), Webhook(endpoint.url))
        watched.later(hours=23)
        assert (server.received(), endpoint.received) == ([], [])
        watched.later(hours=1, minutes=1)
        watched.later(hours=1)
        # Another server over the same database, and this one after a restart, know that it was told.
        watched.another_server().look()
        watched.hear()
        watched.later(minutes=1)
        watched.later(minutes=1)
        begun, over = server.received()
    assert begun["Subject"] == "連携台帳サーバーの異常(1件)"
    assert begun["To"] == "kanri@lib.example.jp, kacho@lib.example.jp"
    assert (begun["From"], begun["Auto-Submitted"]) == ("registry@lib.example.jp", "auto-generated")
    assert begun.get_content().splitlines() == [
        "次の異常があります。",
        "- 窓口「中央1」から連絡がありません(2026-12-02 18:01:00 から)",
        "",
        f"状況の画面: {ADDRESS}",
    ]
    assert over["Subject"] == "連携台帳サーバーの異常がおさまりました(1件)"
    assert "(2026-12-02 18:01:00 から 2026-12-02 19:02:00 まで)" in over.get_content()
    assert [(told["path"], told["type"]) for told in endpoint.received] == [("/hook?key=1", "application/json")] * 2
    assert "中央1" in endpoint.received[0]["text"]
    since = "2026-12-02T18:01:00+09:00"
    assert endpoint.received[0]["events"] == [{"kind": "counter-silent", "counter": "中央1", "since": since, "over": None}]
    assert endpoint.received[1]["events"][0]["over"] == "2026-12-02T19:02:00+09:00"
    assert watched.machine.ledger.verify().findings == ()


def test_a_mail_server_that_is_away_is_seen_on_the_page_and_in_the_log_and_tried_again_and_the_webhook_does_not_wait(
    new_machine: NewMachine, endpoint: WebEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk.registry.notices")
    port = free_port()
    watched = Watched(new_machine().found(), mail(port), Webhook(endpoint.url))
    watched.hear(differs=True)
    for _ in range(4):
        watched.later(seconds=30)
    assert len(endpoint.received) == 1
    assert [record.getMessage() for record in caplog.records] == ["a notice did not go out: mail, unreachable"]
    why = say("status.notices.why.unreachable")
    assert say("status.attention.notices-failing", channel="メール", since="2026-12-01 18:00:30", why=why) in watched.page()
    watched.hear()
    with mail_server(tmp_path / "mails", port) as server:
        watched.later(seconds=30)
        assert server.received() == []
        watched.later(minutes=2)
        (both,) = server.received()
    assert "(2026-12-01 18:00:30 から 2026-12-01 18:02:30 まで)" in both.get_content()
    assert caplog.records[-1].getMessage() == "notices go out again: mail"
    assert say("status.notices.sent", at="2026-12-01 18:04:30") in watched.page()
    assert why not in watched.page()


def test_mail_goes_out_under_tls_to_a_server_that_is_trusted_and_to_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = tmp_path / "certificate.pem"
    write_certificate(certificate)
    with mail_server(tmp_path / "mails", certificate=certificate) as server:
        with pytest.raises(NotDelivered) as error:
            mail(server.port, MailSecurity.STARTTLS).send(trial_notice(ADDRESS), BEGUN)
        assert (error.value.trouble, server.received()) == (Trouble.CERTIFICATE, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mail(server.port, MailSecurity.STARTTLS).send(trial_notice(ADDRESS), BEGUN)
        (received,) = server.received()
    assert received["Subject"] == say("status.notice.trial-subject")


def test_a_recipient_that_the_mail_server_refuses_is_not_passed_over(
    new_machine: NewMachine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk.registry.notices")
    with mail_server(tmp_path / "mails") as server:
        watched = Watched(new_machine().found(), mail(server.port, second="kacho@lib..example.jp"))
        watched.hear(differs=True)
        watched.later(seconds=30)
        watched.later(minutes=2)
        assert len(server.received()) == 1, "who got it does not get it again"
    assert [record.getMessage() for record in caplog.records] == ["a notice did not reach everybody it is for: mail"]


def test_mail_is_not_sent_in_clear_to_a_server_without_the_encryption_that_was_asked_for(tmp_path: Path) -> None:
    with mail_server(tmp_path / "mails") as server:
        with pytest.raises(NotDelivered) as error:
            mail(server.port, MailSecurity.STARTTLS).send(trial_notice(ADDRESS), BEGUN)
        assert (error.value.trouble, server.received()) == (Trouble.NO_ENCRYPTION, [])


def test_what_is_no_mail_server_or_says_nothing_is_given_up_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for channel in (mail(port, seconds=0.3), Webhook(f"https://127.0.0.1:{port}/", 0.3), Webhook(f"http://127.0.0.1:{port}/", 0.3)):
            with pytest.raises(NotDelivered) as error:
                channel.send(trial_notice(ADDRESS), BEGUN)
            assert error.value.trouble is Trouble.NO_ANSWER
    for no_url in ("https://[x", "https://x:99999/"):
        with pytest.raises(NotDelivered) as error:
            Webhook(no_url).send(trial_notice(ADDRESS), BEGUN)
        assert error.value.trouble is Trouble.UNREACHABLE
    with pytest.raises(NotDelivered) as error:
        mail(free_port(), user="kiosk", password_file=str(tmp_path / "none")).send(trial_notice(ADDRESS), BEGUN)
    assert error.value.trouble is Trouble.UNREACHABLE


def test_who_says_a_little_at_a_time_is_given_up_in_time() -> None:
    stop = Event()

    def drip(server: socket.socket) -> None:
        with suppress(OSError), server.accept()[0] as connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.05):
                connection.sendall(b"X-More: yes\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=drip, args=(server,))
        thread.start()
        with pytest.raises(NotDelivered) as error:
            Webhook(f"http://127.0.0.1:{server.getsockname()[1]}/", 5.0, at_most=0.5).send(trial_notice(ADDRESS), BEGUN)
        stop.set()
        thread.join()
    assert error.value.trouble is Trouble.NO_ANSWER


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_an_endpoint_that_does_not_take_it_is_not_followed_elsewhere(endpoint: WebEndpoint, status: int) -> None:
    endpoint.status = status
    with pytest.raises(NotDelivered) as error:
        Webhook(endpoint.url).send(trial_notice(ADDRESS), BEGUN)
    assert (error.value.trouble, endpoint.received) == (Trouble.REFUSED, [])


def test_a_password_that_cannot_be_read_or_is_wrong_is_said_to_be(tmp_path: Path) -> None:
    with mail_server(tmp_path / "mails") as server:
        with pytest.raises(NotDelivered) as error:
            mail(server.port, user="kiosk", password_file=str(tmp_path / "none")).send(trial_notice(ADDRESS), BEGUN)
    assert error.value.trouble is Trouble.PASSWORD
