"""Parameters that several routes take in their query."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from kiosk.domain.wire import LARGEST

Count = Annotated[int, Query(ge=0, le=LARGEST)]
