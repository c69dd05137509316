"""Item messages: 17, 11, 09, 29, 65 and 15."""

from __future__ import annotations

from kiosk.demo.ils.context import INSTITUTION, Asker, Fields, ServerContext
from kiosk.demo.ils.model import Condition, Copy, Medium
from kiosk.demo.ils.rules import Verdict
from kiosk.library.sip2 import Message


def item_information(context: ServerContext, request: Message) -> Message:
    """17 → 18. An unknown item has status 01 and no title."""
    number = request.first("AB") or ""
    copy = context.library.copies.get(number)
    fixed = {
        "circulation_status": _circulation_status(context, copy) if copy else "01",
        "security_marker": "02",
        "fee_type": "01",
        "transaction_date": context.stamp,
    }
    if copy is None:
        return Message("18", fixed, (("AB", number), ("AJ", "")))
    queue = context.library.holds.get(number, [])
    loan = context.library.loans.get(number)
    fields: Fields = (
        *((("CF", str(len(queue))),) if queue else ()),
        *((("AH", context.dialect.due(loan.due)),) if loan else ()),
        ("AB", number),
        ("AJ", copy.title),
        ("CK", "005" if copy.medium is Medium.DISC else "001"),
        ("AQ", INSTITUTION),
    )
    return Message("18", fixed, fields)


def checkout(context: ServerContext, request: Message) -> Message:
    """11 → 12."""
    asker = context.asker(request)
    return _lent("12", context, asker, request, context.library.lend(asker.patron, request.first("AB") or "", context.today))


def renew(context: ServerContext, request: Message) -> Message:
    """29 → 30."""
    asker = context.asker(request)
    return _lent("30", context, asker, request, context.library.renew(asker.patron, request.first("AB") or "", context.today))


def renew_all(context: ServerContext, request: Message) -> Message:
    """65 → 66."""
    asker = context.asker(request)
    loans = context.library.loans_of(asker.patron)
    verdicts = {loan.item: context.library.renew(asker.patron, loan.item, context.today) for loan in loans}
    renewed = [item for item, verdict in verdicts.items() if verdict.done]
    others = [item for item, verdict in verdicts.items() if not verdict.done]
    fixed = {
        "ok": "1" if asker.borrower else "0",
        "renewed_count": f"{len(renewed):04}",
        "unrenewed_count": f"{len(others):04}",
        "transaction_date": context.stamp,
    }
    return Message("66", fixed, (("AO", INSTITUTION), *(("BM", item) for item in renewed), *(("BN", item) for item in others)))


def checkin(context: ServerContext, request: Message) -> Message:
    """09 → 10."""
    item = request.first("AB") or ""
    verdict = context.library.give_back(item)
    fixed = {
        "ok": "1" if verdict.done else "0",
        "resensitize": "Y" if verdict.done else "N",
        "magnetic_media": _magnetic(verdict.copy),
        "alert": "Y" if verdict.for_hold or not verdict.done else "N",
        "transaction_date": context.stamp,
    }
    fields: Fields = (
        ("AO", INSTITUTION),
        ("AB", item),
        *((("AQ", INSTITUTION), ("AJ", verdict.copy.title)) if verdict.copy else ()),
        *((("AA", verdict.patron),) if verdict.patron else ()),
        # Alert type: 01, on hold at this library; 99, other.
        *((("CV", "01"),) if verdict.for_hold else ()),
        *((("CV", "99"),) if verdict.no else ()),
        *_why_not(context, verdict, ""),
    )
    return Message("10", fixed, fields)


def hold(context: ServerContext, request: Message) -> Message:
    """15 → 16: + places a hold, - cancels it; changing one (*) is refused."""
    asker = context.asker(request)
    item, pickup = request.first("AB") or "", request.first("BS") or ""
    no_password = context.dialect.wants_password_filled and request.first("AD") == ""
    patron = "" if no_password else asker.patron
    copy = context.library.copies.get(item)
    match request.fixed["hold_mode"]:
        case "+" if context.dialect.trusts_pickup and pickup and pickup not in context.library.rules.pickups:
            verdict = Verdict(copy=copy)
        case "+":
            verdict = context.library.reserve(patron, item, pickup, context.today)
        case "-":
            verdict = context.library.cancel(patron, item)
        case _:
            return Message(
                "16", {"ok": "0", "available": "N", "transaction_date": context.stamp}, (("AA", asker.number), ("AO", INSTITUTION))
            )
    fields: Fields = (
        ("AA", asker.number),
        *((("BR", str(verdict.position)),) if verdict.position and context.dialect.says_position else ()),
        *((("BS", pickup),) if pickup else ()),
        ("AB", item),
        ("AJ", copy.title if copy else ""),
        ("AO", INSTITUTION),
        *_why_not(context, verdict, asker.name),
    )
    return Message("16", {"ok": "1" if verdict.done else "0", "available": "N", "transaction_date": context.stamp}, fields)


# --- parts ----------------------------------------------------------------------------------------------------------------------


def _lent(kind: str, context: ServerContext, asker: Asker, request: Message, verdict: Verdict) -> Message:
    fixed = {
        "ok": "1" if verdict.done else "0",
        "renewal_ok": "Y" if verdict.renewed else "N",
        "magnetic_media": _magnetic(verdict.copy),
        "desensitize": "Y" if verdict.done and not verdict.renewed else "N",
        "transaction_date": context.stamp,
    }
    fields: Fields = (
        ("AA", asker.number),
        ("AB", request.first("AB") or ""),
        ("AJ", verdict.copy.title if verdict.copy else ""),
        ("AH", context.dialect.due(verdict.due)),
        *((("CH", verdict.copy.enclosed),) if verdict.copy and verdict.copy.enclosed else ()),
        *_why_not(context, verdict, asker.name),
        *((("BL", "Y" if asker.borrower else "N"),) if verdict.no else ()),
    )
    institution = ("AO", INSTITUTION)
    return Message(kind, fixed, (institution, *fields) if kind == "12" else (*fields, institution))


def _why_not(context: ServerContext, verdict: Verdict, name: str) -> Fields:
    return (("AF", context.dialect.why_not(verdict.no, name)),) if verdict.no else ()


def _magnetic(copy: Copy | None) -> str:
    """Return the magnetic media flag; U for an unknown item."""
    if copy is None:
        return "U"
    return "Y" if copy.medium is Medium.DISC else "N"


def _circulation_status(context: ServerContext, copy: Copy) -> str:
    if copy.number in context.library.loans:
        return "04"
    if copy.condition is Condition.MISSING:
        return "12"
    if copy.condition is Condition.REFERENCE:
        return "01"
    return "08" if any(hold.ready for hold in context.library.holds.get(copy.number, ())) else "03"
