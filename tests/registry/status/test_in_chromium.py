"""The status page as an administrator meets it: in a real Chromium, from the login to the way out."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.domain.wire import Position
from kiosk.registry.answers import Contact
from kiosk.text import say
from tests.support.registry.administrator import PASSWORD, Person
from tests.support.registry.sent_operations import Maker, batch
from tests.support.registry.sites import InProcess, in_process
from tests.support.screens.devtools import Tab, tab

pytestmark = pytest.mark.linux("Chromium is there, on Linux only")
_CONTRAST = """(() => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const colour = getComputedStyle(node).backgroundColor;
            if (colour !== 'rgba(0, 0, 0, 0)' && colour !== 'transparent') return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let least = 21;
    while (texts.nextNode()) {
        const node = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || node.closest('title')) continue;
        const style = getComputedStyle(node);
        const pair = [light(node.closest('svg') ? style.fill : style.color), light(behind(node))].sort((a, b) => b - a);
        least = Math.min(least, (pair[0] + 0.05) / (pair[1] + 0.05));
    }
    return least;
})()"""
"""The least contrast of a text with what is behind it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "home") as opened:
        head = opened.registry.ledger.head().position
        heard = {opened.counter().name: Contact(head, pending=number, version="0.1.0", differs=number == 2) for number in range(3)}
        heard[opened.counter().name] = Contact(Position(1, 0), pending=0, version="0.1.0", differs=False)
        opened.registry.ledger.heard_all(heard)
        busy = opened.counter()
        assert busy.post("/v1/operations", batch(Maker(busy.name).link())).status == 200
        opened.status.overview.look_at_days()
        opened.status.overview.look_at_backups()
        yield opened


@pytest.fixture
def chromium(site: InProcess, tmp_path: Path) -> Iterator[Tab]:
    certificate = x509.load_pem_x509_certificate(ssl.get_server_certificate(("127.0.0.1", site.server.port)).encode())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with tab(tmp_path, trusted=hashlib.sha256(key).digest()) as opened:
        yield opened


def log_in(page: Tab, name: str, password: str, code: str) -> None:
    page.type("name", name)
    page.type("password", password)
    page.type("code", code)
    page.press("form.login button")


def test_from_the_login_to_the_way_out(site: InProcess, chromium: Tab, tmp_path: Path) -> None:
    page, person = chromium, Person.added(site.registry, "tanaka")
    page.open(f"{site.url}/status")
    assert page.value("document.title") == say("status.login.title")
    assert page.value("[...document.querySelectorAll('label')].every((label) => label.control)")
    log_in(page, "tanaka", PASSWORD, "000000" if person.code() != "000000" else "000001")
    assert page.value("document.querySelector('[role=alert]').textContent") == say("status.login.wrong")
    # A wrong answer is an error to the network log; a page that breaks its own policy would be one besides.
    assert [one for one in page.complaints if "403" not in one] == []
    page.complaints.clear()
    log_in(page, "tanaka", PASSWORD, person.code())
    assert page.value("[location.pathname, document.title]") == ["/status", say("status.title")]
    rows = page.value("[...document.querySelectorAll('.counters tbody tr')].map((row) => row.innerText)")
    assert len(rows) == 5
    assert say("status.trouble.differs") in rows[0]
    assert say("status.counters.never") in rows[1]
    assert page.value("document.cookie") == ""
    assert page.value("document.querySelectorAll('svg[role=img][aria-label]').length") == 2
    for width, height in ((1280, 900), (360, 740)):
        page.picture(tmp_path / f"{width}.png", width, height)
        assert page.value("document.scrollingElement.scrollWidth") <= width
        assert page.value(_CONTRAST) >= 4.5
    assert page.printed().startswith(b"%PDF-")
    assert page.complaints == []
    page.press("header button")
    assert page.value("document.querySelector('[role=alert]').textContent") == say("status.login.ended")
    page.open(f"{site.url}/status")
    assert page.value("location.pathname") == "/status/login"
