"""kiosk registry notices, as typed, and what `kiosk serve` tells by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.registry.answers import Contact
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.commands.server import opened
from tests.support.notices.mail_server import mail_server
from tests.support.notices.web_endpoint import WebEndpoint
from tests.support.ports import free_port
from tests.support.registry.server_process import RegistryProcess
from tests.support.wait import wait_until


@pytest.fixture
def endpoint() -> Iterator[WebEndpoint]:
    opened = WebEndpoint()
    with opened.served():
        yield opened


def test_where_nobody_is_to_be_told_that_is_said(registry: Call, begun: RegistryHome) -> None:
    said = registry("notices", "--try")
    assert (said.code, said.err.strip()) == (1, say("command.registry.notices.none", config=str(begun.config)))


def test_a_trial_goes_out_by_every_channel_and_each_says_whether_it_did(registry: Call, begun: RegistryHome, endpoint: WebEndpoint) -> None:
    to_nobody = f'mail_to = ["a@x.jp"]\nmail_from = "b@x.jp"\nmail_server = "127.0.0.1"\nmail_port = {free_port()}\n'
    begun.config.write_text(f'[notices]\n{to_nobody}webhook = "{endpoint.url}"\n', "utf-8")
    said = registry("notices", "--try")
    assert (said.code, said.out.strip()) == (1, say("command.registry.notices.sent", channel="Webhook"))
    why = say("status.notices.why.unreachable")
    assert said.err.strip() == say("command.registry.notices.not-sent", channel="メール", why=why)
    (received,) = endpoint.received
    assert say("status.notice.trial") in received["text"]
    listed = registry("notices")
    assert (listed.code, listed.out.count(say("command.registry.notices.never"))) == (0, 2)


@pytest.mark.linux("aiosmtpd is Debian's")
def test_a_trial_tells_of_a_recipient_that_is_refused(registry: Call, begun: RegistryHome, tmp_path: Path) -> None:
    with mail_server(tmp_path / "mails") as server:
        settings = f'mail_server = "127.0.0.1"\nmail_port = {server.port}\nmail_security = "none"\n'
        begun.config.write_text(f'[notices]\nmail_to = ["a@x.jp", "b@x..jp"]\nmail_from = "c@x.jp"\n{settings}', "utf-8")
        said = registry("notices", "--try")
        assert len(server.received()) == 1
    assert (said.code, said.err.strip()) == (1, say("command.registry.notices.not-all", channel="メール"))


def test_no_setting_of_a_notice_gives_a_secret_away(registry: Call, begun: RegistryHome, endpoint: WebEndpoint) -> None:
    begun.config.write_text(f'[notices]\nwebhook = "{endpoint.url}"\n', "utf-8")
    server = opened(begun)
    assert "key=1" not in repr(server.settings)
    server.close()


def test_a_server_tells_what_it_finds_and_shows_that_it_did(tmp_path: Path, endpoint: WebEndpoint) -> None:
    with RegistryProcess(tmp_path / "server") as server:
        (counter,) = server.enrol("中央1")
        registry = opened(server.home)
        registry.ledger.heard_all({counter.name: Contact(registry.ledger.head().position, pending=0, version="0.1.0", differs=True)})
        registry.close()
        server.stop(graceful=True)
        with server.home.config.open("a", encoding="utf-8") as config:
            config.write(f'[notices]\nwebhook = "{endpoint.url}"\n')
        server.start()
        wait_until(lambda: endpoint.received, "the notice")
        assert say("status.notice.counter-differs", name="中央1") in endpoint.received[0]["text"]
        server.restart(graceful=True)
        assert say("status.notice.counter-differs", name="中央1") in server.administer("notices")
        assert len(endpoint.received) == 1
