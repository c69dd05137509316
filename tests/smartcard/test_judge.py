"""Chains of every kind: which are accepted, and with which codes the others are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.model import Month, Revocation
from kiosk.domain.token import link_token
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.judge import CardJudge, Check
from kiosk.smartcard.revocation import NoRevocation, RevocationStatus
from kiosk.smartcard.virtual.authority import Leaf, PrivateKey, VirtualAuthority, authority_name, ecdsa_key, rsa_key

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LABEL = "JPKIAPICCTOKEN2"
SITE_KEY = bytes(range(32))
LEAF = Leaf(0x0705D990, "997794E9AGCIEG13221003A", datetime(2025, 10, 27, tzinfo=UTC), datetime(2030, 2, 17, 14, 59, 59, tzinfo=UTC))


class Listed(NoRevocation):
    """A revocation list that says one thing."""

    def __init__(self, standing: RevocationStatus) -> None:
        self.standing = standing

    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> RevocationStatus:
        return self.standing


@pytest.fixture(scope="module")
def generations() -> list[VirtualAuthority]:
    """Three authorities of one name, the first expired, as in people's pockets."""
    ends = (datetime(2025, 10, 19, 14, 59, 59, tzinfo=UTC), datetime(2029, 9, 14, tzinfo=UTC), datetime(2033, 7, 15, tzinfo=UTC))
    return [
        VirtualAuthority.create(serial=n + 1, begins=datetime(2015, 1, 1, tzinfo=UTC), ends=end, demo=False) for n, end in enumerate(ends)
    ]


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return rsa_key()


def judge_for(*authorities: VirtualAuthority, standing: RevocationStatus | None = None, allow_test: bool = False) -> CardJudge:
    revocation = NoRevocation() if standing is None else Listed(standing)
    return CardJudge([Authority(one.der) for one in authorities], revocation, SITE_KEY, lambda: NOW, allow_test)


def refusal(judge: CardJudge, der: bytes, label: str = LABEL) -> KioskError:
    with pytest.raises(KioskError) as trouble:
        judge.judge(der, label)
    return trouble.value


