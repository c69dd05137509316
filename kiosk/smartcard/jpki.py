"""One session with the JPKI application (公的個人認証AP) on a card: read the certificate, verify the PIN, sign.

No specification of the card is public. What is known comes from programs that work with real cards:
application, files 000A, 0017 and 0018, tries (63Cx), signature over a DigestInfo: OpenSC (src/libopensc/jpki.h, card-jpki.c) and jpki/myna;
token labels: jpki/myna and soltia48/myna-card; that a phone's certificate takes the PIN first: jpki/myna;
short EF identifiers in READ, VERIFY (P2 = 98) and signature (P2 = 97), 6F00 after power-up, 6984 for a locked PIN: soltia48/myna-card.
Nobody reports 6983, 6282 or the answers of a card without a certificate, nor that READ takes an extended length: these are allowed for.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.smartcard import apdu, der
from kiosk.smartcard.apdu import Response, exchange, unexpected
from kiosk.smartcard.reader import CardConnection

APPLET = bytes.fromhex("D392F000260100000001")
CARD_LABEL = "JPKIAPICCTOKEN2"
PHONE_LABELS = frozenset({"JPKIAPGPSETOKEN", "JPKIAPIOSTOKEN"})

_TOKEN_INFO = 0x06
_CERTIFICATE = 0x0A
_PRIVATE_KEY = 0x17
_PIN = 0x18
_CURRENT = 0x80

_FARTHEST = 0x7FFF
"""READ BINARY takes a 15-bit offset (ISO 7816-4 §7.2.3)."""
_MOST_BLOCKS = 512
_NO_SUCH_APPLICATION = frozenset(
    {0x6300, 0x6700, 0x6800, 0x6881, 0x6882, 0x6900, 0x6981, 0x6985, 0x6999, 0x6A80, 0x6A81, 0x6A82, 0x6A86, 0x6A87, 0x6D00, 0x6E00}
)
"""Answers of other cards to SELECT, and of readers on behalf of memory cards, which have no applications."""
_NO_SHORT_REFERENCE = frozenset({0x6700, 0x6981, 0x6985, 0x6986, 0x6A80, 0x6A81, 0x6A82, 0x6A86, 0x6A88, 0x6B00})
"""Answers that may mean that the card does not support short EF identifiers: the file is then selected explicitly."""
_NO_FILE = frozenset({0x6982, 0x6A82, 0x6B00})
_BLOCKED = frozenset({0x6983, 0x6984})
_END_OF_FILE = frozenset({0x6282, 0x6B00})


def accept_label(label: str) -> None:
    """Accept only the token label of a plastic My Number Card. Raises Refused: phone-not-accepted, not-my-number-card."""
    if label in PHONE_LABELS:
        raise Refused(Code.PHONE_NOT_ACCEPTED)
    if label != CARD_LABEL:
        raise Refused(Code.NOT_MY_NUMBER_CARD)


class JpkiSession:
    """A session with the JPKI application selected, bound to one connection.

    Besides what each method lists, all raise Unavailable: card-answer-unexpected (with `sw`), card-removed, and whatever the connection
    raises. INS 24 (change PIN) is never sent.
    """

    def __init__(self, connection: CardConnection) -> None:
        """Select the application. Raises Refused(not-my-number-card) when the card does not have it."""
        self._connection = connection
        self._extended = connection.extended
        self._short_files = True
        self._pin_reference: int | None = None
        command = apdu.build(0x00, apdu.SELECT, 0x04, 0x0C, APPLET)
        answer = exchange(connection, command)
        if answer.sw == 0x6F00:
            # Observed as the answer to the first command after a cold power-up. No other command is repeated on 6F00.
            answer = exchange(connection, command)
        if answer.sw in _NO_SUCH_APPLICATION:
            raise Refused(Code.NOT_MY_NUMBER_CARD)
        if not answer.done:
            raise unexpected(answer)

    def token_label(self) -> str:
        """Read and check the label in EF 0006 (PKCS #11 token info) first, since reading a phone's certificate would require a PIN.

        Raises Refused: phone-not-accepted, not-my-number-card.
        """
        answer = self._read_start(_TOKEN_INFO, 32)
        if answer.sw in _NO_FILE:
            raise Refused(Code.NOT_MY_NUMBER_CARD)
        if answer.sw not in (0x9000, 0x6282):
            raise unexpected(answer)
        label = answer.data[:32].decode("ascii", "replace").strip("\0 ")
        accept_label(label)
        return label

    def read_certificate(self, first_block: Callable[[bytes], None] | None = None) -> bytes:
        """Read the user-authentication certificate, trimmed to its DER length. `first_block` is called with the first block as soon as it
        arrives.

        Raises Refused: no-certificate, certificate-unreadable.
        """
        answer = self._read_start(_CERTIFICATE, 0x100)
        if answer.sw in _NO_FILE:
            raise Refused(Code.NO_CERTIFICATE)
        if answer.sw not in (0x9000, 0x6282):
            raise unexpected(answer)
        if not answer.data.strip(b"\xff") or not answer.data.strip(b"\x00"):
            raise Refused(Code.NO_CERTIFICATE)
        if first_block is not None:
            first_block(answer.data)
        return self._read_rest(answer.data)

    def tries_left(self) -> int:
        """Read the remaining PIN tries; 0 means locked. Uses up none: VERIFY without data only queries the counter."""
        answer = exchange(self._connection, apdu.build(0x00, apdu.VERIFY, 0x00, _CURRENT | _PIN))
        self._pin_reference = _CURRENT | _PIN
        if answer.sw in _NO_SHORT_REFERENCE:
            self._select_file(_PIN)
            answer = exchange(self._connection, apdu.build(0x00, apdu.VERIFY, 0x00, _CURRENT))
            self._pin_reference = _CURRENT
        if answer.sw in _BLOCKED:
            return 0
        if answer.tries is None:
            # 9000 (PIN already verified) does not contain the counter and must not be read as "all tries left".
            raise unexpected(answer)
        return answer.tries

    def verify(self, digits: bytearray) -> None:
        """Present the PIN exactly once; wipes `digits` and the command. After an error call `tries_left`: the answer may have been lost.

        Raises Refused: pin-wrong (with `tries_left`), pin-locked. Raises ValueError, with nothing sent, unless `digits` are four ASCII
        digits.
        """
        command = bytearray((0x00, apdu.VERIFY, 0x00, 0x00, 0x04)) + digits
        try:
            if len(digits) != 4 or not all(0x30 <= digit <= 0x39 for digit in digits):
                raise ValueError("a PIN is four digits")
            command[3] = self._find_pin_reference()
            answer = self._present(command)
        finally:
            digits[:] = bytes(len(digits))
            command[:] = bytes(len(command))
        if answer.done:
            return
        tries_left = self.tries_left() if answer.sw == 0x6300 else answer.tries
        if answer.sw in _BLOCKED or tries_left == 0:
            raise Refused(Code.PIN_LOCKED)
        if tries_left is None:
            raise unexpected(answer)
        raise Refused(Code.PIN_WRONG, tries_left=tries_left)

    def sign(self, prepared: bytes) -> bytes:
        """Sign what `Certificate.prepare` returned with the card's private key: a DigestInfo for RSA, a bare hash for ECDSA.

        P1 = 00 signs exactly the bytes given, so one command serves both key types. Longer signatures arrive through 61xx.
        """
        answer = exchange(self._connection, self._sign_command(_CURRENT | _PRIVATE_KEY, prepared))
        if answer.sw in _NO_SHORT_REFERENCE:
            self._select_file(_PRIVATE_KEY)
            answer = exchange(self._connection, self._sign_command(_CURRENT, prepared))
        if not answer.done or not answer.data:
            raise unexpected(answer)
        return answer.data

    @staticmethod
    def _sign_command(reference: int, prepared: bytes) -> bytes:
        return apdu.build(0x80, apdu.PERFORM_SECURITY_OPERATION, 0x00, reference, prepared, 0x100)

    def _find_pin_reference(self) -> int:
        """The P2 reference of the PIN on this card, determined with a query, so that digits are never sent to an untested reference."""
        if self._pin_reference is None:
            self.tries_left()
        elif self._pin_reference == _CURRENT:
            self._select_file(_PIN)
        return _CURRENT if self._pin_reference is None else self._pin_reference

    def _present(self, command: bytearray) -> Response:
        """Send a VERIFY with data. Errors are re-raised as new exceptions, so that no traceback keeps the frame with the digits alive."""
        try:
            return apdu.send(self._connection, bytes(command))
        except KioskError as error:
            code, params = error.code, error.params
        raise Unavailable(code, **params)

    def _select_file(self, file: int) -> None:
        answer = exchange(self._connection, apdu.build(0x00, apdu.SELECT, 0x02, 0x0C, file.to_bytes(2, "big")))
        if not answer.done:
            raise unexpected(answer)

    def _read_start(self, file: int, length: int) -> Response:
        """Read the first bytes of a file and make it current: by short EF identifier, which saves a SELECT (§7.2.2), or after a SELECT."""
        if self._short_files:
            answer = exchange(self._connection, apdu.build(0x00, apdu.READ_BINARY, 0x80 | file, 0x00, le=length))
            if answer.sw not in _NO_SHORT_REFERENCE:
                return answer
        selected = exchange(self._connection, apdu.build(0x00, apdu.SELECT, 0x02, 0x0C, file.to_bytes(2, "big")))
        if not selected.done:
            return selected
        answer = self._read_block(0, length)
        self._short_files = self._short_files and not answer.done
        return answer

    def _read_rest(self, start: bytes) -> bytes:
        data = bytearray(start)
        try:
            total = der.total_length(start)
        except ValueError as error:
            raise Refused(Code.CERTIFICATE_UNREADABLE) from error
        if start[0] != 0x30 or total > _FARTHEST:
            raise Refused(Code.CERTIFICATE_UNREADABLE)
        for _ in range(_MOST_BLOCKS):
            if len(data) >= total:
                return bytes(data[:total])
            data += self._read_next(len(data), total - len(data))
        raise Refused(Code.CERTIFICATE_UNREADABLE)

    def _read_next(self, offset: int, left: int) -> bytes:
        if self._extended and left > 0x100:
            answer = self._read_block(offset, left)
            if answer.data and answer.sw in (0x9000, 0x6282):
                return answer.data
            # Whatever the status (6700, 6B00, 6D00, 6F00 …), fall back: extended reads are optional, short ones always work.
            self._extended = False
        answer = self._read_block(offset, min(left, 0x100))
        if answer.data and answer.sw in (0x9000, 0x6282):
            return answer.data
        if answer.done or answer.sw in _END_OF_FILE:
            raise Refused(Code.CERTIFICATE_UNREADABLE)
        raise unexpected(answer)

    def _read_block(self, offset: int, length: int) -> Response:
        return exchange(self._connection, apdu.build(0x00, apdu.READ_BINARY, offset >> 8, offset & 0xFF, le=length))
