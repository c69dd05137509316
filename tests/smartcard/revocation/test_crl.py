"""Parsing of revocation lists, and whether a certificate is on those held."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.smartcard.revocation import NoRevocation, RevocationStatus, Verdict
from kiosk.smartcard.revocation.crl import read_lists
from kiosk.smartcard.revocation.lists_in_use import Held, HeldList
from kiosk.smartcard.virtual.authority import VirtualAuthority
from tests.support.cards.malformed_der import SHA256_WITH_RSA, UNKNOWN_ALGORITHM, content_of, encoded, joined, mutations, signed, tree
from tests.support.cards.revocation_lists import DAY, ELSEWHERE, HOUR, NOW, SERIAL, Extension, Issuer, scope

STRANGE = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
DELTA = x509.DeltaCRLIndicator(1)
COMPROMISE = frozenset({x509.ReasonFlags.key_compromise})
THEIRS = Issuer()
LIST = THEIRS.list(1, 2, SERIAL, extensions=scope(full_name=THEIRS.point))
QUICK = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=4_000, deadline=None, suppress_health_check=list(HealthCheck))


def verdict(issuer: Issuer, content: bytes) -> Verdict:
    """And lists are there exactly when it was read."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said, found = read_lists(content, [issuer.authority])
    assert bool(found) is (said is Verdict.READ)
    return said


def one_list(content: bytes, *issuers: Issuer) -> HeldList:
    said, ((head, numbers),) = read_lists(content, [issuer.authority for issuer in issuers])
    assert said is Verdict.READ
    return HeldList(head, numbers)


def holding(issuer: Issuer, *contents: bytes) -> Held:
    held = Held()
    for content in contents:
        for head, numbers in read_lists(content, [issuer.authority])[1]:
            held = held.taking(HeldList(head, numbers))
    return held


def standing(issuer: Issuer, held: Held, *, now: datetime = NOW, most: timedelta | None = None) -> RevocationStatus:
    certificate = issuer.certificate
    return held.look_up(issuer.authority.signer, certificate.serial, certificate.profile.points, now, most)


def test_nothing_is_checked_where_the_library_has_no_lists(issuer: Issuer) -> None:
    assert NoRevocation().look_up(issuer.certificate, issuer.authority, NOW) is RevocationStatus.NOT_CHECKED
    assert NoRevocation().standings(NOW) == {RevocationStatus.NOT_CHECKED}


# --- what a list is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_a_list_gives_its_numbers(issuer: Issuer, encoding: Encoding) -> None:
    found = one_list(issuer.list(3, SERIAL, 1 << 150, number=77, encoding=encoding), issuer)
    head, numbers = found.head, found.numbers
    assert numbers is not None
    assert (head.signer, head.number, head.begins, head.ends) == (issuer.authority.signer, 77, NOW - HOUR, NOW - HOUR + DAY)
    assert [serial in numbers for serial in (2, 3, 4, SERIAL, 1 << 150, 1 << 151, 0, -3)] == [
        False,
        True,
        False,
        True,
        True,
        False,
        False,
        False,
    ]
    assert (head.count, len(numbers)) == (3, 3)


