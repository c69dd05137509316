"""All problems the program can name, under stable codes."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Self

from kiosk.domain.codefacts import (
    About,
    Family,
    Guide,
    ToPatron,
    about_card,
    about_counter,
    about_library_card,
    about_link,
    about_number,
    about_pin,
    about_reader,
)


@unique
class Code(StrEnum):
    """Stable names of problems, used in logs, in the audit trail and as message keys; none is ever reused. For staff each has a title, a
    cause and a next step (`refusal.<code>.title`, `.staff`, `.staff-next`).
    """

    about: About
    _value_: str

    def __new__(cls, name: str, *declared: About) -> Self:
        member = str.__new__(cls, name)
        member._value_ = name
        # Exactly one: a code declared without it fails on import. (mypy takes the look-up `Code("pin-wrong")` for a call of this.)
        (member.about,) = declared
        return member

    # the card and its certificate
    NOT_MY_NUMBER_CARD = "not-my-number-card", about_card(Guide.LAY, lay_again=True)
    LIBRARY_CARD_ON_READER = "library-card-on-reader", about_card(Guide.OTHER_CARD, lay_again=True)
    PHONE_NOT_ACCEPTED = "phone-not-accepted", about_card(Guide.PHONE, lay_again=True)
    NO_CERTIFICATE = "no-certificate", about_card(Guide.OFFICE, lay_again=False, library_card_serves=True)
    CERTIFICATE_UNREADABLE = "certificate-unreadable", about_card(Guide.OFFICE, lay_again=False, library_card_serves=True)
    CARD_EXPIRED = "card-expired", about_card(Guide.RENEW, lay_again=False, library_card_serves=True, by_date=True)
    CARD_NOT_YET_VALID = "card-not-yet-valid", about_card(Guide.WAIT, lay_again=False, library_card_serves=True, by_date=True)
    CLOCK_DOUBTFUL = "clock-doubtful", about_counter(Family.CLOCK, ToPatron.OWN, year=int, month=int, day=int)
    """With the date according to the computer."""
    CARD_STOPPED = "card-stopped", about_card(Guide.OFFICE, lay_again=False, library_card_serves=True)
    ISSUER_UNKNOWN = "issuer-unknown", about_card(Guide.WAIT, lay_again=False, library_card_serves=True)
    TRUST_MISSING = "trust-missing", about_counter(Family.TRUST, ToPatron.CLOSED)
    TRUST_UNUSABLE = "trust-unusable", about_counter(Family.TRUST, ToPatron.CLOSED)
    """There are files, but each is damaged, exposed or forged."""
    TRUST_ENDED = "trust-ended", about_counter(Family.TRUST, ToPatron.CLOSED)
    REVOCATION_STALE = "revocation-stale", about_counter(Family.REVOCATION, ToPatron.NOTHING)
    """Told by `kiosk tap` beside a card that is accepted all the same."""
    REVOCATION_TOO_OLD = "revocation-too-old", about_counter(Family.REVOCATION, ToPatron.CLOSED)
    """Exceeds `crl_max_age`: no card is accepted until there is a newer list."""
    KEY_MISMATCH = "key-mismatch", about_card(Guide.WAIT, lay_again=False, library_card_serves=True, ends_proof=True)
    # the PIN
    PIN_WRONG = "pin-wrong", about_pin(Guide.REGISTER, ends_proof=False, library_card_serves=False, tries_left=int)
    PIN_LOCKED = "pin-locked", about_pin(Guide.OFFICE, ends_proof=True, library_card_serves=True)
    PIN_UNAVAILABLE = "pin-unavailable", about_pin(Guide.OFFICE, ends_proof=True, library_card_serves=True)
    """Found locked before a PIN was entered: locked earlier, or a card without a PIN."""
    # the connection to the card
    CARD_REMOVED = "card-removed", about_card(Guide.LAY, lay_again=True)
    CARD_SILENT = "card-silent", about_card(Guide.LAY, lay_again=True)
    CARD_INTERRUPTED = "card-interrupted", about_card(Guide.LAY, lay_again=True)
    """The exchange was interrupted: no answer, or an incomplete one; whether the card was removed is not known."""
    CARD_WAITED = "card-waited", about_card(Guide.LAY, lay_again=True, patron=ToPatron.NO_READING, reader=str)
    """The card on `reader` does not respond and keeps this one waiting."""
    CARD_UNREADABLE = "card-unreadable", about_card(Guide.LAY, lay_again=True)
    CARD_IN_USE = "card-in-use", about_card(Guide.LAY, lay_again=True)
    CARD_ANSWER_UNEXPECTED = "card-answer-unexpected", about_card(Guide.LAY, lay_again=True, sw=str)
    READER_INTERRUPTED = "reader-interrupted", about_card(Guide.LAY, lay_again=True)
    """The reader was disconnected and is back."""
    READER_MISSING = "reader-missing", about_reader()
    READER_SERVICE_MISSING = "reader-service-missing", about_reader()
    READER_DENIED = "reader-denied", about_reader()
    READER_AMBIGUOUS = "reader-ambiguous", about_reader(wanted=str, readers=str)
    READER_SILENT = "reader-silent", about_reader()
    """The service is there and does not answer."""
    READER_BROKEN = "reader-broken", about_reader(incident=str)
    """Our own bug: the readers cannot be watched."""
    # the link
    NOT_LINKED = "not-linked", about_link(Guide.REGISTER, library_card_serves=True)
    NOT_LINKED_YET = "not-linked-yet", about_link(Guide.WAIT, library_card_serves=True)
    """Not linked as far as is known here, while what the register knows cannot be asked."""
    LINK_ENDED = "link-ended", about_link(Guide.REGISTER, library_card_serves=True)
    """Not linked, and what ended its link is still remembered here."""
    STOPPED_MEANWHILE = "stopped-meanwhile", about_link(Guide.WAIT, library_card_serves=True)
    """The link was there when the card was placed, and has gone before its patron was called up."""
    LINKED_ELSEWHERE = "linked-elsewhere", about_link(Guide.WAIT, library_card_serves=True)
    NUMBER_LINKED_ELSEWHERE = "number-linked-elsewhere", about_link(Guide.WAIT, library_card_serves=True)
    HOLDER_DENIED = "holder-denied", about_link(Guide.HOLDER, library_card_serves=False)
    PROXY_REFUSED = "proxy-refused", about_link(Guide.PROXY, library_card_serves=False)
    NOTHING_TO_UNLINK = "nothing-to-unlink", about_link(Guide.UNLINK, patron=ToPatron.NOTHING, library_card_serves=False)
    PREMISES_CHANGED = "premises-changed", about_link(Guide.WAIT, library_card_serves=True)
    """What staff were shown before a replacement no longer stands."""
    STOPPED_SINCE = "stopped-since", about_link(Guide.WAIT, library_card_serves=True)
    """Card or number was stopped after the position known when the operation was made."""
    MADE_TOO_LONG_AGO = "made-too-long-ago", about_link(Guide.WAIT, library_card_serves=True)
    """What was stopped since is no longer remembered."""
    SITE_KEY_CHANGED = "site-key-changed", about_link(Guide.WAIT, library_card_serves=True)
    """The card's token was derived with an earlier site key of the library."""
    # the operation itself
    OPERATION_NEWER = "operation-newer", about_counter(Family.REGISTRY, ToPatron.NOT_SAVED)
    """Of a version this program does not know."""
    OPERATION_UNREADABLE = "operation-unreadable", about_counter(Family.REGISTRY, ToPatron.NOT_SAVED)
    OPERATION_REUSED = "operation-reused", about_counter(Family.REGISTRY, ToPatron.NOT_SAVED)
    """Its UUID has been used with other content."""
    COUNTER_DOUBLED = "counter-doubled", about_counter(Family.REGISTRY, ToPatron.NOT_SAVED)
    """Another operation has its place in the counter's own sequence: two computers work under one name."""
    # the library's register
    REGISTRY_TOO_LONG_OFFLINE = "registry-too-long-offline", about_counter(Family.REGISTRY, ToPatron.CLOSED)
    """What was stopped elsewhere may be unknown here: no card is accepted until the register has answered."""
    REGISTRY_SHUT_OUT = "registry-shut-out", about_counter(Family.REGISTRY, ToPatron.CLOSED)
    """The register no longer accepts this counter."""
    REGISTRY_URL = "registry-url", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """Not the address of a server: always https."""
    REGISTRY_UNREACHABLE = "registry-unreachable", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    REGISTRY_NOT_TRUSTED = "registry-not-trusted", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """Another authority than the library's vouches for who is there, or for another name. `reason`: date, where only the time is wrong."""
    REGISTRY_AUTHORITY_MISSING = "registry-authority-missing", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """The certificate kept beside the store is gone, or another."""
    REGISTRY_ANSWER_UNEXPECTED = "registry-answer-unexpected", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    # enrolment, and the counters of a register
    ENROLMENT_CODE_OF_ANOTHER = "enrolment-code-of-another", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """The code names another authority than the one that the server shows."""
    COUNTER_HAS_LINKS = "counter-has-links", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """A counter with links of its own cannot be enrolled: the server's would replace them."""
    COUNTER_OF_ANOTHER = "counter-of-another", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """Enrolled under another name already."""
    COUNTER_REVOKED = "counter-revoked", about_counter(Family.REGISTRY, ToPatron.CLOSED)
    """The library's server has revoked this counter, whose store and keys were erased."""
    ENROLMENT_CODE_MISTYPED = "enrolment-code-mistyped", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    ENROLMENT_FILE_UNUSABLE = "enrolment-file-unusable", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    ENROLMENT_CODE_REFUSED = "enrolment-code-refused", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """By the server. `reason`: unknown, expired, used, closed (too many wrong tries)."""
    COUNTER_UNKNOWN = "counter-unknown", about_counter(Family.REGISTRY, ToPatron.NOTHING, name=str)
    COUNTER_KNOWN = "counter-known", about_counter(Family.REGISTRY, ToPatron.NOTHING, name=str)
    """A counter of this name is enrolled already."""
    COUNTER_NAME = "counter-name", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    COUNTER_ENDED = "counter-ended", about_counter(Family.REGISTRY, ToPatron.NOTHING, name=str)
    """Revoked or retired already."""
    # backups of the register
    REGISTRY_BACKUP_UNUSABLE = "registry-backup-unusable", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """`reason`: foreign, newer (`version`, `known`), other-key (`sheet`, the fingerprint of the one needed), damaged, altered,
    other-library."""
    REGISTRY_OCCUPIED = "registry-occupied", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """There is a ledger, or a site key, where a backup was to be restored. `reason`: ledger, other-key."""
    REGISTRY_SERVING = "registry-serving", about_counter(Family.REGISTRY, ToPatron.NOTHING)
    """The server runs on this database, here or on another machine."""
    REGISTRY_PUT_BACK = "registry-put-back", about_counter(Family.REGISTRY, ToPatron.NOTHING, known=int, found=int)
    """The database is behind what this machine knows of it: it was put back, or lost something, without a new epoch."""
    POSITION_UNKNOWN = "position-unknown", about_counter(Family.REGISTRY, ToPatron.NOTHING, cursor=int, head=int)
    """No position of this ledger: it lies above the head."""
    LOCAL_CLIENT_REFUSED = "local-client-refused", about_counter(Family.PROGRAM, ToPatron.NOTHING, name=str)
    SERVER_PARTS_MISSING = "server-parts-missing", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    """The packages that only the server needs are not installed."""
    LEDGER_MISSING = "ledger-missing", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    """On the server: there is the key of a ledger (`place` is where it should be), but not the ledger."""
    LEDGER_EXCHANGED = "ledger-exchanged", about_counter(Family.PROGRAM, ToPatron.NOTHING, place=str)
    """On the server: the file of the ledger (`place`) was replaced or removed under it."""
    DATABASE_UNREACHABLE = "database-unreachable", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    """The server's PostgreSQL."""
    SITE_KEY_MISSING = "site-key-missing", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    """On the server: there is a ledger, but not the key file made with it."""
    SITE_KEY_OTHER = "site-key-other", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    """The key file belongs to another ledger."""
    SITE_KEY_GENERATION = "site-key-generation", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    """The key file is of this ledger, but of another generation: the key was rotated on another machine, or the database was put back."""
    SITE_KEY_UNREADABLE = "site-key-unreadable", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    ADDRESS_UNUSABLE = "address-unusable", about_counter(Family.PROGRAM, ToPatron.NOTHING, address=str, file=str)
    """The server cannot listen there."""
    CERTIFICATE_UNUSABLE = "certificate-unusable", about_counter(Family.PROGRAM, ToPatron.NOTHING, file=str)
    """A certificate or key of the server's own TLS."""
    # the library card
    NUMBER_EMPTY = "number-empty", about_number(perhaps_item=False)
    NUMBER_CHARACTERS = "number-characters", about_number(perhaps_item=True)
    NUMBER_LENGTH = "number-length", about_number(perhaps_item=True, expected=str, got=int)
    NUMBER_PREFIX = "number-prefix", about_number(perhaps_item=True, prefix=str)
    NUMBER_CHECK_DIGIT = "number-check-digit", about_number(perhaps_item=True)
    NUMBER_IS_MY_NUMBER = "number-is-my-number", about_number(perhaps_item=False)
    BARCODE_ON_WRONG_STEP = "barcode-on-wrong-step", about_counter(Family.PROGRAM, ToPatron.OWN)
    LIBRARY_CARD_EXPIRED = "library-card-expired", about_library_card(Guide.LIBRARY, until=str)
    """`until`: ISO date, if known."""
    LIBRARY_CARD_STOPPED = "library-card-stopped", about_library_card(Guide.STOPPED, stops=str, said=str)
    """`stops`: space-separated `Stop` values; `said`: the library system's own message."""
    LIBRARY_CARD_UNKNOWN = "library-card-unknown", about_library_card(Guide.NUMBER)
    LIBRARY_CARD_DIFFERS = "library-card-differs", about_library_card(Guide.NUMBER, answered=str)
    """The library system answered with another number, or with none (`answered`: "unnumbered")."""
    # the library system
    ILS_UNREACHABLE = "ils-unreachable", about_counter(Family.ILS, ToPatron.NOTHING)
    ILS_LOGIN_REFUSED = "ils-login-refused", about_counter(Family.ILS, ToPatron.NOTHING)
    ILS_LOGIN_LOST = "ils-login-lost", about_counter(Family.ILS, ToPatron.NOTHING)
    """Login refused, although it has succeeded since the program was started."""
    ILS_NOT_TRUSTED = "ils-not-trusted", about_counter(Family.ILS, ToPatron.NOTHING)
    ITEM_NUMBER = "item-number", about_counter(Family.ITEM, ToPatron.NOTHING)
    """The input cannot be an item number."""
    # another program's window
    HANDOVER_NO_WINDOW = "handover-no-window", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    HANDOVER_CHANGED = "handover-changed", about_counter(Family.HANDOVER, ToPatron.NOTHING, typed=int)
    HANDOVER_IMPOSSIBLE = "handover-impossible", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    HANDOVER_KEYS_HELD = "handover-keys-held", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    HANDOVER_SEVERAL_WINDOWS = "handover-several-windows", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    """The field is in several windows that the target fits."""
    HANDOVER_FIELD_UNSEEN = "handover-field-unseen", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    """`reason`: one of `Unknown` (`library.handover.elements`)."""
    HANDOVER_FIELD_ELSEWHERE = "handover-field-elsewhere", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    """Another field of the right window has the focus, or none."""
    HANDOVER_FIELD_FILLED = "handover-field-filled", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    HANDOVER_NOT_SHOWN = "handover-not-shown", about_counter(Family.HANDOVER, ToPatron.NOTHING, typed=int)
    HANDOVER_CLIPBOARD = "handover-clipboard", about_counter(Family.HANDOVER, ToPatron.NOTHING)
    """Another program does not let go of the clipboard, or does not say what it has there."""
    # slips
    SLIP_FAILED = "slip-failed", about_counter(Family.SLIP, ToPatron.NOTHING)
    SLIP_PRINTER_MISSING = "slip-printer-missing", about_counter(Family.SLIP, ToPatron.NOTHING, printer=str)
    SLIP_PRINTER_SILENT = "slip-printer-silent", about_counter(Family.SLIP, ToPatron.NOTHING, printer=str)
    SLIP_PRINTER_FAILED = "slip-printer-failed", about_counter(Family.SLIP, ToPatron.NOTHING, printer=str)
    # this counter
    STORE_FULL = "store-full", about_counter(Family.STORE, ToPatron.NOT_SAVED)
    STORE_READ_ONLY = "store-read-only", about_counter(Family.STORE, ToPatron.NOT_SAVED)
    STORE_LOCKED = "store-locked", about_counter(Family.STORE, ToPatron.NOT_SAVED)
    STORE_NEWER = "store-newer", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_DAMAGED = "store-damaged", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_KEY_MISSING = "store-key-missing", about_counter(Family.STORE, ToPatron.CLOSED)
    CREDENTIAL_STORE_UNUSABLE = "credential-store-unusable", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_KEY_WRONG = "store-key-wrong", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_FOREIGN = "store-foreign", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_UNAVAILABLE = "store-unavailable", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_MISSING = "store-missing", about_counter(Family.STORE, ToPatron.CLOSED, file=str)
    """There are keys but not the store created with them."""
    STORE_MOVED = "store-moved", about_counter(Family.STORE, ToPatron.CLOSED, first=str)
    """`first`: the folder where it was last seen."""
    STORE_COPY = "store-copy", about_counter(Family.STORE, ToPatron.CLOSED, first=str)
    """`first`: the folder where it still exists as well."""
    STORE_REPLACED = "store-replaced", about_counter(Family.STORE, ToPatron.CLOSED)
    """Its files are no longer those that were opened."""
    STORE_DOUBTED = "store-doubted", about_counter(Family.STORE, ToPatron.CLOSED)
    """No card is served until staff have acknowledged one of the following."""
    STORE_BEHIND = "store-behind", about_counter(Family.STORE, ToPatron.CLOSED, lacking=int)
    """Older than the anchor."""
    STORE_FORKED = "store-forked", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_UNANCHORED = "store-unanchored", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_RESTORED = "store-restored", about_counter(Family.STORE, ToPatron.CLOSED, lacking=int)
    LINKS_ALTERED = "links-altered", about_counter(Family.STORE, ToPatron.CLOSED)
    ANCHOR_UNWRITTEN = "anchor-unwritten", about_counter(Family.STORE, ToPatron.CLOSED)
    NOTHING_MOVED = "nothing-moved", about_counter(Family.STORE, ToPatron.NOTHING)
    STORE_KEY_UNREADABLE = "store-key-unreadable", about_counter(Family.STORE, ToPatron.CLOSED)
    STORE_UNPROTECTED = "store-unprotected", about_counter(Family.STORE, ToPatron.CLOSED)
    """The file system has no access control (FAT)."""
    HOME_UNUSABLE = "home-unusable", about_counter(Family.PROGRAM, ToPatron.CLOSED)
    COUNTER_NOT_ADMITTED = "counter-not-admitted", about_counter(Family.PROGRAM, ToPatron.CLOSED)
    COUNTER_RIGHTS = "counter-rights", about_counter(Family.PROGRAM, ToPatron.CLOSED)
    COUNTER_MOVING = "counter-moving", about_counter(Family.PROGRAM, ToPatron.CLOSED)
    SETUP_IMPOSSIBLE = "setup-impossible", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    ERASE_IMPOSSIBLE = "erase-impossible", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    BACKUP_FAILED = "backup-failed", about_counter(Family.STORE, ToPatron.NOTHING)
    RECOVERY_LINE = "recovery-line", about_counter(Family.STORE, ToPatron.NOTHING, line=int)
    RECOVERY_MISMATCH = "recovery-mismatch", about_counter(Family.STORE, ToPatron.NOTHING)
    RECOVERY_OCCUPIED = "recovery-occupied", about_counter(Family.STORE, ToPatron.NOTHING)
    RECOVERY_LEFTOVER = "recovery-leftover", about_counter(Family.STORE, ToPatron.NOTHING, file=str)
    AUDIT_BROKEN = "audit-broken", about_counter(Family.STORE, ToPatron.CLOSED)
    ALREADY_RUNNING = "already-running", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    CONFIG_INVALID = "config-invalid", about_counter(Family.PROGRAM, ToPatron.NOTHING, file=str, line=int, key=str, expected=str)
    CONFIG_EXPOSED = "config-exposed", about_counter(Family.PROGRAM, ToPatron.NOTHING, file=str)
    CONFIG_UNREADABLE = "config-unreadable", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    GROUP_UNUSABLE = "group-unusable", about_counter(Family.PROGRAM, ToPatron.NOTHING, group=str)
    DISPLAY_UNUSABLE = "display-unusable", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    FILE_UNUSABLE = "file-unusable", about_counter(Family.PROGRAM, ToPatron.NOTHING)
    TRUST_FILE_INVALID = "trust-file-invalid", about_counter(Family.TRUST, ToPatron.NOTHING)
    TRUST_REFUSED = "trust-refused", about_counter(Family.TRUST, ToPatron.NOTHING)
    TRUST_FINGERPRINT = "trust-fingerprint", about_counter(Family.TRUST, ToPatron.NOTHING)
    OUT_OF_ORDER = "out-of-order", about_counter(Family.PROGRAM, ToPatron.NOTHING, incident=str)
    """A bug of our own."""

    @property
    def is_of_no_link(self) -> bool:
        return self in (Code.NOT_LINKED, Code.NOT_LINKED_YET, Code.LINK_ENDED)


class KioskError(Exception):
    """A problem with a code. `params` fill its message and hold no personal data."""

    def __init__(self, code: Code, **params: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = params


class Unavailable(KioskError):
    """An external failure; trying again may help."""


class Refused(KioskError):
    """A refusal; trying again does not help."""
