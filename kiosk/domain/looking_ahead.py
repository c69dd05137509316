"""What is looked up while the rest of a card's certificate is still being read, so that the tap is quick."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import FindLinks, LookUpPatron
from kiosk.domain.events import LinksFound, PatronFound, PatronRefused
from kiosk.domain.model import LinkToken
from kiosk.domain.states import Counter, Early, Problem, Reading, When
from kiosk.domain.transition import Step, asking, go


def look(counter: Counter, flow: Reading, tokens: tuple[LinkToken, ...]) -> Step:
    """Look up the links of the candidates while the rest of the certificate is read; nothing is shown before the card is accepted."""
    counter, ticket = asking(counter)
    return go(counter, replace(flow, early=Early(tokens, ticket)), FindLinks(ticket, tokens, None))


def looked(counter: Counter, flow: Reading, early: Early, event: LinksFound | PatronFound | PatronRefused) -> Step:
    match event:
        case LinksFound(by_card=links):
            early = replace(early, links=links, ended=event.ended)
            link = early.only_link
            if link is None or is_due(counter.rules.lending_pin, link.token, counter.proved_today):
                return go(counter, replace(flow, early=early))
            counter, ticket = asking(counter)
            return go(counter, replace(flow, early=replace(early, asked=ticket)), LookUpPatron(ticket, link.number))
        case PatronFound(_, patron):
            return go(counter, replace(flow, early=replace(early, patron=patron)))
        case PatronRefused(_, code, params):
            return go(counter, replace(flow, early=replace(early, problem=Problem(code, params))))


def is_due(when: When, token: LinkToken, done_today: frozenset[LinkToken]) -> bool:
    """Whether a step the library requires this often is required now."""
    return when is When.ALWAYS or (when is When.FIRST_OF_DAY and token not in done_today)
