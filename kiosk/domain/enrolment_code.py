"""The one-time code with which a counter is enrolled: what `kiosk registry enrol NAME` prints and `kiosk enrol URL` reads.

It says two things at once. The *pin*, 80 bits of the SHA-256 of the authority's certificate, tells the counter which server is the
library's. The *secret*, 50 random bits, tells the server that this counter may come. The pin is compared before the secret leaves the
counter, and the secret alone is ever sent.

Why 80 bits: whoever stands between counter and server has to make a certificate of his own with the same pin, a second preimage. An
authority lives for decades, so he has years for that, not the 15 minutes of a code: 64 bits would be within reach of a rich attacker, 2^80
signatures and hashes are not. Collisions (2^40) help nobody, since the certificate is the library's own. 16 characters can still be typed.

Why 50 bits: the secret is guessed online only, with few tries for each code and 15 minutes. A code for many counters, which stands in a
file and is never typed, has 130: tries for it are not counted, since a hundred computers may be started in one minute.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import field

from kiosk.domain.crockford import checked, number_of, symbols_of, typed, written
from kiosk.domain.errors import Code, Refused
from kiosk.domain.lazy_dataclass import dataclass

PIN_BYTES = 10
_PIN, _SECRET, _SECRET_OF_MANY, _CHECK = 16, 10, 26, 2
"""Characters of each part."""
_GROUP = 4


def pin_of(certificate: bytes) -> bytes:
    """The pin of an authority's certificate (DER)."""
    return hashlib.sha256(certificate).digest()[:PIN_BYTES]


def is_for_many(secret: str) -> bool:
    """Whether these are the secret characters of a code for many counters."""
    return len(secret) == _SECRET_OF_MANY


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code. Neither part is shown by `repr`, so that no log and no error holds one."""

    pin: bytes = field(repr=False)
    secret: str = field(repr=False)
    """10 characters, or 26 for many counters, as `POST /v1/enrol` takes them."""

    @classmethod
    def fresh(cls, certificate: bytes, *, for_many: bool = False) -> EnrolmentCode:
        """A new code for the server whose authority has this certificate (DER)."""
        length = _SECRET_OF_MANY if for_many else _SECRET
        return cls(pin_of(certificate), written(symbols_of(secrets.randbits(5 * length), length)))

    @classmethod
    def parse(cls, text: str) -> EnrolmentCode:
        """Parse what a person typed, in any case, with or without dashes and spaces. Raises Refused: enrolment-code-mistyped."""
        try:
            symbols = typed(text)
        except ValueError:
            symbols = []
        data = symbols[:-_CHECK]
        if len(data) - _PIN not in (_SECRET, _SECRET_OF_MANY) or checked(data) != symbols:
            raise Refused(Code.ENROLMENT_CODE_MISTYPED)
        return cls(number_of(data[:_PIN]).to_bytes(PIN_BYTES, "big"), written(data[_PIN:]))

    def formatted(self) -> str:
        """As it is printed: seven groups of four characters (eleven, if for many), the last two of which find mistakes in typing."""
        data = [*symbols_of(int.from_bytes(self.pin, "big"), _PIN), *typed(self.secret)]
        text = written(checked(data))
        return "-".join(text[place : place + _GROUP] for place in range(0, len(text), _GROUP))

    @property
    def is_for_many(self) -> bool:
        return is_for_many(self.secret)

    def names(self, certificate: bytes) -> bool:
        """Whether this is the certificate (DER) of the authority that the code was made for."""
        return hmac.compare_digest(self.pin, pin_of(certificate))
