"""Lists in PEM that went through a shell or an editor of Windows."""

from __future__ import annotations

import codecs

from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.smartcard.revocation.crl import Verdict, read_lists
from kiosk.text import knows
from tests.support.cards.revocation_lists import Issuer


def test_a_list_in_utf_16_is_named_as_such(issuer: Issuer) -> None:
    content = issuer.list(3, encoding=Encoding.PEM).decode().encode("utf-16")
    assert read_lists(content, [issuer.authority]) == (Verdict.UTF_16, ())
    assert knows(f"command.list.{Verdict.UTF_16}")


def test_a_byte_order_mark_before_a_list_does_not_matter(issuer: Issuer) -> None:
    content = codecs.BOM_UTF8 + issuer.list(3, encoding=Encoding.PEM)
    assert read_lists(content, [issuer.authority])[0] is Verdict.READ
