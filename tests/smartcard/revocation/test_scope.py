"""Scope of a list: certificates, reasons, issuer, and what clears a card (RFC 5280 §5.2.5, §6.3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.revocation import CrlFolder, ListCache, RevocationStatus, Use, Verdict, report
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, rsa_key
from tests.support.cards.revocation_lists import DAY, ELSEWHERE, HOUR, NOW, SERIAL, Issuer, scope

LIMIT = 90.0
"""Each file is read by a process of its own, which takes some seconds to begin under Wine."""
MOST = 2 * DAY
FLAGS = x509.ReasonFlags
COMPROMISE = frozenset({FLAGS.key_compromise})
ALL = frozenset(FLAGS) - {FLAGS.unspecified, FLAGS.remove_from_crl}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "crl"
    place.mkdir(mode=0o700)
    return place


def opened(
    folder: Path, *authorities: Authority, most: timedelta | None = MOST, shelf: ListCache | None = None, now: datetime = NOW
) -> CrlFolder:
    lists = CrlFolder(folder, authorities, most, shelf, clock=lambda: now)
    assert lists.refresh(LIMIT)
    return lists


def judged(folder: Path, issuer: Issuer, *contents: bytes, most: timedelta | None = MOST) -> RevocationStatus:
    """How the card stands where these lists lie, in whatever order they are read."""
    found = set()
    for ordered in (contents, contents[::-1]):
        for number, content in enumerate(ordered):
            (folder / f"{number}.crl").write_bytes(content)
        found.add(opened(folder, issuer.authority, most=most).look_up(issuer.certificate, issuer.authority, NOW))
    assert len(found) == 1
    return found.pop()


def told(lists: CrlFolder) -> dict[str, tuple[Verdict, Use]]:
    return {facts.file: (facts.verdict, facts.use) for facts in lists.facts()}


# --- scope --------------------------------------------------------------------------------------------------------------


def test_an_old_list_for_people_alone_does_not_take_the_place_of_a_new_one_for_all(folder: Path, issuer: Issuer) -> None:
    people = issuer.list(number=500, begins=NOW - 40 * HOUR, lasts=2 * DAY, extensions=scope(only_contains_user_certs=True))
    assert judged(folder, issuer, people, issuer.list(SERIAL, number=20)) is RevocationStatus.REVOKED
    # Nor the other way round.
    full = issuer.list(number=500, begins=NOW - 40 * HOUR, lasts=2 * DAY)
    stops = issuer.list(SERIAL, number=20, extensions=scope(only_contains_user_certs=True))
    assert judged(folder, issuer, full, stops) is RevocationStatus.REVOKED


@pytest.mark.parametrize("most", [MOST, None])
def test_lists_for_some_reasons_do_not_take_each_others_place(folder: Path, issuer: Issuer, most: timedelta | None) -> None:
    compromised = issuer.list(SERIAL, number=10, begins=NOW - 2 * HOUR, extensions=scope(only_some_reasons=COMPROMISE))
    others = issuer.list(number=11, extensions=scope(only_some_reasons=ALL - COMPROMISE))
    full = issuer.list(number=9, begins=NOW - 3 * HOUR)
    assert judged(folder, issuer, compromised, others, most=most) is RevocationStatus.REVOKED
    assert judged(folder, issuer, compromised, others, full, most=most) is RevocationStatus.REVOKED


def test_lists_for_some_reasons_clear_together_when_all_are_current_and_no_reason_is_left_out(folder: Path, issuer: Issuer) -> None:
    def parts(*reasons: frozenset[FLAGS], old: timedelta = HOUR) -> list[bytes]:
        first, *rest = (
            issuer.list(begins=NOW - (old if number == 0 else HOUR), lasts=3 * DAY, extensions=scope(only_some_reasons=some))
            for number, some in enumerate(reasons)
        )
        return [first, *rest]

    assert judged(folder, issuer, *parts(COMPROMISE, ALL - COMPROMISE)) is RevocationStatus.GOOD
    assert judged(folder, issuer, *parts(COMPROMISE, ALL - COMPROMISE, old=3 * DAY)) is RevocationStatus.TOO_OLD
    for path in folder.iterdir():
        path.unlink()
    assert judged(folder, issuer, *parts(COMPROMISE, ALL - COMPROMISE - {FLAGS.superseded})) is RevocationStatus.TOO_OLD


def test_points_named_within_their_authority_are_told_apart(folder: Path, issuer: Issuer) -> None:
    def point(name: str) -> tuple[x509.Extension[x509.ExtensionType]]:
        return scope(relative_name=x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))

    one, two = issuer.list(SERIAL, number=1, extensions=point("one")), issuer.list(number=2, extensions=point("two"))
    assert judged(folder, issuer, one, two) is RevocationStatus.REVOKED


def test_a_point_of_the_card_that_is_for_some_reasons_alone_clears_nothing(folder: Path, issuer: Issuer) -> None:
    """§6.3.3 (d): of a list found there the other reasons are not taken."""
    odd = Issuer(issuer.root)
    name = [ELSEWHERE]
    points = x509.CRLDistributionPoints([x509.DistributionPoint(name, None, COMPROMISE, None)])
    builder = x509.CertificateBuilder().subject_name(ELSEWHERE.value).issuer_name(issuer.root.certificate.subject)
    builder = builder.public_key(rsa_key().public_key()).serial_number(SERIAL).not_valid_before(NOW - DAY).not_valid_after(NOW + DAY)
    card = builder.add_extension(points, critical=False).sign(issuer.root.key, hashes.SHA256())
    odd.certificate = Certificate(card.public_bytes(Encoding.DER))
    assert judged(folder, odd, issuer.list(extensions=scope(full_name=name))) is RevocationStatus.TOO_OLD
    assert judged(folder, odd, issuer.list(extensions=scope(full_name=name)), issuer.list()) is RevocationStatus.GOOD


# --- several lists in one file ------------------------------------------------------------------------------------------


def test_every_list_of_a_file_is_read(folder: Path, issuer: Issuer, tmp_path: Path) -> None:
    lists = [issuer.list(number=10, begins=NOW - 3 * HOUR, encoding=Encoding.PEM), issuer.list(SERIAL, number=11, encoding=Encoding.PEM)]
    for number, ordered in enumerate((lists, lists[::-1])):
        (folder / f"{number}.pem").write_bytes(b"".join(ordered).replace(b"\n", b"\r\n" if number else b"\n"))
        # At the next start, too.
        for _ in range(2):
            found = opened(folder, issuer.authority, shelf=ListCache(tmp_path / f"shelf-{number}"))
            assert found.look_up(issuer.certificate, issuer.authority, NOW) is RevocationStatus.REVOKED
            assert told(found)[f"{number}.pem"] == (Verdict.READ, Use.USED)
        (folder / f"{number}.pem").unlink()


def test_a_file_with_anything_behind_its_lists_is_named_and_not_used(folder: Path, issuer: Issuer) -> None:
    pem, der = issuer.list(encoding=Encoding.PEM), issuer.list(SERIAL, number=2)
    stopped = issuer.list(SERIAL, number=2, encoding=Encoding.PEM)
    strange = issuer.list(root=VirtualAuthority.create(demo=False), encoding=Encoding.PEM)
    contents = {
        "der-der": (issuer.list() + der, Verdict.UNREADABLE),
        "pem-der": (pem + der, Verdict.UNREADABLE),
        "pem-cut": (pem + stopped[:-30], Verdict.UNREADABLE),
        "pem-text": (pem + b"and so on\n", Verdict.UNREADABLE),
        "pem-certificate": (pem + issuer.root.certificate.public_bytes(Encoding.PEM), Verdict.UNREADABLE),
        "pem-strange": (pem + strange, Verdict.STRANGER),
        "pem-bad": (pem + b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", Verdict.UNREADABLE),
    }
    for name, (content, _) in contents.items():
        (folder / name).write_bytes(content)
    lists = opened(folder, issuer.authority)
    assert told(lists) == {name: (verdict, Use.NONE) for name, (_, verdict) in contents.items()}
    assert lists.look_up(issuer.certificate, issuer.authority, NOW) is RevocationStatus.TOO_OLD
    assert report(lists, NOW).outcome == "missing"


# --- whose a list is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [MOST, None])
def test_a_list_counts_for_every_authority_with_the_key_that_signed_it(
    folder: Path, issuer: Issuer, most: timedelta | None, tmp_path: Path
) -> None:
    """A renewed certificate of the same key; whichever of both comes first."""
    root = issuer.root
    ended = Authority(VirtualAuthority.create(key=root.key, serial=7, ends=NOW - DAY, demo=False).der)
    renewed = Authority(VirtualAuthority.create(key=root.key, serial=8, demo=False).der)
    certificates = [
        Certificate(root.issue(rsa_key(), Leaf(serial, "997794E9AGCIEG13221003A", NOW - DAY, NOW + DAY))) for serial in (SERIAL, 5)
    ]
    (folder / "a.crl").write_bytes(issuer.list(SERIAL))
    for number, order in enumerate(((ended, renewed), (renewed, ended))):
        lists = opened(folder, *order, most=most)
        assert [lists.look_up(one, renewed, NOW) for one in certificates] == [RevocationStatus.REVOKED, RevocationStatus.GOOD]
        assert lists.standings(NOW) == {RevocationStatus.GOOD}
        assert report(lists, NOW).count == 1
        # Also where the new one is pinned later, and the file is no longer there.
        shelf = ListCache(tmp_path / f"shelf-{number}")
        opened(folder, ended, most=most, shelf=shelf)
        later = opened(tmp_path / "none", renewed, most=most, shelf=ListCache(tmp_path / f"shelf-{number}"))
        assert [later.look_up(one, renewed, NOW) for one in certificates] == [RevocationStatus.REVOKED, RevocationStatus.GOOD]


# --- the future ---------------------------------------------------------------------------------------------------------


def test_a_list_that_lies_far_ahead_is_named_and_not_remembered(folder: Path, issuer: Issuer, tmp_path: Path) -> None:
    begins = NOW + 9000 * DAY
    (folder / "2050.crl").write_bytes(issuer.list(number=None, begins=begins))
    lists = opened(folder, issuer.authority, shelf=ListCache(tmp_path / "shelf"))
    assert told(lists) == {"2050.crl": (Verdict.FUTURE, Use.NONE)}
    assert report(lists, NOW).files == (("2050.crl", "future"),)
    (folder / "today.crl").write_bytes(issuer.list(SERIAL, number=None))
    for one in (lists, opened(folder, issuer.authority, shelf=ListCache(tmp_path / "shelf"))):
        one.refresh(LIMIT)
        assert one.look_up(issuer.certificate, issuer.authority, NOW) is RevocationStatus.REVOKED
    # It was no property of the file: a clock may have been wrong.
    then = opened(folder, issuer.authority, shelf=ListCache(tmp_path / "shelf"), now=begins)
    assert told(then)["2050.crl"] == (Verdict.READ, Use.USED)


@pytest.mark.parametrize(("ahead", "verdict"), [(23 * HOUR, Verdict.READ), (25 * HOUR, Verdict.FUTURE)])
def test_clocks_may_differ_by_a_day(folder: Path, issuer: Issuer, ahead: timedelta, verdict: Verdict) -> None:
    (folder / "a.crl").write_bytes(issuer.list(begins=NOW + ahead))
    assert [facts.verdict for facts in opened(folder, issuer.authority).facts()] == [verdict]
