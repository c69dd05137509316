"""How a new epoch begins: what of each earlier one still holds.

A restored backup takes the ledger back to the cursor it holds. The machine may know epochs that the backup was made before, or beside; of
each of them at least a part is lost, and `Epochs` must never credit a counter with more of the ledger that holds now than it really saw.
"""

from __future__ import annotations

from kiosk.domain.decide import Epochs

LARGEST_EPOCH = 1 << 40
"""Of the numbers of epochs: no clock shows so many seconds. A counter takes no answer that names a larger one, since nobody could begin
an epoch above it.
"""
LARGEST_HEARD = LARGEST_EPOCH >> 1
"""What a counter says of an epoch above this is not believed, so that there is always room for the next."""


def number_after(previous: int, unix_seconds: int) -> int:
    """The number of a new epoch: above every one before, and another one on each machine that restores the same backup."""
    return max(previous + 1, unix_seconds)


def epochs_after(held: Epochs, cursor: int, remembered: Epochs | None, number: int) -> Epochs:
    """The epochs once `number` has begun with a ledger that ends at `cursor` of the epoch `held.current`.

    `held` is what that ledger says itself, `remembered` what this machine knew before (None if nothing). Of an epoch only
    remembered, what it shares with the ledger ends at the latest where the two parted: no later than any cut of either since the last
    epoch that both know.
    """
    of_ledger = {**dict(held.cuts), held.current: cursor}
    of_machine = {} if remembered is None else dict(remembered.cuts)
    known_here = of_machine.keys() | (set() if remembered is None else {remembered.current})
    cuts = dict(of_ledger)
    for epoch in known_here - of_ledger.keys():
        shared = [earlier for earlier in of_ledger.keys() & known_here if earlier < epoch]
        if not shared:
            cuts[epoch] = 0
            continue
        parted = max(shared)
        since = [cut for earlier, cut in of_ledger.items() if earlier >= parted]
        cuts[epoch] = min([*since, *(cut for earlier, cut in of_machine.items() if parted <= earlier < epoch)])
    return Epochs(number, tuple(sorted(cuts.items())))