@pytest.mark.parametrize("content", [b"", b"\n", b"\x30\x82", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", b"\xff" * 900])
def test_what_is_no_list(issuer: Issuer, content: bytes) -> None:
    assert verdict(issuer, content) is Verdict.UNREADABLE


def test_lists_that_are_not_used_are_named(issuer: Issuer) -> None:
    critical = (x509.Extension(STRANGE.oid, True, STRANGE),)
    delta, odd_delta = ((x509.Extension(DELTA.oid, is_critical, DELTA),) for is_critical in (True, False))
    entry = x509.CertificateIssuer([ELSEWHERE])
    for content, expected in (
        (issuer.list(SERIAL, root=VirtualAuthority.create(demo=False)), Verdict.STRANGER),
        (issuer.list(SERIAL, extensions=delta), Verdict.DELTA),
        (issuer.list(SERIAL, extensions=odd_delta), Verdict.DELTA),
        (issuer.list(SERIAL, extensions=scope(full_name=issuer.point, indirect_crl=True)), Verdict.INDIRECT),
        (issuer.list(SERIAL, extensions=critical), Verdict.UNKNOWN_EXTENSION),
        (issuer.list(SERIAL, entry=x509.Extension(entry.oid, True, entry)), Verdict.UNKNOWN_EXTENSION),
        (issuer.list(SERIAL).replace(SHA256_WITH_RSA, UNKNOWN_ALGORITHM), Verdict.UNKNOWN_ALGORITHM),
        (signed(issuer.root.key, content_of(issuer.list(SERIAL)), UNKNOWN_ALGORITHM), Verdict.UNREADABLE),
        (issuer.list(SERIAL, encoding=Encoding.PEM)[:-60] + b"\n-----END X509 CRL-----\n", Verdict.UNREADABLE),
    ):
        assert verdict(issuer, content) is expected


def test_what_may_stand_in_a_list_that_is_used(issuer: Issuer) -> None:
    reason: Extension = x509.Extension(x509.CRLReason.oid, False, x509.CRLReason(x509.ReasonFlags.key_compromise))
    harmless = (x509.Extension(STRANGE.oid, False, STRANGE),)
    for content in (
        issuer.list(),
        issuer.list(SERIAL, number=None),
        issuer.list(SERIAL, entry=reason),
        issuer.list(SERIAL, extensions=harmless),
        issuer.list(SERIAL, extensions=scope(only_contains_user_certs=True)),
        signed(issuer.root.key, content_of(issuer.list(SERIAL))),
    ):
        assert verdict(issuer, content) is Verdict.READ


def test_a_list_number_has_at_most_twenty_bytes(issuer: Issuer) -> None:
    """Longer ones could not even be written down: Python refuses to print a number of that length."""
    odd = x509.UnrecognizedExtension(x509.CRLNumber.oid, encoded(0x02, b"\x01" * 3000))
    assert verdict(issuer, issuer.list(number=None, extensions=(x509.Extension(odd.oid, False, odd),))) is Verdict.UNREADABLE
    assert verdict(issuer, issuer.list(number=(1 << 159) - 1)) is Verdict.READ


def test_without_a_date_for_the_next_list_it_is_never_current(issuer: Issuer) -> None:
    [(_, parts)] = tree(issuer.list(number=3))
    assert isinstance(parts, list)
    tag, fields = parts[0]
    assert isinstance(fields, list)
    # Version, algorithm, issuer, date of this list, date of the next.
    content = joined([(tag, [*fields[:4], *fields[5:]])])
    held = holding(issuer, signed(issuer.root.key, content))
    assert len(list(held)) == 1
    assert standing(issuer, held, most=DAY) is RevocationStatus.STALE


def test_an_authority_that_may_not_sign_lists_signs_none() -> None:
    mute = Issuer()
    mute.authority.signs_lists = False
    assert verdict(mute, mute.list(SERIAL)) is Verdict.STRANGER


def test_a_date_without_end_can_be_shown_in_japan(issuer: Issuer) -> None:
    head = one_list(issuer.list(lasts=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - (NOW - HOUR)), issuer).head
    assert head.ends is not None
    assert head.ends.astimezone(timezone(timedelta(hours=9))).year == 9999


@QUICK
@given(st.data())
def test_a_list_of_any_bytes_has_a_verdict(data: st.DataObject) -> None:
    verdict(THEIRS, data.draw(mutations(LIST)))


@QUICK
@given(st.data())
def test_a_list_that_the_authority_really_signed_has_one_too(data: st.DataObject) -> None:
    held = holding(THEIRS, signed(THEIRS.root.key, data.draw(mutations(content_of(LIST)))))
    assert standing(THEIRS, held, most=DAY) in {
        RevocationStatus.GOOD,
        RevocationStatus.REVOKED,
        RevocationStatus.STALE,
        RevocationStatus.TOO_OLD,
    }
    assert held.standings(THEIRS.authority.signer, NOW, DAY) <= {RevocationStatus.GOOD, RevocationStatus.STALE, RevocationStatus.TOO_OLD}


@pytest.mark.trial
@pytest.mark.timeout(600)
# In rounds: Hypothesis remembers every example of a run.
@pytest.mark.parametrize("turn", range(5))
@LONG
@given(st.data())
def test_many_lists_of_any_bytes(turn: int, data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        verdict(THEIRS, data.draw(mutations(LIST)))
    else:
        held = holding(THEIRS, signed(THEIRS.root.key, data.draw(mutations(content_of(LIST)))))
        standing(THEIRS, held, most=data.draw(st.sampled_from((None, HOUR, DAY))))
        held.standings(THEIRS.authority.signer, NOW, DAY)


# --- how a certificate stands -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serials", "begins", "lasts", "expected"),
    [
        ((), NOW - HOUR, DAY, RevocationStatus.GOOD),
        ((SERIAL - 1, SERIAL + 1), NOW - HOUR, DAY, RevocationStatus.GOOD),
        ((3, SERIAL), NOW - HOUR, DAY, RevocationStatus.REVOKED),
        ((), NOW - 3 * DAY, DAY, RevocationStatus.STALE),
        ((SERIAL,), NOW - 3 * DAY, DAY, RevocationStatus.REVOKED),
        ((), NOW + DAY, DAY, RevocationStatus.STALE),
        # Made a few minutes ago by a clock that runs ahead.
        ((), NOW + timedelta(minutes=5), DAY, RevocationStatus.GOOD),
    ],
)
def test_one_list(issuer: Issuer, serials: tuple[int, ...], begins: datetime, lasts: timedelta, expected: RevocationStatus) -> None:
    assert standing(issuer, holding(issuer, issuer.list(*serials, begins=begins, lasts=lasts))) is expected


@pytest.mark.parametrize(
    ("age", "lasts", "expected"),
    [
        (47 * HOUR, 3 * DAY, RevocationStatus.GOOD),
        (49 * HOUR, 3 * DAY, RevocationStatus.TOO_OLD),
        (47 * HOUR, DAY, RevocationStatus.STALE),
        (49 * HOUR, DAY, RevocationStatus.TOO_OLD),
        (-49 * HOUR, DAY, RevocationStatus.TOO_OLD),
    ],
)
def test_a_list_that_is_older_than_the_library_admits(issuer: Issuer, age: timedelta, lasts: timedelta, expected: RevocationStatus) -> None:
    held = holding(issuer, issuer.list(begins=NOW - age, lasts=lasts))
    assert standing(issuer, held, most=48 * HOUR) is expected
    assert held.standings(issuer.authority.signer, NOW, 48 * HOUR) == {expected}
    assert standing(issuer, holding(issuer, issuer.list(SERIAL, begins=NOW - age, lasts=lasts)), most=48 * HOUR) is RevocationStatus.REVOKED


def test_without_any_list(issuer: Issuer) -> None:
    assert standing(issuer, Held()) is RevocationStatus.STALE
    assert standing(issuer, Held(), most=DAY) is RevocationStatus.TOO_OLD
    assert Held().standings(issuer.authority.signer, NOW, None) == {RevocationStatus.STALE}
    assert Held().standings(issuer.authority.signer, NOW, DAY) == {RevocationStatus.TOO_OLD}


def test_a_list_for_other_certificates_does_not_clear(issuer: Issuer) -> None:
    for values, expected in (
        ({"full_name": issuer.point}, RevocationStatus.GOOD),
        ({"full_name": issuer.point, "only_contains_user_certs": True}, RevocationStatus.GOOD),
        ({"full_name": [ELSEWHERE, *issuer.point]}, RevocationStatus.GOOD),
        ({"only_contains_user_certs": True}, RevocationStatus.GOOD),
        ({"full_name": [ELSEWHERE]}, RevocationStatus.STALE),
        ({"only_contains_ca_certs": True}, RevocationStatus.STALE),
        ({"only_contains_attribute_certs": True}, RevocationStatus.STALE),
        ({"full_name": issuer.point, "only_some_reasons": COMPROMISE}, RevocationStatus.STALE),
        ({"relative_name": x509.RelativeDistinguishedName(list(ELSEWHERE.value))}, RevocationStatus.STALE),
    ):
        assert standing(issuer, holding(issuer, issuer.list(extensions=scope(**values)))) is expected, values
        assert standing(issuer, holding(issuer, issuer.list(SERIAL, extensions=scope(**values)))) is RevocationStatus.REVOKED, values


def test_each_distribution_point_is_current_for_itself(issuer: Issuer) -> None:
    here, there = scope(full_name=issuer.point), scope(full_name=[ELSEWHERE])
    fresh, old = NOW - HOUR, NOW - 3 * DAY

    def standings(begins_here: datetime, begins_there: datetime) -> tuple[RevocationStatus, set[RevocationStatus]]:
        held = holding(
            issuer,
            issuer.list(extensions=there, number=9, begins=begins_there),
            issuer.list(extensions=here, number=2, begins=begins_here),
        )
        return standing(issuer, held), set(held.standings(issuer.authority.signer, NOW, None))

    assert standings(old, fresh) == (RevocationStatus.STALE, {RevocationStatus.GOOD, RevocationStatus.STALE})
    assert standings(fresh, old) == (RevocationStatus.GOOD, {RevocationStatus.GOOD, RevocationStatus.STALE})
    assert standings(fresh, fresh) == (RevocationStatus.GOOD, {RevocationStatus.GOOD})


def test_another_authority_of_the_same_name_says_nothing(issuer: Issuer) -> None:
    other = Issuer()
    held = Held()
    for one in (issuer, other):
        held = held.taking(one_list(one.list(*((SERIAL,) if one is other else ())), issuer, other))
    assert (standing(issuer, held), standing(other, held)) == (RevocationStatus.GOOD, RevocationStatus.REVOKED)


# --- numbers do not go back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbered", [True, False])
def test_the_newest_list_counts_in_whatever_order_they_come(issuer: Issuer, numbered: bool) -> None:
    """A card that was on hold has been taken off, another has been stopped since."""
    lists = [
        issuer.list(*serials, number=number if numbered else None, begins=NOW - age)
        for serials, number, age in (((SERIAL,), 1, 3 * HOUR), ((SERIAL, 5), 2, 2 * HOUR), ((5,), 10, HOUR))
    ]
    for order in permutations(lists):
        held = holding(issuer, *order)
        assert standing(issuer, held) is RevocationStatus.GOOD
        assert [len(one.numbers or ()) for one in held] == [1]


def test_the_number_counts_before_the_date(issuer: Issuer) -> None:
    held = holding(issuer, issuer.list(SERIAL, number=2, begins=NOW - 2 * HOUR), issuer.list(number=1, begins=NOW - HOUR))
    assert standing(issuer, held) is RevocationStatus.REVOKED


def test_an_older_list_for_several_points_does_not_take_the_place_of_a_newer_one_for_one(issuer: Issuer) -> None:
    held = holding(
        issuer,
        issuer.list(SERIAL, number=20, extensions=scope(full_name=issuer.point)),
        issuer.list(number=10, begins=NOW - 5 * HOUR, extensions=scope(full_name=[*issuer.point, ELSEWHERE])),
    )
    assert standing(issuer, held) is RevocationStatus.REVOKED
    assert len(list(held)) == 2


def test_a_list_of_which_only_the_mark_is_left_clears_nobody_and_lets_nothing_older_in(issuer: Issuer) -> None:
    newest = one_list(issuer.list(number=2), issuer)
    lost = Held().taking(HeldList(newest.head, None))
    assert standing(issuer, lost) is RevocationStatus.STALE
    assert standing(issuer, lost, most=DAY) is RevocationStatus.TOO_OLD
    older = one_list(issuer.list(number=1, begins=NOW - 2 * HOUR), issuer)
    assert standing(issuer, lost.taking(older)) is RevocationStatus.STALE
    assert standing(issuer, lost.taking(newest)) is RevocationStatus.GOOD


@QUICK
@given(st.lists(st.integers(-5, 1 << 200), max_size=40), st.lists(st.integers(-5, 1 << 200), max_size=10))
def test_exactly_the_numbers_that_were_put_in_are_found(inside: list[int], others: list[int]) -> None:
    from kiosk.smartcard.revocation.serial_numbers import pack

    packed = pack(inside)
    assert all((number in packed) is (number in inside and number > 0) for number in inside + others)
    assert len(packed) == len({number for number in inside if number > 0})
