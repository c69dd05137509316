"""What requests ask in their query: read, and documented, by these models. FastAPI's own reading of parameters would take as long as
all the rest of a request for the feed.
"""

from __future__ import annotations

from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request

from kiosk.domain.registry_wire import LONGEST_WAIT, MOST_LINKS
from kiosk.registry.api.errors import ApiCode, ApiError
from kiosk.registry.api.schemas import Count

Q = TypeVar("Q", bound=BaseModel)


class FeedQuery(BaseModel):
    epoch: Count
    cursor: Count
    wait: Annotated[int, Field(ge=0, le=LONGEST_WAIT, description="Seconds to wait for news.")] = 0
    pending: Annotated[Count, Field(description="Operations that the counter holds.")] = 0
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.+~-]{0,40}$", description="Of the counter's program.")] = ""
    differs: Annotated[bool, Field(description="Whether its links are not those of the digest.")] = False


class StopsQuery(BaseModel):
    epoch: Count
    cursor: Count
    after: Annotated[Count, Field(description="`next` of the page before.")] = 0
    operation: Annotated[UUID | None, Field(description="That the counter heard last, at `cursor`.")] = None


class SnapshotQuery(BaseModel):
    after: Annotated[str, Field(pattern="^([0-9a-f]{64})?$", description="The last token of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_LINKS)] = MOST_LINKS


class KeysQuery(BaseModel):
    after: Annotated[Count, Field(description="The generation of the last key that the counter has.")]


def read_query(model: type[Q], request: Request) -> Q:
    """What is not in the model is ignored: a newer counter may ask it. Raises ApiError for what does not fit."""
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError:
        raise ApiError(ApiCode.UNREADABLE) from None
