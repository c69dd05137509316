"""Pages beside the flows; they belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShowingStatus:
    """状況: reader, store, links, revocation setting; facts come from the projection, not from here."""


@dataclass(frozen=True, slots=True)
class ShowingHelp:
    """使い方."""


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Our own code failed; staff are asked, the session is wiped."""

    incident: str


Page = ShowingStatus | ShowingHelp | OutOfOrder
