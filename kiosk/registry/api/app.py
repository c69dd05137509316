"""The ASGI application of the library's server."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from kiosk.domain.errors import KioskError
from kiosk.registry.api.backend import Backend
from kiosk.registry.api.errors import ApiError
from kiosk.registry.api.feed_route import add_feed_route
from kiosk.registry.api.gate import Gate
from kiosk.registry.api.key_route import add_key_route
from kiosk.registry.api.limits import Limits
from kiosk.registry.api.link_routes import add_link_routes
from kiosk.registry.api.openapi import openapi_document
from kiosk.registry.api.operation_routes import add_operation_routes
from kiosk.registry.api.public_routes import add_public_routes
from kiosk.registry.api.status_routes import add_status_routes
from kiosk.registry.api.trouble import Troubles
from kiosk.registry.status.error_pages import response_at

# Requests hold tokens and numbers: nothing of them is traced, whatever the environment asks for.
_UNTRACED: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}


def registry_app(backend: Backend, limits: Limits) -> ASGIApp:
    """The routes behind their gate. While the application runs (its ASGI lifespan), so does the backend."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with backend.running():
            yield

    routes = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=running, telemetry=_UNTRACED)
    troubles = Troubles()

    async def answer(request: Request, error: Exception) -> Response:
        return response_at(request.url.path, troubles.told(error))

    for kind in (ApiError, KioskError, Exception):
        routes.add_exception_handler(kind, answer)

    @functools.cache
    def document() -> dict[str, Any]:
        return openapi_document(routes.routes)

    # The first is found first, and is asked most.
    add_feed_route(routes, backend)
    add_operation_routes(routes, backend, limits)
    add_link_routes(routes, backend)
    add_key_route(routes, backend)
    add_public_routes(routes, backend, document)
    add_status_routes(routes, backend, limits)
    return Gate(routes, backend.asker, limits, troubles)
