"""Answers about items: 17, 11, 09, 29, 65 and 15."""

from __future__ import annotations

from kiosk.demo.ils.desk import INSTITUTION, Asker, Desk, Fields
from kiosk.demo.ils.model import Condition, Copy, Medium
from kiosk.demo.ils.rules import Verdict
from kiosk.library.sip2 import Message


def item_information(desk: Desk, request: Message) -> Message:
    """17 → 18. An item nobody knows has status 01 and no title."""
    number = request.first("AB") or ""
    copy = desk.library.copies.get(number)
    fixed = {
        "circulation_status": _circulation_status(desk, copy) if copy else "01",
        "security_marker": "02",
        "fee_type": "01",
        "transaction_date": desk.stamp,
    }
    if copy is None:
        return Message("18", fixed, (("AB", number), ("AJ", "")))
    queue = desk.library.holds.get(number, [])
    loan = desk.library.loans.get(number)
    fields: Fields = (
        *((("CF", str(len(queue))),) if queue else ()),
        *((("AH", desk.flavour.due(loan.due)),) if loan else ()),
        ("AB", number),
        ("AJ", copy.title),
        ("CK", "005" if copy.medium is Medium.DISC else "001"),
        ("AQ", INSTITUTION),
    )
    return Message("18", fixed, fields)


def checkout(desk: Desk, request: Message) -> Message:
    """11 → 12."""
    asker = desk.asker(request)
    return _lent("12", desk, asker, request, desk.library.lend(asker.patron, request.first("AB") or "", desk.today))


def renew(desk: Desk, request: Message) -> Message:
    """29 → 30."""
    asker = desk.asker(request)
    return _lent("30", desk, asker, request, desk.library.renew(asker.patron, request.first("AB") or "", desk.today))


def renew_all(desk: Desk, request: Message) -> Message:
    """65 → 66."""
    asker = desk.asker(request)
    loans = desk.library.loans_of(asker.patron)
    verdicts = {loan.item: desk.library.renew(asker.patron, loan.item, desk.today) for loan in loans}
    renewed = [item for item, verdict in verdicts.items() if verdict.done]
    others = [item for item, verdict in verdicts.items() if not verdict.done]
    fixed = {
        "ok": "1" if asker.borrower else "0",
        "renewed_count": f"{len(renewed):04}",
        "unrenewed_count": f"{len(others):04}",
        "transaction_date": desk.stamp,
    }
    return Message("66", fixed, (("AO", INSTITUTION), *(("BM", item) for item in renewed), *(("BN", item) for item in others)))


def checkin(desk: Desk, request: Message) -> Message:
    """09 → 10."""
    item = request.first("AB") or ""
    verdict = desk.library.give_back(item)
    fixed = {
        "ok": "1" if verdict.done else "0",
        "resensitize": "Y" if verdict.done else "N",
        "magnetic_media": _magnetic(verdict.copy),
        "alert": "Y" if verdict.for_hold or not verdict.done else "N",
        "transaction_date": desk.stamp,
    }
    fields: Fields = (
        ("AO", INSTITUTION),
        ("AB", item),
        *((("AQ", INSTITUTION), ("AJ", verdict.copy.title)) if verdict.copy else ()),
        *((("AA", verdict.patron),) if verdict.patron else ()),
        # The kind of alert: 01, somebody here waits for it; 99, anything else.
        *((("CV", "01"),) if verdict.for_hold else ()),
        *((("CV", "99"),) if verdict.no else ()),
        *_why_not(desk, verdict, ""),
    )
    return Message("10", fixed, fields)


def hold(desk: Desk, request: Message) -> Message:
    """15 → 16: + places one, - takes it back; changing one (*) is refused."""
    asker = desk.asker(request)
    item, pickup = request.first("AB") or "", request.first("BS") or ""
    no_password = desk.flavour.wants_password_filled and request.first("AD") == ""
    patron = "" if no_password else asker.patron
    copy = desk.library.copies.get(item)
    match request.fixed["hold_mode"]:
        case "+" if desk.flavour.trusts_pickup and pickup and pickup not in desk.library.rules.pickups:
            verdict = Verdict(copy=copy)
        case "+":
            verdict = desk.library.reserve(patron, item, pickup, desk.today)
        case "-":
            verdict = desk.library.cancel(patron, item)
        case _:
            return Message("16", {"ok": "0", "available": "N", "transaction_date": desk.stamp}, (("AA", asker.number), ("AO", INSTITUTION)))
    fields: Fields = (
        ("AA", asker.number),
        *((("BR", str(verdict.position)),) if verdict.position and desk.flavour.says_position else ()),
        *((("BS", pickup),) if pickup else ()),
        ("AB", item),
        ("AJ", copy.title if copy else ""),
        ("AO", INSTITUTION),
        *_why_not(desk, verdict, asker.name),
    )
    return Message("16", {"ok": "1" if verdict.done else "0", "available": "N", "transaction_date": desk.stamp}, fields)


# --- parts ----------------------------------------------------------------------------------------------------------------------


def _lent(kind: str, desk: Desk, asker: Asker, request: Message, verdict: Verdict) -> Message:
    fixed = {
        "ok": "1" if verdict.done else "0",
        "renewal_ok": "Y" if verdict.renewed else "N",
        "magnetic_media": _magnetic(verdict.copy),
        "desensitize": "Y" if verdict.done and not verdict.renewed else "N",
        "transaction_date": desk.stamp,
    }
    fields: Fields = (
        ("AA", asker.number),
        ("AB", request.first("AB") or ""),
        ("AJ", verdict.copy.title if verdict.copy else ""),
        ("AH", desk.flavour.due(verdict.due)),
        *((("CH", verdict.copy.enclosed),) if verdict.copy and verdict.copy.enclosed else ()),
        *_why_not(desk, verdict, asker.name),
        *((("BL", "Y" if asker.borrower else "N"),) if verdict.no else ()),
    )
    institution = ("AO", INSTITUTION)
    return Message(kind, fixed, (institution, *fields) if kind == "12" else (*fields, institution))


def _why_not(desk: Desk, verdict: Verdict, name: str) -> Fields:
    return (("AF", desk.flavour.why_not(verdict.no, name)),) if verdict.no else ()


def _magnetic(copy: Copy | None) -> str:
    """Nobody can say for an item that is not known."""
    if copy is None:
        return "U"
    return "Y" if copy.medium is Medium.DISC else "N"


def _circulation_status(desk: Desk, copy: Copy) -> str:
    if copy.number in desk.library.loans:
        return "04"
    if copy.condition is Condition.MISSING:
        return "12"
    if copy.condition is Condition.REFERENCE:
        return "01"
    return "08" if any(hold.ready for hold in desk.library.holds.get(copy.number, ())) else "03"
