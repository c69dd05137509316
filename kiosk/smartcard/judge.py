"""Decide whether a certificate just read belongs to a My Number Card that this counter accepts, and derive its link token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique

from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import CardReading, LinkToken, Month, Revocation
from kiosk.domain.token import link_token
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate, issuer_and_serial
from kiosk.smartcard.jpki import accept_label
from kiosk.smartcard.revocation import RevocationLists, RevocationStatus

ENDS_SOON = timedelta(days=90)

ACCEPTED_POLICIES = frozenset({"1.2.392.200149.8.5.1.3.30"})
"""利用者証明用 on a plastic card. Not accepted: 署名用 (…1.1.20), phones (OID unknown), J-LIS's test cards."""

_KNOWN_EXTENSIONS = frozenset(
    known.dotted_string
    for known in (
        ExtensionOID.KEY_USAGE,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.ISSUER_ALTERNATIVE_NAME,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    )
)
_CLIENT_PURPOSES = frozenset(
    purpose.dotted_string for purpose in (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
)


@unique
class Check(StrEnum):
    """The checks, in the order in which they are made. `kiosk tap` lists those that passed."""

    LABEL = "label"
    FORM = "form"
    ISSUER = "issuer"
    ISSUER_DATES = "issuer-dates"
    DATES = "dates"
    CRITICAL_EXTENSIONS = "critical-extensions"
    NOT_AN_AUTHORITY = "not-an-authority"
    KEY_USAGE = "key-usage"
    POLICY = "policy"
    REVOCATION = "revocation"


@dataclass(frozen=True, slots=True)
class Judgement:
    """An accepted card. Its reading also reports a stale revocation list, since staff should hear of it although the card is accepted."""

    reading: CardReading
    certificate: Certificate = field(repr=False)


class CardJudge:
    """Judges cards by the library's trust settings. One instance for the whole run, usable from any thread."""

    def __init__(
        self,
        authorities: Sequence[Authority],
        revocation: RevocationLists,
        site_key: bytes,
        clock: Callable[[], datetime],
        allow_test: bool = False,
        without: Code = Code.TRUST_MISSING,
    ) -> None:
        """`clock` returns aware datetimes. `allow_test`, for the demo only, admits authorities that a normal run refuses. `without` is the
        code raised when `authorities` is empty.
        """
        self.authorities = tuple(authority for authority in authorities if allow_test or not authority.is_pretended)
        self._keys_of: dict[bytes, list[bytes]] = {}
        for authority in self.authorities:
            keys = self._keys_of.setdefault(authority.subject, [])
            if authority.key_digest not in keys:
                keys.append(authority.key_digest)
        self.without = without
        self.revocation, self._site_key, self._clock = revocation, site_key, clock

    def candidates(self, first_block: bytes) -> tuple[LinkToken, ...]:
        """The link tokens that the certificate beginning with `first_block` may have, should `judge` accept it: one for each key of an
        authority with the issuer's name, since only the signature tells which of them issued it. Enough to start a look-up, never enough to
        show a result.

        Empty when the block cannot be parsed or names an issuer that is not trusted here.
        """
        told = issuer_and_serial(first_block)
        if told is None:
            return ()
        issuer, serial = told
        return tuple(link_token(self._site_key, key, serial) for key in self._keys_of.get(issuer, ()))

    def judge(self, der: bytes, label: str, passed: Callable[[Check], None] = lambda check: None) -> Judgement:
        """Judge a certificate (DER) and token label. `passed` is called after each check that passes.

        Raises Refused: phone-not-accepted, not-my-number-card, certificate-unreadable (with `reason`), issuer-unknown, card-not-yet-valid,
        card-expired (with `year` and `month`), card-stopped. Raises Unavailable: `without` (trust-missing or trust-unusable),
        revocation-too-old.
        """
        accept_label(label)
        passed(Check.LABEL)
        if not self.authorities:
            raise Unavailable(self.without)
        certificate = Certificate(der)
        passed(Check.FORM)
        now = self._clock()
        authority = self._find_issuer(certificate, now, passed)
        _check_dates(certificate, now)
        passed(Check.DATES)
        _check_profile(certificate, passed)
        revocation = self._check_revocation(certificate, authority, now)
        if revocation is Revocation.GOOD:
            passed(Check.REVOCATION)
        token = link_token(self._site_key, authority.key_digest, certificate.serial)
        ends = _month(certificate) if certificate.ends - now <= ENDS_SOON else None
        return Judgement(CardReading(token, revocation, ends), certificate)

    def _find_issuer(self, certificate: Certificate, now: datetime, passed: Callable[[Check], None]) -> Authority:
        issuers = [authority for authority in self.authorities if authority.issued(certificate)]
        if not issuers:
            raise Refused(Code.ISSUER_UNKNOWN)
        passed(Check.ISSUER)
        for authority in issuers:
            if authority.is_valid(now):
                passed(Check.ISSUER_DATES)
                return authority
        # Certificates do not outlive their authority; only a forged or faulty card claims so.
        _check_dates(certificate, now)
        raise Refused(Code.ISSUER_UNKNOWN, reason="authority-expired")

    def _check_revocation(self, certificate: Certificate, authority: Authority, now: datetime) -> Revocation:
        match self.revocation.look_up(certificate, authority, now):
            case RevocationStatus.REVOKED:
                raise Refused(Code.CARD_STOPPED)
            case RevocationStatus.TOO_OLD:
                raise Unavailable(Code.REVOCATION_TOO_OLD)
            case RevocationStatus.STALE:
                return Revocation.STALE
            case RevocationStatus.GOOD:
                return Revocation.GOOD
            case RevocationStatus.NOT_CHECKED:  # pragma: no branch
                return Revocation.NOT_CHECKED


def _month(certificate: Certificate) -> Month:
    end = certificate.ends.astimezone(JAPAN)
    return Month(end.year, end.month)


def _check_dates(certificate: Certificate, now: datetime) -> None:
    if now < certificate.begins:
        raise Refused(Code.CARD_NOT_YET_VALID)
    if now > certificate.ends:
        # Not the day: it is the holder's birthday.
        end = _month(certificate)
        raise Refused(Code.CARD_EXPIRED, year=end.year, month=end.month)


def _check_profile(certificate: Certificate, passed: Callable[[Check], None]) -> None:
    """Apply RFC 5280 §4.2 to a certificate directly below its root. cryptography's own verifier rejects critical certificatePolicies."""
    profile = certificate.profile
    if not profile.critical <= _KNOWN_EXTENSIONS:
        raise _unfit("critical-extension")
    passed(Check.CRITICAL_EXTENSIONS)
    if profile.is_authority:
        raise _unfit("authority")
    passed(Check.NOT_AN_AUTHORITY)
    if not profile.signs or not (profile.purposes is None or _CLIENT_PURPOSES & profile.purposes):
        raise _unfit("key-usage")
    passed(Check.KEY_USAGE)
    if not ACCEPTED_POLICIES & profile.policies:
        raise _unfit("policy")
    passed(Check.POLICY)


def _unfit(reason: str) -> Refused:
    return Refused(Code.CERTIFICATE_UNREADABLE, reason=reason)
