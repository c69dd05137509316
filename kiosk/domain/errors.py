"""Everything the program can name as having gone wrong, under words that never change."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Code(StrEnum):
    """Stable names of trouble. They appear in logs, in the audit trail and as keys of the sentences; none is ever reused."""

    # the card and its certificate
    NOT_MY_NUMBER_CARD = "not-my-number-card"
    LIBRARY_CARD_ON_READER = "library-card-on-reader"
    PHONE_NOT_ACCEPTED = "phone-not-accepted"
    NO_CERTIFICATE = "no-certificate"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    CARD_EXPIRED = "card-expired"
    CARD_NOT_YET_VALID = "card-not-yet-valid"
    CLOCK_DOUBTFUL = "clock-doubtful"  # year, month, day: what the computer takes for today
    CARD_STOPPED = "card-stopped"
    ISSUER_UNKNOWN = "issuer-unknown"
    TRUST_MISSING = "trust-missing"
    TRUST_UNUSABLE = "trust-unusable"  # files are there, and each is damaged, exposed or forged
    TRUST_ENDED = "trust-ended"
    REVOCATION_STALE = "revocation-stale"
    REVOCATION_TOO_OLD = "revocation-too-old"  # for `crl_max_age`: no card is accepted until a newer list is there
    KEY_MISMATCH = "key-mismatch"
    # the PIN
    PIN_WRONG = "pin-wrong"  # tries_left
    PIN_LOCKED = "pin-locked"
    PIN_UNAVAILABLE = "pin-unavailable"  # found locked before anybody pressed a key: locked earlier, or a card without a PIN
    # the way to the card
    CARD_REMOVED = "card-removed"
    CARD_SILENT = "card-silent"
    CARD_INTERRUPTED = "card-interrupted"  # it broke off: no answer, or no whole one; whether the card has left is not known
    CARD_WAITED = "card-waited"  # reader: the card there says nothing and keeps this one waiting
    CARD_UNREADABLE = "card-unreadable"
    CARD_IN_USE = "card-in-use"
    CARD_ANSWER_UNEXPECTED = "card-answer-unexpected"  # sw
    READER_MISSING = "reader-missing"
    READER_SERVICE_MISSING = "reader-service-missing"
    READER_DENIED = "reader-denied"
    READER_AMBIGUOUS = "reader-ambiguous"  # wanted, readers
    READER_INTERRUPTED = "reader-interrupted"  # it was away and is there again
    READER_SILENT = "reader-silent"  # the service is there and does not answer
    # the link
    NOT_LINKED = "not-linked"
    LINKED_ELSEWHERE = "linked-elsewhere"
    NUMBER_LINKED_ELSEWHERE = "number-linked-elsewhere"
    HOLDER_DENIED = "holder-denied"
    PROXY_REFUSED = "proxy-refused"
    NOTHING_TO_UNLINK = "nothing-to-unlink"
    # the library card
    NUMBER_EMPTY = "number-empty"
    NUMBER_CHARACTERS = "number-characters"
    NUMBER_LENGTH = "number-length"  # expected, got
    NUMBER_PREFIX = "number-prefix"
    NUMBER_CHECK_DIGIT = "number-check-digit"
    NUMBER_IS_MY_NUMBER = "number-is-my-number"
    BARCODE_ON_WRONG_STEP = "barcode-on-wrong-step"
    LIBRARY_CARD_EXPIRED = "library-card-expired"
    LIBRARY_CARD_STOPPED = "library-card-stopped"
    LIBRARY_CARD_UNKNOWN = "library-card-unknown"
    LIBRARY_CARD_DIFFERS = "library-card-differs"  # the library's system answered with another number
    # the library's system
    ILS_UNREACHABLE = "ils-unreachable"
    ILS_LOGIN_REFUSED = "ils-login-refused"
    ILS_LOGIN_LOST = "ils-login-lost"  # refused now, and has worked since the program was started
    ILS_NOT_TRUSTED = "ils-not-trusted"
    ITEM_NUMBER = "item-number"  # what was scanned cannot be the number of an item
    # the window of another program
    HANDOVER_NO_WINDOW = "handover-no-window"
    HANDOVER_CHANGED = "handover-changed"
    HANDOVER_IMPOSSIBLE = "handover-impossible"
    HANDOVER_KEYS_HELD = "handover-keys-held"
    # paper
    SLIP_FAILED = "slip-failed"
    SLIP_PRINTER_MISSING = "slip-printer-missing"  # printer
    SLIP_PRINTER_SILENT = "slip-printer-silent"  # printer
    SLIP_PRINTER_FAILED = "slip-printer-failed"  # printer
    # this counter
    STORE_FULL = "store-full"
    STORE_READ_ONLY = "store-read-only"
    STORE_LOCKED = "store-locked"
    STORE_NEWER = "store-newer"
    STORE_DAMAGED = "store-damaged"
    STORE_KEY_MISSING = "store-key-missing"
    STORE_KEY_WRONG = "store-key-wrong"
    STORE_FOREIGN = "store-foreign"
    STORE_UNAVAILABLE = "store-unavailable"
    STORE_MISSING = "store-missing"  # file: keys are there, the store made with them is not
    STORE_MOVED = "store-moved"  # first: the folder it was last seen in
    STORE_COPY = "store-copy"  # first: the folder it still lies in, too
    STORE_REPLACED = "store-replaced"  # its files are no longer those that were opened
    STORE_DOUBTED = "store-doubted"  # no card is served before staff have confirmed one of the following
    STORE_BEHIND = "store-behind"  # lacking: older than the anchor
    STORE_FORKED = "store-forked"
    STORE_UNANCHORED = "store-unanchored"
    STORE_RESTORED = "store-restored"  # lacking, where it is known
    LINKS_ALTERED = "links-altered"
    ANCHOR_UNWRITTEN = "anchor-unwritten"
    NOTHING_MOVED = "nothing-moved"
    STORE_KEY_UNREADABLE = "store-key-unreadable"
    STORE_UNPROTECTED = "store-unprotected"  # the disk cannot limit who reads (FAT)
    HOME_UNUSABLE = "home-unusable"
    BACKUP_FAILED = "backup-failed"
    RECOVERY_LINE = "recovery-line"  # line
    RECOVERY_MISMATCH = "recovery-mismatch"
    RECOVERY_OCCUPIED = "recovery-occupied"
    RECOVERY_LEFTOVER = "recovery-leftover"  # file
    AUDIT_BROKEN = "audit-broken"
    ALREADY_RUNNING = "already-running"
    CONFIG_INVALID = "config-invalid"  # file, line, key, expected
    CONFIG_EXPOSED = "config-exposed"  # file: others than its owner may write to it
    CONFIG_UNREADABLE = "config-unreadable"
    DISPLAY_UNUSABLE = "display-unusable"
    FILE_UNUSABLE = "file-unusable"  # named on the command line
    TRUST_FILE_INVALID = "trust-file-invalid"
    TRUST_REFUSED = "trust-refused"
    TRUST_FINGERPRINT = "trust-fingerprint"
    OUT_OF_ORDER = "out-of-order"  # incident: our own bug


ILS_TROUBLE = frozenset({Code.ILS_UNREACHABLE, Code.ILS_LOGIN_REFUSED, Code.ILS_LOGIN_LOST, Code.ILS_NOT_TRUSTED})
"""The library's system says nothing of a library card: it counts as not judged, and the windows say so."""

READER_TROUBLE = frozenset(
    {Code.READER_MISSING, Code.READER_SERVICE_MISSING, Code.READER_DENIED, Code.READER_AMBIGUOUS, Code.READER_SILENT}
)
"""No card can be read while it lasts."""

LACKING = "lacking"
"""How many acts a store has not, in the params of `STORE_BEHIND` and `STORE_RESTORED`."""


class KioskError(Exception):
    """Trouble we can name. `code` says which; `params` fill the sentence and hold nothing personal."""

    def __init__(self, code: Code, **params: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = params


class Unavailable(KioskError):
    """The world's fault; trying again may help."""


class Refused(KioskError):
    """The answer is no; something else has to be done."""
