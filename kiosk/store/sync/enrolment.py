"""How a counter and the library's server come to know each other.

In this order, so that whoever stands between the two learns nothing: an unverified connection brings the authority's certificate, which
is public, and is closed; the certificate is compared with the pin in the code; a second connection trusts that authority alone and checks
the name of the host; only there the code's secret is said. Whoever shows the true authority without having the key of its server fails at
the second.
"""

from __future__ import annotations

from contextlib import closing

from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.registry_wire import PATH, Enrolment
from kiosk.domain.wire import Position
from kiosk.store.sync.client import RegistryClient, Said, Standing, ask_to_enrol
from kiosk.store.sync.connection import Connection, Limits
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority, Unverified, read_certificate
from kiosk.store.sync.unreachable import telling_why

_LIMITS = Limits(connect=10.0, silence=15.0, whole=30.0)


def shown_by(url: ServerUrl) -> Unverified:
    """What whoever answers at this address shows as the library's authority. Raises Unavailable."""
    with telling_why(url), closing(Connection.unverified(url, _LIMITS)) as anybody:
        reply = anybody.ask("GET", f"{PATH}/authority")
    try:
        if reply.status != 200:
            raise ValueError("no certificate")
        return Unverified(read_certificate(reply.body))
    except ValueError:
        raise Unavailable(Code.REGISTRY_ANSWER_UNEXPECTED) from None


def named_by(code: EnrolmentCode, shown: Unverified) -> Authority:
    """The authority, if it is the one that the code was made for. Raises Refused: enrolment-code-of-another."""
    if not code.names(shown.der):
        raise Refused(Code.ENROLMENT_CODE_OF_ANOTHER)
    return Authority(shown.der)


def enrol(url: ServerUrl, authority: Authority, code: EnrolmentCode, secret: str) -> Enrolment:
    """Say the code to the server that this authority vouches for, with the secret by which it will know this counter.

    Repeated with the same secret it gets the same answer. Raises Refused: enrolment-code-refused (`reason`); Unavailable.
    """
    with telling_why(url), closing(_verified(url, authority)) as server:
        said = ask_to_enrol(server, code.secret, secret)
    if isinstance(said, Enrolment):
        return said
    if said.error == Code.ENROLMENT_CODE_REFUSED:
        raise Refused(Code.ENROLMENT_CODE_REFUSED, reason=said.reason)
    raise Unavailable(Code.REGISTRY_ANSWER_UNEXPECTED)


def is_known_at(url: ServerUrl, authority: Authority, secret: str, version: str) -> bool:
    """Whether the server at this address, which may be a new one, knows this counter by its secret. Raises Unavailable."""
    with closing(_verified(url, authority)) as server:
        said = RegistryClient(server, secret, version).feed(Position(), Standing())
    if isinstance(said, Said) and said.ledger is None:
        if said.status in (401, 403):
            return False
        raise Unavailable(Code.REGISTRY_ANSWER_UNEXPECTED)
    return True


def leaves(url: ServerUrl, authority: Authority, secret: str, version: str) -> bool:
    """Tell the server that this counter has delivered everything; whether it lets it go, as it does one that is retired there. Raises
    Unavailable.
    """
    with closing(_verified(url, authority)) as server:
        return not isinstance(RegistryClient(server, secret, version).leave(), Said)


def _verified(url: ServerUrl, authority: Authority) -> Connection:
    try:
        return Connection.verified(url, authority, _LIMITS)
    except ValueError:
        # It was compared, and OpenSSL makes nothing of it.
        raise Unavailable(Code.REGISTRY_NOT_TRUSTED) from None
