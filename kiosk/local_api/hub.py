"""What is known in the process for HTTP: who may ask, and whether a patron is served. Belongs to the event loop."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from kiosk.domain.local_client import LocalClient
from kiosk.local_api.errors import LocalApiError, LocalCode
from kiosk.local_api.pipe import Answer, Clients, Denied, FromCounter, Turn, Wanted

_ERRORS = {
    Denied.REVOKED: LocalCode.TOKEN_UNKNOWN,
    Denied.TOO_OFTEN: LocalCode.TOO_MANY_REQUESTS,
    Denied.NOT_RECORDED: LocalCode.NOT_RECORDED,
}
_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class News:
    """One of the two messages. `mark` tells it from all others, also from those of an earlier run."""

    mark: str
    number: str | None = field(default=None, repr=False)
    """None: the patron has left."""

    @property
    def body(self) -> bytes:
        if self.number is None:
            return json.dumps({"event": "patron-left", "mark": self.mark}).encode()
        return json.dumps({"event": "card-verified", "mark": self.mark, "number": self.number}).encode()


class Hub:
    def __init__(self, ask: Callable[[Wanted], None]) -> None:
        """`ask` passes a question on to the counter."""
        self._ask = ask
        self.clients: tuple[LocalClient, ...] = ()
        self._turn, self._changed = Turn(0, served=False), asyncio.Event()
        self._run, self._count = secrets.token_hex(4), count(1)
        self._asked: dict[int, asyncio.Future[Answer]] = {}

    def hear(self, said: FromCounter) -> None:
        match said:
            case Answer(asked):
                future = self._asked.pop(asked, None)
                if future is not None and not future.done():
                    future.set_result(said)
                return
            case Clients(clients):
                self.clients = clients
            case Turn():
                self._turn = said
        # Everybody who waits looks anew: there is news, or they are no longer a client.
        self._changed.set()
        self._changed = asyncio.Event()

    async def next_news(self, client: LocalClient, after: str) -> News:
        """What this client has not been told yet: the state as it is, never one that has passed. `after`: the mark of what it was told
        last; empty for nothing, and then only a patron is news. Raises LocalApiError.
        """
        while True:
            if client not in self.clients:
                raise LocalApiError(LocalCode.TOKEN_UNKNOWN)
            turn, changed, mark = self._turn, self._changed, self._mark
            if mark == after or (not turn.served and not after):
                await changed.wait()
            elif not turn.served:
                return News(mark)
            elif (number := await self._number(client, turn)) is not None and turn == self._turn:
                return News(mark, number)

    def holds(self, news: News) -> bool:
        """Whether it is still so. To be asked right before it is sent: the patron may have left since."""
        return news.mark == self._mark

    @property
    def _mark(self) -> str:
        return f"{self._run}-{self._turn.turn}"

    async def _number(self, client: LocalClient, turn: Turn) -> str | None:
        """The number of the patron of this turn, which the counter has recorded as given; None if they have left."""
        asked = next(self._count)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[asked] = answered
        try:
            self._ask(Wanted(asked, turn.turn, client.name, client.hash))
            answer = await answered
        finally:
            self._asked.pop(asked, None)
        if answer.denied is not None and answer.denied in _ERRORS:
            raise LocalApiError(_ERRORS[answer.denied], _AGAIN_SECONDS)
        return answer.number
