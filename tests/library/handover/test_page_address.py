"""What is kept of a page's address: what is the same every day, and nothing of a patron or a session."""

from __future__ import annotations

import pytest

from kiosk.library.handover.page_address import page_address


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://lib.example/lend", "https://lib.example/lend"),
        ("https://staff:secret@lib.example:8443/lend?patron=2104#card", "https://lib.example:8443/lend"),
        ("https://lib.example/opac/lend.do;jsessionid=0A1B2C.node1", "https://lib.example/opac/lend.do"),
        ("https://lib.example/opac;jsessionid=0A1B2C/lend;v=1/card?patron=2104", "https://lib.example/opac/lend/card"),
        ("file:///srv/form.html", "file:///srv/form.html"),
    ],
)
def test_the_same_page_has_the_same_address_every_day(address: str, kept: str) -> None:
    assert page_address(address) == kept
