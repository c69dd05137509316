"""SIP2 as a pure codec: bytes to typed messages and back. Opens no connection."""

from kiosk.library.sip2.codec import decode, encode
from kiosk.library.sip2.dates import means_never, read_date, sip_date
from kiosk.library.sip2.framing import Framer
from kiosk.library.sip2.layouts import FIELDS, LAYOUTS, SUPPORTED_MESSAGES, Fixed, Layout
from kiosk.library.sip2.masking import masked
from kiosk.library.sip2.message import Checksum, Malformed, Message

__all__ = [
    "FIELDS",
    "LAYOUTS",
    "SUPPORTED_MESSAGES",
    "Checksum",
    "Fixed",
    "Framer",
    "Layout",
    "Malformed",
    "Message",
    "decode",
    "encode",
    "masked",
    "means_never",
    "read_date",
    "sip_date",
]
