"""Rows of the ledger as they are under a later site key: tokens, and what is kept of operations, wrapped by each key since."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.decide import Change, Opened
from kiosk.domain.model import LinkToken
from kiosk.domain.registry_json import read_changes
from kiosk.registry.backup.document import Page, Value
from kiosk.registry.content_hash import ContentHash
from kiosk.registry.rows import encoded_changes
from kiosk.registry.site_key import SiteKey


class Wrapping:
    """From the keys of a ledger as it is to those that it is to have, which begin with them."""

    def __init__(self, before: SiteKey, after: SiteKey) -> None:
        """Raises ValueError for keys that do not follow."""
        if after.as_of(before.key) is None:
            raise ValueError("another library's keys")
        self._chain, self._made, self._wanted = after.chain, before.generation, after.generation
        self._contents = ContentHash([*(key for _, key in after.earlier), after.key])
        self._known = len(before.earlier) + 1

    def page(self, page: Page) -> Page:
        """Raises ValueError for rows that this program did not write. What there is nothing to do about is the page itself."""
        if self._made == self._wanted:
            return page
        match page.table:
            case "link" | "stop":
                return self._each(page, "token", self._token)
            case "operation":
                return self._each(page, "content", self._content)
            case "feed":
                return self._each(page, "body", self._body)
            case "head":
                return self._each(page, "key_generation", lambda _: self._wanted)
        return page

    def _each(self, page: Page, column: str, carried: Callable[[Value], Value]) -> Page:
        place = page.columns.index(column)
        rows = [(*row[:place], None if row[place] is None else carried(row[place]), *row[place + 1 :]) for row in page.rows]
        return replace(page, rows=rows)

    def _token(self, digest: Value) -> bytes:
        if not isinstance(digest, bytes):
            raise ValueError("no token")
        return self._of(LinkToken(digest)).digest

    def _content(self, digest: Value) -> bytes:
        if not isinstance(digest, bytes):
            raise ValueError("no content")
        return self._contents.carried(digest, self._known)

    def _body(self, body: Value) -> str:
        return encoded_changes([self._change(change) for change in read_changes(json.loads(str(body)))])

    def _change(self, change: Change) -> Change:
        if isinstance(change, Opened):
            return Opened(replace(change.link, token=self._of(change.link.token)))
        return change if change.token is None else replace(change, token=self._of(change.token))

    def _of(self, token: LinkToken) -> LinkToken:
        return self._chain.wrapped(token, self._made, self._wanted)