def test_a_card_of_either_living_generation_is_accepted(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    judge = judge_for(*generations)
    for authority in generations[1:]:
        checks: list[Check] = []
        judgement = judge.judge(authority.issue(key, LEAF), LABEL, checks.append)
        assert judgement.reading.token == link_token(SITE_KEY, Authority(authority.der).key_digest, LEAF.serial)
        assert (judgement.reading.revocation, judgement.reading.ends) == (Revocation.NOT_CHECKED, None)
        assert checks == [check for check in Check if check is not Check.REVOCATION]


def test_the_next_generation_of_cards_is_accepted() -> None:
    root = VirtualAuthority.create(key=ecdsa_key(), demo=False)
    assert judge_for(root).judge(root.issue(ecdsa_key(), LEAF), LABEL).certificate.serial == LEAF.serial


def test_the_wrong_generation_is_unknown(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    checks: list[Check] = []
    with pytest.raises(Refused) as trouble:
        judge_for(generations[1]).judge(generations[2].issue(key, LEAF), LABEL, checks.append)
    assert trouble.value.code is Code.ISSUER_UNKNOWN
    assert checks == [Check.LABEL, Check.FORM]


def test_an_expired_authority_vouches_for_nothing(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    assert refusal(judge_for(*generations), generations[0].issue(key, LEAF)).code is Code.ISSUER_UNKNOWN
    ended = replace(LEAF, begins=datetime(2020, 10, 27, tzinfo=UTC), ends=datetime(2025, 10, 19, 14, 59, 59, tzinfo=UTC))
    assert refusal(judge_for(*generations), generations[0].issue(key, ended)).code is Code.CARD_EXPIRED


def test_another_name_is_unknown(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    stranger = VirtualAuthority.create(name=authority_name("Somebody"), key=generations[2].key, demo=False)
    assert refusal(judge_for(generations[2]), stranger.issue(key, LEAF)).code is Code.ISSUER_UNKNOWN


def test_a_forged_signature_is_unknown(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    der = bytearray(generations[2].issue(key, LEAF))
    der[-1] ^= 1
    assert refusal(judge_for(*generations), bytes(der)).code is Code.ISSUER_UNKNOWN


def test_without_any_authority_no_card_is_refused_as_a_card(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    error = refusal(judge_for(), generations[2].issue(key, LEAF))
    assert (type(error), error.code) == (Unavailable, Code.TRUST_MISSING)


@pytest.mark.parametrize("pretended", [{"demo": True}, {"demo": False, "name": authority_name("JPKI-TEST")}], ids=["demo", "test"])
def test_pretended_authorities_count_in_the_demo_only(key: PrivateKey, pretended: dict[str, bool]) -> None:
    root = VirtualAuthority.create(**pretended)  # type: ignore[arg-type]
    der = root.issue(key, LEAF)
    assert refusal(judge_for(root), der).code is Code.TRUST_MISSING
    assert judge_for(root, allow_test=True).judge(der, LABEL).certificate.serial == LEAF.serial


@pytest.mark.parametrize(
    ("label", "code"),
    [("JPKIAPGPSETOKEN", Code.PHONE_NOT_ACCEPTED), ("JPKIAPIOSTOKEN", Code.PHONE_NOT_ACCEPTED), ("", Code.NOT_MY_NUMBER_CARD)],
)
def test_the_label_is_judged_too(generations: list[VirtualAuthority], key: PrivateKey, label: str, code: Code) -> None:
    assert refusal(judge_for(*generations), generations[2].issue(key, LEAF), label).code is code


def test_malformed_bytes(generations: list[VirtualAuthority]) -> None:
    assert refusal(judge_for(*generations), b"\x30\x82").code is Code.CERTIFICATE_UNREADABLE


# --- dates ------------------------------------------------------------------------------------------------------------


def test_not_yet_valid(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    der = generations[2].issue(key, replace(LEAF, begins=NOW + timedelta(seconds=1)))
    assert refusal(judge_for(*generations), der).code is Code.CARD_NOT_YET_VALID


@pytest.mark.parametrize(
    ("end", "month"),
    [
        (datetime(2026, 10, 31, 14, 59, 59, tzinfo=UTC), 10),
        (datetime(2026, 10, 31, 15, 0, tzinfo=UTC), 11),
        (NOW - timedelta(seconds=1), 11),
    ],
)
def test_expired_is_said_with_the_month_in_japan_and_no_day(
    generations: list[VirtualAuthority], key: PrivateKey, end: datetime, month: int
) -> None:
    error = refusal(judge_for(*generations), generations[2].issue(key, replace(LEAF, ends=end)))
    assert (error.code, error.params) == (Code.CARD_EXPIRED, {"year": 2026, "month": month})


@pytest.mark.parametrize(("days", "said"), [(90, Month(2027, 2)), (91, None), (0, Month(2026, 11))])
def test_an_end_within_ninety_days_is_said(generations: list[VirtualAuthority], key: PrivateKey, days: int, said: Month | None) -> None:
    der = generations[2].issue(key, replace(LEAF, ends=NOW + timedelta(days=days)))
    assert judge_for(*generations).judge(der, LABEL).reading.ends == said


# --- profile ----------------------------------------------------------------------------------------------------------

STRANGE = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
CONSTRAINTS = x509.BasicConstraints(ca=False, path_length=None)
LOGON = ExtendedKeyUsageOID.SMARTCARD_LOGON


def extra(value: x509.ExtensionType, critical: bool) -> dict[str, object]:
    return {"extra": (x509.Extension(value.oid, critical, value),)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"policy": None}, "policy"),
        ({"policy": "1.2.392.200149.8.5.1.1.20"}, "policy"),
        ({"policy": "1.2.392.200149.8.5.1.0.20"}, "policy"),
        ({"is_authority": True}, "authority"),
        ({"digital_signature": False}, "key-usage"),
        (extra(STRANGE, True), "critical-extension"),
        (extra(x509.NameConstraints([x509.DirectoryName(authority_name())], None), True), "critical-extension"),
        (extra(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False), "key-usage"),
    ],
)
def test_certificates_of_another_profile(
    generations: list[VirtualAuthority], key: PrivateKey, change: dict[str, object], reason: str
) -> None:
    error = refusal(judge_for(*generations), generations[2].issue(key, replace(LEAF, **change)))  # type: ignore[arg-type]
    assert (error.code, error.params) == (Code.CERTIFICATE_UNREADABLE, {"reason": reason})


@pytest.mark.parametrize(
    "change",
    [
        {"policy_critical": False},
        extra(STRANGE, False),
        extra(CONSTRAINTS, True),
        extra(x509.SubjectAlternativeName([x509.DirectoryName(authority_name())]), True),
        extra(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, LOGON]), True),
        {"serial": 0x7A6B5C4D3E2F1A0B9C8D7E6F5A4B3C2D},
        {"ends": datetime(2036, 2, 17, tzinfo=UTC)},
    ],
)
def test_what_the_profile_leaves_open(generations: list[VirtualAuthority], key: PrivateKey, change: dict[str, object]) -> None:
    der = generations[2].issue(key, replace(LEAF, **change))  # type: ignore[arg-type]
    assert judge_for(*generations).judge(der, LABEL).reading.revocation is Revocation.NOT_CHECKED


def test_the_real_profile_marks_policies_critical(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    assert ExtensionOID.CERTIFICATE_POLICIES.dotted_string in Certificate(generations[2].issue(key, LEAF)).profile.critical


# --- revocation -------------------------------------------------------------------------------------------------------


def test_a_revoked_card_is_stopped(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    assert refusal(judge_for(*generations, standing=RevocationStatus.REVOKED), generations[2].issue(key, LEAF)).code is Code.CARD_STOPPED


def test_a_checked_card_is_good(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    checks: list[Check] = []
    judgement = judge_for(*generations, standing=RevocationStatus.GOOD).judge(generations[2].issue(key, LEAF), LABEL, checks.append)
    assert judgement.reading.revocation is Revocation.GOOD
    assert checks == list(Check)


def test_a_stale_list_is_said(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    judgement = judge_for(*generations, standing=RevocationStatus.STALE).judge(generations[2].issue(key, LEAF), LABEL)
    assert judgement.reading.revocation is Revocation.STALE


def test_a_list_that_is_too_old_refuses_every_card(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    error = refusal(judge_for(*generations, standing=RevocationStatus.TOO_OLD), generations[2].issue(key, LEAF))
    assert (type(error), error.code) == (Unavailable, Code.REVOCATION_TOO_OLD)


def test_nothing_of_the_holder_is_printed(generations: list[VirtualAuthority], key: PrivateKey) -> None:
    judgement = judge_for(*generations).judge(generations[2].issue(key, LEAF), LABEL)
    said = repr(judgement)
    assert not any(trace in said.lower() for trace in ("705d990", str(LEAF.serial), LEAF.holder.lower(), "2030"))
