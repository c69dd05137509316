"""Where the pages of administrators are."""

from __future__ import annotations

STATUS = "/status"
LOGIN, LOGOUT = f"{STATUS}/login", f"{STATUS}/logout"
PAGES = frozenset({STATUS, LOGIN, LOGOUT})
