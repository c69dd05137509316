"""The names of the server's notes, in the table `meta` (kiosk/ledger/notes.py)."""

from __future__ import annotations

SHEET_CONFIRMED = "recovery.confirmed"
"""The fingerprint of the recovery sheet of which parts were asked back."""
VERIFIED = "nightly.verified"
"""When all rows were last compared with what the head says, and what was found."""
DOUBLED = "counter.doubled "
"""Before a counter's name: when it was last seen that two computers work under it. Until it is enrolled again."""
CODE_MINUTES = "enrolment.minutes "
"""Before a counter's name: how long its last code was to serve, if not as long as one that is typed."""
STOPS_SINCE = "stops.since"
"""Unix seconds: what was stopped before was erased, or may be at any time (compaction.py). No note: nothing was."""
MOVED_IN = "moved-in "
"""Before the number of an epoch: the cursor and the number of links of the list with which it began (registry/moving/)."""
CODE_FOR_MANY = "enrolment.many "
"""Before what the names of many counters begin with: the proof of the code for them and its minutes (codes_for_many.py)."""
