"""The table of messages and fields of SIP2 (3M Standard Interchange Protocol 2.00, document revision 2.12)."""

from __future__ import annotations

from dataclasses import dataclass

_DATE = 18
_COUNT = 4
_VERDICTS = frozenset({"ok", "item_properties_ok", "payment_accepted", "end_session"})
"""What the protocol calls, in one reply or another, the part that says whether the request was carried out."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """One fixed-width part before the fields; width in characters."""

    name: str
    width: int

    @property
    def is_date(self) -> bool:
        return self.width == _DATE


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of one kind of message.

    `fields` are the codes listed by the protocol, in its order; neither order nor presence can be relied on. `reply` is the kind that
    answers a request; None for replies and for requests to resend.
    """

    kind: str
    name: str
    fixed: tuple[Fixed, ...]
    fields: tuple[str, ...]
    is_request: bool
    reply: str | None = None

    @property
    def is_reply(self) -> bool:
        return not self.is_request

    @property
    def verdict(self) -> str | None:
        """The name of the part that says whether the request was carried out; None if a reply of this kind does not say."""
        return next((part.name for part in self.fixed if part.name in _VERDICTS), None)

    @property
    def width(self) -> int:
        """Total width of the fixed part, without the kind."""
        return sum(part.width for part in self.fixed)


def _request(kind: str, name: str, reply: str | None, fixed: str, fields: str) -> Layout:
    return Layout(kind, name, _parts(fixed), tuple(fields.split()), True, reply)


def _reply(kind: str, name: str, fixed: str, fields: str) -> Layout:
    return Layout(kind, name, _parts(fixed), tuple(fields.split()), False)


def _parts(fixed: str) -> tuple[Fixed, ...]:
    """Parse `name:width` words; dates and counts are recognized by name, and the default width is 1."""
    parts = []
    for word in fixed.split():
        name, _, width = word.partition(":")
        usual = _DATE if name.endswith(("_date", "_sync")) else _COUNT if name.endswith("_count") else 1
        parts.append(Fixed(name, int(width) if width else usual))
    return tuple(parts)


LAYOUTS: dict[str, Layout] = {
    layout.kind: layout
    for layout in (
        _request("93", "Login", "94", "uid_algorithm pwd_algorithm", "CN CO CP"),
        _reply("94", "Login Response", "ok", ""),
        _request("99", "SC Status", "98", "status_code max_print_width:3 protocol_version:4", ""),
        _reply(
            "98",
            "ACS Status",
            "online_status checkin_ok checkout_ok acs_renewal_policy status_update_ok offline_ok timeout_period:3 retries_allowed:3"
            " date_time_sync protocol_version:4",
            "AO AM BX AN AF AG",
        ),
        _request("23", "Patron Status Request", "24", "language:3 transaction_date", "AO AA AC AD"),
        _reply("24", "Patron Status Response", "patron_status:14 language:3 transaction_date", "AO AA AE BL CQ BH BV AF AG"),
        _request("63", "Patron Information", "64", "language:3 transaction_date summary:10", "AO AA AC AD BP BQ"),
        _reply(
            "64",
            "Patron Information Response",
            "patron_status:14 language:3 transaction_date hold_items_count overdue_items_count charged_items_count fine_items_count"
            " recall_items_count unavailable_holds_count",
            "AO AA AE BZ CA CB BL CQ BH BV CC AS AT AU AV BU CD BD BE BF AF AG",
        ),
        _request("17", "Item Information", "18", "transaction_date", "AO AB AC"),
        _reply(
            "18",
            "Item Information Response",
            "circulation_status:2 security_marker:2 fee_type:2 transaction_date",
            "CF AH CJ CM AB AJ BG BH BV CK AQ AP CH AF AG",
        ),
        _request("11", "Checkout", "12", "sc_renewal_policy no_block transaction_date nb_due_date", "AO AA AB AC CH AD BO BI"),
        _reply(
            "12",
            "Checkout Response",
            "ok renewal_ok magnetic_media desensitize transaction_date",
            "AO AA AB AJ AH BT CI BH BV CK CH BK AF AG",
        ),
        _request("09", "Checkin", "10", "no_block transaction_date return_date", "AP AO AB AC CH BI"),
        _reply(
            "10",
            "Checkin Response",
            "ok resensitize magnetic_media alert transaction_date",
            "AO AB AQ AJ CL AA CK CH AF AG",
        ),
        _request("29", "Renew", "30", "third_party_allowed no_block transaction_date nb_due_date", "AO AA AD AB AJ AC CH BO"),
        _reply(
            "30",
            "Renew Response",
            "ok renewal_ok magnetic_media desensitize transaction_date",
            "AO AA AB AJ AH BT CI BH BV CK CH BK AF AG",
        ),
        _request("65", "Renew All", "66", "transaction_date", "AO AA AD AC BO"),
        _reply("66", "Renew All Response", "ok renewed_count unrenewed_count transaction_date", "AO BM BN AF AG"),
        _request("15", "Hold", "16", "hold_mode transaction_date", "BW BS BY AO AA AD AB AJ AC BO"),
        _reply("16", "Hold Response", "ok available transaction_date", "BW BR BS AO AA AB AJ AF AG"),
        _request("35", "End Patron Session", "36", "transaction_date", "AO AA AC AD"),
        _reply("36", "End Session Response", "end_session transaction_date", "AO AA AF AG"),
        _request("37", "Fee Paid", "38", "transaction_date fee_type:2 payment_type:2 currency_type:3", "BV AO AA AC AD CG BK"),
        _reply("38", "Fee Paid Response", "payment_accepted transaction_date", "AO AA BK AF AG"),
        _request("25", "Patron Enable", "26", "transaction_date", "AO AA AC AD"),
        _reply("26", "Patron Enable Response", "patron_status:14 language:3 transaction_date", "AO AA AE BL CQ AF AG"),
        _request("01", "Block Patron", "24", "card_retained transaction_date", "AO AL AA AC"),
        _request("19", "Item Status Update", "20", "transaction_date", "AO AB AC CH"),
        _reply("20", "Item Status Update Response", "item_properties_ok transaction_date", "AB AJ CH AF AG"),
        _request("97", "Request ACS Resend", None, "", ""),
        _reply("96", "Request SC Resend", "", ""),
    )
}
"""Layouts by kind. Dates are 18 characters: YYYYMMDD, a zone of four characters, HHMMSS."""

