"""TLS with the library's own CA: a server that cannot authenticate receives nothing, least of all in plain text."""

from __future__ import annotations

import ipaddress
import os
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.domain.circulation import Item, Outcome
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import IlsCondition, Service
from tests.support.ils.scripted_server import BOOK, LENT, NUMBER, PATRON, Line, Station, answering, client_of, hang_up
from tests.support.wait import SOON

NAME = "sip.library.example"
SHORT = 0.2


@dataclass
class Authority:
    """A certificate authority of a library's own."""

    folder: Path
    name: str

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = self._builder(self._subject, self._key).add_extension(x509.BasicConstraints(True, 0), critical=True)
        self._certificate = builder.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())
        self.file = self.folder / f"{self.name}.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, *, days: int = 30) -> ssl.SSLContext:
        """What a server of this authority presents: a certificate for NAME and for the loopback address."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]), key, days)
        authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            builder.add_extension(names, critical=False).add_extension(authority_key, critical=False).sign(self._key, hashes.SHA256())
        )
        file = self.folder / f"server-{self.name}-{days}.pem"
        encrypted = serialization.NoEncryption()
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encrypted)
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int = 30) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "library")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "stranger")


def test_the_right_authority_and_the_right_name(authority: Authority) -> None:
    talk = answering({"63": PATRON, "11": LENT})
    with Station(talk, tls=authority.server()) as station:
        for name in ("", NAME):
            with client_of(station.port, tls=True, ca_file=str(authority.file), server_name=name) as client:
                assert client.patron(NUMBER).checked
                assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
                assert client.keep_alive() is IlsCondition.READY
        # what TLS 1.3 sends of its own (session tickets) is no stale answer
        assert station.connections == 2


@pytest.mark.parametrize("name", ["other.library.example", "library.example", "bad..name", "localhost"])
def test_a_wrong_name(authority: Authority, name: str) -> None:
    with Station(answering({"63": PATRON}), tls=authority.server()) as station:
        with client_of(station.port, tls=True, ca_file=str(authority.file), server_name=name) as client:
            with pytest.raises(Unavailable, match=Code.ILS_NOT_TRUSTED.value):
                client.patron(NUMBER)
            assert client.condition is IlsCondition.NOT_TRUSTED
        assert station.received == []


def test_a_wrong_authority(authority: Authority, stranger: Authority) -> None:
    with Station(answering({"63": PATRON}), tls=stranger.server()) as station:
        # neither with the library's authority nor with those of the system
        for file in (str(authority.file), ""):
            with client_of(station.port, tls=True, ca_file=file) as client, pytest.raises(Unavailable, match=Code.ILS_NOT_TRUSTED.value):
                client.patron(NUMBER)
        assert station.received == []


def test_an_expired_certificate(authority: Authority) -> None:
    with Station(answering({"63": PATRON}), tls=authority.server(days=-1)) as station:
        with (
            client_of(station.port, tls=True, ca_file=str(authority.file)) as client,
            pytest.raises(Unavailable, match=Code.ILS_NOT_TRUSTED.value),
        ):
            client.patron(NUMBER)
        assert station.received == []


@pytest.mark.linux("file modes")
def test_a_file_that_others_may_write_is_not_trusted(tmp_path: Path, authority: Authority) -> None:
    file = tmp_path / "authority.pem"
    file.write_bytes(authority.file.read_bytes())
    file.chmod(0o666)
    with Station(answering(), tls=authority.server()) as station, client_of(station.port, tls=True, ca_file=str(file)) as client:
        assert client.keep_alive() is IlsCondition.NOT_TRUSTED
        assert station.connections == 0


@pytest.mark.linux("named pipes")
def test_a_pipe_as_authority_is_not_waited_for(tmp_path: Path, authority: Authority) -> None:
    os.mkfifo(tmp_path / "authority.pem", 0o600)
    file = str(tmp_path / "authority.pem")
    with Station(answering(), tls=authority.server()) as station, client_of(station.port, tls=True, ca_file=file) as client:
        assert client.keep_alive() is IlsCondition.NOT_TRUSTED
        assert station.connections == 0


@pytest.mark.parametrize("content", [None, b"", "図書館".encode(), b"no certificate"])
def test_a_file_that_holds_no_authority(tmp_path: Path, authority: Authority, content: bytes | None) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_bytes(content)
    with Station(answering(), tls=authority.server()) as station, client_of(station.port, tls=True, ca_file=str(file)) as client:
        assert client.keep_alive() is IlsCondition.NOT_TRUSTED
        assert station.connections == 0


def test_a_plain_server_that_waits_for_the_end_of_a_line_has_a_limit_and_is_told_nothing(authority: Authority) -> None:
    seen: list[bytes] = []

    def wait(line: Line) -> None:
        seen.append(line.read_all())

    with Station(wait) as station:
        with client_of(station.port, tls=True, ca_file=str(authority.file), answer_seconds=SHORT) as client:
            began = time.monotonic()
            with pytest.raises(Unavailable, match=Code.ILS_NOT_TRUSTED.value):
                client.patron(NUMBER)
            assert SHORT <= time.monotonic() - began < SOON
            # not even a second time, in the clear
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.REFUSED
    assert len(seen) == 1
    assert seen[0][:1] == b"\x16"
    assert b"kiosk" not in seen[0]


def test_a_plain_server_that_answers_at_once(authority: Authority) -> None:
    def greet(line: Line) -> None:
        line.say(b"login: ")
        line.wait_for_end()

    with Station(greet) as station, client_of(station.port, tls=True, ca_file=str(authority.file)) as client:
        assert client.keep_alive() is IlsCondition.NOT_TRUSTED


def test_a_server_that_closes_over_the_greeting_is_unreachable(authority: Authority) -> None:
    with Station(Line.close) as station, client_of(station.port, tls=True, ca_file=str(authority.file)) as client:
        assert client.keep_alive() is IlsCondition.UNREACHABLE


def test_plain_to_a_server_that_wants_tls(authority: Authority) -> None:
    with Station(answering({"63": PATRON}), tls=authority.server()) as station, client_of(station.port, answer_seconds=SHORT) as client:
        assert client.keep_alive() is IlsCondition.UNREACHABLE
        assert station.received == []


def test_a_line_cut_over_tls_is_found_out(authority: Authority) -> None:
    listed = PATRON.replace("AU1100000000033|", f"AU{BOOK}|")
    talks = (answering({"11": hang_up}), answering({"63": listed, "17": f"18040201{'20261123    185033'}AB{BOOK}|AJ本|"}))
    with Station(*talks, tls=authority.server()) as station:
        with client_of(station.port, tls=True, ca_file=str(authority.file)) as client:
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is Outcome.DONE
        assert station.kinds().count("11") == 1


def test_a_server_that_hangs_over_tls_has_a_limit(authority: Authority) -> None:
    with Station(answering({"63": None}), tls=authority.server()) as station:
        with client_of(station.port, tls=True, ca_file=str(authority.file), answer_seconds=SHORT) as client:
            began = time.monotonic()
            with pytest.raises(Unavailable, match=Code.ILS_UNREACHABLE.value):
                client.patron(NUMBER)
            assert time.monotonic() - began < SOON
