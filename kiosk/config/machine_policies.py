"""What `kiosk setup --machine --policies` sets in the operating system, and undoing it."""

from __future__ import annotations

import sys

from kiosk.domain.policies import Standing

if sys.platform == "win32":
    # Values of the registry: https://learn.microsoft.com/previous-versions/windows/desktop/policy/registry-based-policy
    from kiosk.config.policies_in_registry import set_one, standing_of, undo_one
    from kiosk.domain.policies.windows import POLICIES
else:
    from kiosk.config.policies_in_files import set_one, standing_of, undo_one
    from kiosk.domain.policies.debian import POLICIES


def set_policies() -> list[str]:
    """Set what is not set; the names of what had to be changed. Ended at any point, the same once more goes on. Raises OSError."""
    return [policy.name for policy in POLICIES if set_one(policy)]


def undo_policies() -> list[str]:
    """Put back what was there before; the names of what there was to undo. As above."""
    return [policy.name for policy in POLICIES if undo_one(policy)]


def standings() -> dict[str, Standing]:
    """How each stands, by name. Raises OSError."""
    return {policy.name: standing_of(policy) for policy in POLICIES}