SUPPORTED_MESSAGES = ("23", "11", "09", "01", "99", "97", "93", "63", "35", "37", "17", "19", "25", "15", "29", "65")
"""The requests covered by BX (supported messages) of a 98, in its order."""

FIELDS: dict[str, str] = {
    "AA": "patron identifier",
    "AB": "item identifier",
    "AC": "terminal password",
    "AD": "patron password",
    "AE": "personal name",
    "AF": "screen message",
    "AG": "print line",
    "AH": "due date",
    "AJ": "title identifier",
    "AL": "blocked card message",
    "AM": "library name",
    "AN": "terminal location",
    "AO": "institution id",
    "AP": "current location",
    "AQ": "permanent location",
    "AS": "hold items",
    "AT": "overdue items",
    "AU": "charged items",
    "AV": "fine items",
    "AY": "sequence number",
    "AZ": "checksum",
    "BD": "home address",
    "BE": "e-mail address",
    "BF": "home phone number",
    "BG": "owner",
    "BH": "currency type",
    "BI": "cancel",
    "BK": "transaction id",
    "BL": "valid patron",
    "BM": "renewed items",
    "BN": "unrenewed items",
    "BO": "fee acknowledged",
    "BP": "start item",
    "BQ": "end item",
    "BR": "queue position",
    "BS": "pickup location",
    "BT": "fee type",
    "BU": "recall items",
    "BV": "fee amount",
    "BW": "expiration date",
    "BX": "supported messages",
    "BY": "hold type",
    "BZ": "hold items limit",
    "CA": "overdue items limit",
    "CB": "charged items limit",
    "CC": "fee limit",
    "CD": "unavailable hold items",
    "CF": "hold queue length",
    "CG": "fee identifier",
    "CH": "item properties",
    "CI": "security inhibit",
    "CJ": "recall date",
    "CK": "media type",
    "CL": "sort bin",
    "CM": "hold pickup date",
    "CN": "login user id",
    "CO": "login password",
    "CP": "location code",
    "CQ": "valid patron password",
}
"""The standard field names. Servers also send private fields, whose meaning depends on the system (PA, PB, PX, SA to SZ)."""
