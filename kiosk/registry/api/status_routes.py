"""The pages of administrators: the login, the status, the way out. What is pure about them is in kiosk/registry/status."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import math
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kiosk.registry.api.backend import Backend
from kiosk.registry.api.errors import ApiCode, ApiError
from kiosk.registry.api.limits import Limits, address_key
from kiosk.registry.status.administrators import Asked, LoggedIn, NotLoggedIn, Refusal
from kiosk.registry.status.overview_page import overview_page
from kiosk.registry.status.pages import login_page, notice_page, to
from kiosk.registry.status.paths import LOGIN, LOGOUT, STATUS
from kiosk.registry.status.status_page import StatusPage
from kiosk.text import say
from kiosk.token_buckets import Buckets

# __Host-: of this server alone, on every path, over TLS only (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie).
SESSION_COOKIE, FORM_COOKIE = "__Host-kiosk-status", "__Host-kiosk-status-form"
_COOKIE: Mapping[str, Any] = {"path": "/", "secure": True, "httponly": True, "samesite": "strict"}
_MOST_WAITING = 4
"""Logins at a time: they are tried one after the other, and counters come first."""
_MOST_FIELDS = 8


def add_status_routes(routes: FastAPI, backend: Backend, limits: Limits) -> None:
    logins, one_at_a_time, waiting = Buckets(limits.logins), asyncio.Lock(), [0]

    @routes.get(STATUS, include_in_schema=False)
    async def show(request: Request) -> Response:
        status = await _open_page(backend)
        if status is None:
            return _nobody_yet()
        secret = request.cookies.get(SESSION_COOKIE, "")

        def shown() -> Response:
            administrator = status.administrators.session(secret) if secret else None
            if administrator is None:
                return to(LOGIN)
            return overview_page(status.overview.figures(), administrator, status.administrators.form_proof(secret))

        return await backend.off_loop(shown)

    @routes.get(LOGIN, include_in_schema=False)
    async def form(request: Request) -> Response:
        status = await _open_page(backend)
        return _nobody_yet() if status is None else _form(status)

    @routes.post(LOGIN, include_in_schema=False)
    async def log_in(request: Request) -> Response:
        status = await _open_page(backend)
        if status is None:
            return _nobody_yet()
        fields = await _fields(request)
        if not _is_of_ours(request, status, fields, request.cookies.get(FORM_COOKIE, "")):
            return _form(status, say("status.login.form-old"), 403)
        host, _ = request.client or ("", 0)
        if seconds := logins.take(address_key(host)):
            return _later(_form(status, say("status.login.busy"), 429), seconds)
        if waiting[0] >= _MOST_WAITING:
            return _later(_form(status, say("status.login.busy"), 429), 1)
        asked = Asked(fields.get("name", ""), fields.get("password", ""), fields.get("code", ""), address_key(host), _is_loopback(host))
        waiting[0] += 1
        try:
            async with one_at_a_time:
                result = await backend.off_loop(lambda: status.administrators.log_in(asked))
        finally:
            waiting[0] -= 1
        match result:
            case LoggedIn(secret):
                response = to(STATUS)
                response.set_cookie(SESSION_COOKIE, secret, **_COOKIE)
                response.delete_cookie(FORM_COOKIE, **_COOKIE)
                return response
            case NotLoggedIn(Refusal.PAUSED, seconds):
                return _later(_form(status, say("status.login.paused", minutes=math.ceil(seconds / 60)), 429), seconds)
            case _:
                return _form(status, say("status.login.wrong"), 403)

    @routes.post(LOGOUT, include_in_schema=False)
    async def log_out(request: Request) -> Response:
        status, secret = await _open_page(backend), request.cookies.get(SESSION_COOKIE, "")
        if status is None:
            return _nobody_yet()
        if not _is_of_ours(request, status, await _fields(request), secret):
            return to(STATUS)
        await backend.off_loop(lambda: status.administrators.log_out(secret))
        response = _form(status, say("status.login.ended"))
        response.delete_cookie(SESSION_COOKIE, **_COOKIE)
        return response


async def _open_page(backend: Backend) -> StatusPage | None:
    """None while there is no administrator."""
    status = backend.library.status
    return None if status is None or not await backend.off_loop(status.administrators.is_anybody) else status


def _nobody_yet() -> Response:
    return notice_page(say("status.none.title"), say("status.none.told"), status=404)


def _form(status: StatusPage, told: str = "", code: int = 200) -> Response:
    """A login with a form of its own: another page cannot send it (CSRF), since it has neither the cookie nor what proves it."""
    secret = secrets.token_urlsafe(32)
    response = login_page(status.administrators.form_proof(secret), told, code)
    response.set_cookie(FORM_COOKIE, secret, **_COOKIE)
    return response


def _later(response: Response, seconds: float) -> Response:
    response.headers["retry-after"] = str(max(1, math.ceil(seconds)))
    return response


async def _fields(request: Request) -> dict[str, str]:
    """Raises ApiError: unreadable."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise ApiError(ApiCode.UNREADABLE)
    try:
        text = (await request.body()).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise ApiError(ApiCode.UNREADABLE) from None
    if any(len(values) > 1 for values in fields.values()):
        raise ApiError(ApiCode.UNREADABLE)
    return {name: values[0] for name, values in fields.items()}


def _is_of_ours(request: Request, status: StatusPage, fields: Mapping[str, str], secret: str) -> bool:
    """Whether a page of this server sent the form, from the browser that got it."""
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    if origin is not None and origin != f"https://{host}":
        return False
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    proof = status.administrators.form_proof(secret)
    return bool(secret) and hmac.compare_digest(proof.encode(), fields.get("form", "").encode("utf-8", "replace"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
