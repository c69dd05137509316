"""The pages that are no status: the login, and why there is no page. Each goes out with the same strict headers."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from xml.etree.ElementTree import Element

from starlette.responses import Response

from kiosk.registry.status.html import document, element
from kiosk.registry.status.paths import LOGIN
from kiosk.resource_files import resource
from kiosk.text import say


def page(title: str, *body: Element, status: int = 200) -> Response:
    return Response(document(title, _style(), *body), status, _headers(), "text/html; charset=utf-8")


def login_page(proof: str, told: str = "", status: int = 200) -> Response:
    """`proof`: what the form has to bring back. `told`: why the last try did not do."""
    form = element(
        "form",
        element("input", type="hidden", name="form", value=proof),
        *_field("name", "username", autocomplete="username", autocapitalize="none", maxlength="40"),
        *_field("password", "password", type="password", autocomplete="current-password", maxlength="200"),
        *_field("code", "code", autocomplete="one-time-code", inputmode="numeric", maxlength="6", pattern="[0-9]{6}"),
        element("button", say("status.login.button"), type="submit"),
        class_="login",
        method="post",
        action=LOGIN,
    )
    wrong = element("p", told, class_="bad", role="alert") if told else None
    return _plain(say("status.login.title"), wrong, form, status=status)


def notice_page(title: str, told: str, *, status: int) -> Response:
    """A page that says one thing, and how to go on."""
    return _plain(title, element("p", told), status=status)


def to(path: str) -> Response:
    """Go on by GET."""
    return Response(b"", 303, {**_headers(), "location": path})


def _plain(title: str, *content: Element | None, status: int) -> Response:
    head = element("header", element("h1", title))
    return page(title, head, element("main", element("section", *content)), status=status)


def _field(identity: str, key: str, **attributes: str) -> tuple[Element, Element]:
    words = element("label", say(f"status.login.{key}"), for_=identity)
    return words, element("input", id=identity, name=identity, required="required", **attributes)


@cache
def _style() -> str:
    return resource("registry/status.css").read_text("utf-8")


@cache
def _headers() -> dict[str, str]:
    style = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    return {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }
