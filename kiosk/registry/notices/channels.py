"""The ways a notice goes out. Each attempt ends within its limits, and says in one word why it failed: never what a password was."""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.config.private_files import read_private
from kiosk.config.registry_settings import MailSecurity, NoticeSettings
from kiosk.config.text_encoding import NotUtf8, decoded
from kiosk.registry.notices.delivery import NotDelivered, Trouble
from kiosk.registry.notices.words import Notice
from kiosk.thread_timeout import in_time

_SECONDS = 10.0
"""For each answer of the other end."""
_AT_MOST = 60.0
"""For all of them: one that says a little every second would hold up other channels and the end of the server."""


class Channel(ABC):
    name: str
    at_most: float

    def send(self, notice: Notice, now: datetime) -> bool:
        """Returns whether it reached everybody it is for. Raises NotDelivered, if it reached nobody, or nobody knows."""
        try:
            return in_time(lambda: self._is_sent(notice, now), self.at_most, f"notice-{self.name}")
        except TimeoutError as error:
            raise NotDelivered(Trouble.NO_ANSWER) from error

    @abstractmethod
    def _is_sent(self, notice: Notice, now: datetime) -> bool:
        """As `send`, however long it takes."""


def channels_of(settings: NoticeSettings, folder: Path) -> list[Channel]:
    """Those that registry.toml names. `folder`: from which its paths are seen."""
    named: list[Channel] = []
    if settings.mail_to:
        named.append(Mail(settings, folder))
    if settings.webhook:
        named.append(Webhook(settings.webhook))
    return named


@dataclass(frozen=True, slots=True)
class Mail(Channel):
    settings: NoticeSettings
    folder: Path
    seconds: float = _SECONDS
    at_most: float = _AT_MOST
    name = "mail"

    def _is_sent(self, notice: Notice, now: datetime) -> bool:
        message = self._message(notice, now)
        with _translated(), self._connected() as server:
            # Raises only if all are refused: https://docs.python.org/3/library/smtplib.html#smtplib.SMTP.sendmail
            return not server.send_message(message, self.settings.mail_from, self.settings.mail_to)

    def _message(self, notice: Notice, now: datetime) -> EmailMessage:
        # The library's classes refuse line breaks in headers, and encode what is not ASCII (RFC 2047).
        message = EmailMessage(SMTP)
        message["From"] = self.settings.mail_from
        message["To"] = ", ".join(self.settings.mail_to)
        message["Subject"] = notice.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid("kiosk", self.settings.mail_from.rpartition("@")[2])
        # No out-of-office reply to it (RFC 3834, 5).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notice.text, cte="base64")
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        named, context = self.settings, ssl.create_default_context()
        if named.mail_security is MailSecurity.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(named.mail_server, named.mail_port, timeout=self.seconds, context=context)
        else:
            server = smtplib.SMTP(named.mail_server, named.mail_port, timeout=self.seconds)
        with server:
            if named.mail_security is MailSecurity.STARTTLS:
                try:
                    server.starttls(context=context)
                except smtplib.SMTPNotSupportedError as error:
                    raise NotDelivered(Trouble.NO_ENCRYPTION) from error
            if named.mail_user:
                server.login(named.mail_user, self._password())
            yield server

    def _password(self) -> str:
        try:
            lines = decoded(read_private(self.folder / self.settings.mail_password_file)).splitlines()
        except (OSError, NotUtf8) as error:
            raise NotDelivered(Trouble.PASSWORD) from error
        return lines[0].strip() if lines else ""


@dataclass(frozen=True, slots=True)
class Webhook(Channel):
    """A POST of JSON: `text` is what chat services show (Slack, Mattermost, Teams), `events` is for programs."""

    url: str = field(repr=False)
    seconds: float = _SECONDS
    at_most: float = _AT_MOST
    name = "webhook"

    def _is_sent(self, notice: Notice, now: datetime) -> bool:
        body = json.dumps({"text": f"{notice.subject}\n{notice.text}", "events": list(notice.events)}, ensure_ascii=False).encode()
        with _translated():
            url = urlsplit(self.url)
            target = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
            connection = self._connection(url.scheme, url.hostname or "", url.port)
            try:
                connection.request("POST", target, body, {"Content-Type": "application/json", "Connection": "close"})
                # What it says besides is not read: no redirect is followed, so nobody is led elsewhere.
                status = connection.getresponse().status
            finally:
                connection.close()
        if not 200 <= status < 300:
            raise NotDelivered(Trouble.REFUSED)
        return True

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self.seconds, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=self.seconds)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise NotDelivered(Trouble.CERTIFICATE) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotDelivered(Trouble.PASSWORD) from error
    except TimeoutError as error:
        raise NotDelivered(Trouble.NO_ANSWER) from error
    except (smtplib.SMTPServerDisconnected, http.client.HTTPException) as error:
        raise NotDelivered(Trouble.NO_ANSWER) from error
    except smtplib.SMTPException as error:
        raise NotDelivered(Trouble.REFUSED) from error
    except (OSError, ValueError) as error:
        # No such host, nobody there, no TLS; a name, a port or an address that none can have.
        raise NotDelivered(Trouble.UNREACHABLE) from error
