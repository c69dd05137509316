"""A virtual JPKI card: APDU in, APDU out, with retry counter, PIN state and injectable faults. Pure: no reader, no I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from kiosk.smartcard import apdu
from kiosk.smartcard.apdu import Command
from kiosk.smartcard.virtual.authority import PrivateKey

APPLET = bytes.fromhex("D392F000260100000001")
CONTACT_ATR = bytes.fromhex("3BE000FF8131FE4514")
"""The only ATR that OpenSC in Debian 12 accepts for a JPKI card."""
CONTACTLESS_ATR = bytes.fromhex("3B888001000005E0B381A1007F")

_PIN_FILE, _KEY_FILE = 0x18, 0x17
_SIGNATURE_PIN_FILE, _SIGNATURE_CERTIFICATE = 0x1B, 0x01
"""Files of 署名用電子証明書: present because other programs query them, but never unlocked."""
_UNREADABLE_FILES = frozenset({_PIN_FILE, _KEY_FILE, _SIGNATURE_PIN_FILE, 0x1A})


class Trouble(Enum):
    """What happens to the card during a command."""

    LIFTED = auto()
    """Removed: no answer, and the card is gone."""
    SILENT = auto()
    """Never answers; only removing the card ends the command."""


@dataclass(frozen=True)
class Fault:
    """A fault to inject into one command."""

    answer: bytes | None = None
    """Replaces the card's own answer."""
    trouble: Trouble | None = None
    processed: bool = False
    """The card still executes the command (a wrong PIN uses up a try); only the answer is replaced or lost."""
    delay: float = 0.0
    """Delay of the answer in seconds."""
    before: Callable[[], object] = lambda: None
    """Called first, for example to unplug the reader or stop the service."""


@dataclass(frozen=True)
class Answer:
    """The result of one command: bytes, after `delay` seconds, or trouble."""

    data: bytes
    delay: float = 0.0
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Recorded:
    """A command received by the card, without its data, which may be a PIN."""

    header: bytes
    has_data: bool
    extended: bool

    @property
    def spends_try(self) -> bool:
        return self.header[1] == apdu.VERIFY and self.has_data


