"""What staff are told of the trial number before it is typed into the real system, which may look for it."""

from __future__ import annotations

from kiosk.domain.states import CounterRules
from kiosk.domain.trial_number import may_be_a_patrons, trial_number
from kiosk.text import say


def whose_number(rules: CounterRules) -> str:
    """The number, and whether it may be a patron's."""
    number = trial_number(rules.barcode)
    return say("staff.fields.number-perhaps" if may_be_a_patrons(number, rules.barcode) else "staff.fields.number-nobodys", number=number)