@dataclass
class VirtualCard:
    """One card: constructor fields configure it, the others hold its changing state."""

    name: str
    certificate: bytes | None = field(repr=False)
    """User-authentication certificate, possibly with trailing filler; None if the file is missing."""
    key: PrivateKey | None = field(default=None, repr=False)
    pin: bytes = field(default=b"1234", repr=False)
    tries: int = 3
    label: bytes = b"JPKIAPICCTOKEN2"
    applet: bool = True
    """False for any other kind of card."""
    authority: bytes = field(default=b"", repr=False)
    """The authority's certificate in EF 000B; not used as evidence."""
    blocked: int = 0x6984
    """Status word of a blocked PIN: programs in the field handle 63C0, 6983 and 6984."""
    certificate_needs_pin: bool = False
    """As on a phone."""
    certificate_status: int | None = None
    """Returned to every READ of the certificate instead of its data: 6B00, 6982."""
    extended: bool = True
    """Supports extended-length APDUs."""
    short_references: bool = True
    """Supports short EF identifiers."""
    first_fails: bool = False
    """Answers the first command after a cold power-up with 6F00."""
    splits: int | None = None
    """Answers longer than this are returned through 61xx and GET RESPONSE."""
    exact_length: bool = False
    """Returns 6Cxx when Le exceeds what is left."""
    end_warning: bool = False
    """Returns 6282 with data that reaches the end of the file."""
    atr: bytes = CONTACT_ATR

    commands: list[Recorded] = field(default_factory=list, init=False, repr=False)
    faults: dict[int, Fault] = field(default_factory=dict, init=False, repr=False)
    powered: bool = field(default=False, init=False)
    verified: bool = field(default=False, init=False)
    """The PIN was verified since the last power-up. Survives a reset, as on real cards."""

    def __post_init__(self) -> None:
        self._selected = False
        self._file: int | None = None
        self._pending = b""
        self._fresh = True

    def power_up(self) -> None:
        """Cold power-up."""
        self.power_down()
        self.powered = self._fresh = True

    def power_down(self) -> None:
        self.powered = self.verified = False
        self.reset()

    def reset(self) -> None:
        """Warm reset: clears the selection but not a verified PIN."""
        self._selected, self._file, self._pending = False, None, b""

    @property
    def verifies(self) -> int:
        """Number of VERIFY commands with data that reached the card."""
        return sum(1 for recorded in self.commands if recorded.spends_try)

    def fault(self, index: int, fault: Fault) -> None:
        """Inject `fault`, once, into the command `index` from now (0 is the next)."""
        self.faults[len(self.commands) + index] = fault

    def transmit(self, command: bytes) -> bytes:
        """Return only the response APDU; empty when the card is removed or silent."""
        return self.answer(command).data

    def answer(self, command: bytes) -> Answer:
        """Return the response with its delay and trouble. Never raises."""
        fault = self.faults.pop(len(self.commands), None)
        try:
            parsed = apdu.parse(command)
        except ValueError:
            parsed = None
        self._record(command, parsed)
        if fault is None:
            return Answer(self._respond(parsed))
        fault.before()
        said = b"" if fault.trouble is not None else fault.answer
        own = self._respond(parsed) if fault.processed or said is None else b""
        return Answer(own if said is None else said, fault.delay, fault.trouble)

    def _record(self, command: bytes, parsed: Command | None) -> None:
        has_data = len(command) > 5 if parsed is None else bool(parsed.data)
        self.commands.append(Recorded(bytes(command[:4]).ljust(4, b"\0"), has_data, parsed is not None and parsed.extended))

    def _respond(self, command: Command | None) -> bytes:
        first, self._fresh = self._fresh, False
        if first and self.first_fails:
            return _status(0x6F00)
        if command is None or (command.extended and not self.extended):
            return _status(0x6700)
        match command.cla, command.ins:
            case 0x00, apdu.GET_RESPONSE:
                return self._more(command.le or 0x100)
            case 0x00, apdu.SELECT:
                return _status(self._select(command))
            case (0x00, apdu.READ_BINARY | apdu.VERIFY) | (0x80, apdu.PERFORM_SECURITY_OPERATION) if not self._selected:
                return _status(0x6D00)
            case 0x00, apdu.READ_BINARY:
                return self._read(command)
            case 0x00, apdu.VERIFY:
                return _status(self._verify(command))
            case 0x80, apdu.PERFORM_SECURITY_OPERATION:
                return self._sign(command)
            case 0x00 | 0x80, _:
                return _status(0x6D00)
        return _status(0x6E00)

    def _select(self, command: Command) -> int:
        match command.p1, command.p2:
            case 0x04, 0x00 | 0x0C:
                if not (self.applet and command.data and APPLET.startswith(command.data)):
                    return 0x6A82
                # Selecting the same application again keeps a verified PIN; only another application would clear it.
                self._selected, self._file = True, None
                return 0x9000
            case 0x02, 0x0C if self._selected and len(command.data) == 2:
                file = int.from_bytes(command.data, "big")
                if file not in _UNREADABLE_FILES and self._content(file) is None:
                    return 0x6A82
                self._file = file
                return 0x9000
            case 0x00, _ if self._selected:
                return 0x6A82 if command.data else 0x9000
        return 0x6A86

    def _content(self, file: int) -> bytes | None:
        match file:
            case 0x06:
                return (self.label.ljust(32) + b"JPKI".ljust(32) + b"E16R01NJ".ljust(16) + b"0" * 16).ljust(160, b"\0")
            case 0x08:
                return bytes((0x8F, 0x00 if self.certificate is None else 0x8F, 0x00))
            case 0x0A:
                return self.certificate
            case 0x02 | 0x0B:
                return self.authority
            case 0x01:
                return b"\0"
        return None

    def _read(self, command: Command) -> bytes:
        if command.p1 & 0x80:
            if not self.short_references:
                return _status(0x6A86)
            self._file, offset = command.p1 & 0x1F, command.p2
        else:
            offset = command.p1 << 8 | command.p2
        if self._file is None:
            return _status(0x6986)
        if self._file in _UNREADABLE_FILES:
            return _status(0x6981)
        content = self._content(self._file)
        if content is None:
            self._file = None
            return _status(0x6A82)
        if self._file == _SIGNATURE_CERTIFICATE or (self._file == 0x0A and self.certificate_needs_pin and not self.verified):
            return _status(0x6982)
        if self._file == 0x0A and self.certificate_status is not None:
            return _status(self.certificate_status)
        if offset >= len(content):
            return _status(0x6B00)
        return self._part(content[offset:], command.le or 0x100)

    def _part(self, left: bytes, asked: int) -> bytes:
        if self.exact_length and asked > len(left):
            return _status(0x6C00 | len(left)) if len(left) < 0x100 else _status(0x6700)
        if self.end_warning and asked > len(left):
            return left + _status(0x6282)
        return self._split(left[:asked], self.splits or asked)

    def _split(self, data: bytes, most: int) -> bytes:
        if len(data) <= most:
            return data + _status(0x9000)
        self._pending = data
        return _status(0x6100 | min(most, len(data), 0x100) & 0xFF)

    def _more(self, asked: int) -> bytes:
        data, self._pending = self._pending[:asked], self._pending[asked:]
        if not data:
            return _status(0x6985)
        return data + _status(0x6100 | min(len(self._pending), self.splits or 0x100) & 0xFF if self._pending else 0x9000)

    def _refers_to(self, reference: int, file: int) -> bool:
        return (reference == 0x80 and self._file == file) or (self.short_references and reference == 0x80 | file)

    def _verify(self, command: Command) -> int:
        if self._refers_to(command.p2, _SIGNATURE_PIN_FILE):
            # Five tries, and no password is accepted; our program never sends one.
            return 0x6985 if command.data else 0x63C5
        if command.p1 != 0 or not self._refers_to(command.p2, _PIN_FILE):
            return 0x6A86
        if self.tries == 0:
            return self.blocked
        if not command.data:
            return 0x63C0 | self.tries
        # A PIN of the wrong length uses up a try like any other wrong PIN.
        self.verified = command.data == self.pin
        self.tries = 3 if self.verified else self.tries - 1
        return 0x9000 if self.verified else 0x63C0 | self.tries

    def _sign(self, command: Command) -> bytes:
        if command.p1 != 0x00 or not self._refers_to(command.p2, _KEY_FILE):
            return _status(0x6A86)
        if not self.verified or self.key is None:
            return _status(0x6982)
        signature = _signature(self.key, command.data)
        return self._split(signature, self.splits or command.le or 0x100) if signature else _status(0x6985)


def _status(sw: int) -> bytes:
    return sw.to_bytes(2, "big")


def _signature(key: PrivateKey, data: bytes) -> bytes:
    """Sign exactly these bytes: PKCS #1 v1.5 without adding a DigestInfo, or ECDSA over a given hash. Empty if the length does not fit."""
    if isinstance(key, rsa.RSAPrivateKey):
        fits = 1 <= len(data) <= key.key_size // 8 - 11
        return key.sign(data, padding.PKCS1v15(), utils.NoDigestInfo()) if fits else b""
    lengths: dict[int, hashes.HashAlgorithm] = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}
    algorithm = lengths.get(len(data))
    return b"" if algorithm is None else key.sign(data, ec.ECDSA(utils.Prehashed(algorithm)))
