"""The enrolment file: a one-time code with all that a counter needs beside it, for a computer at which nobody sits.

`kiosk registry enrol NAME --file FILE` writes it, `kiosk setup --machine --enrolment FILE` reads it. TOML, so that people can read it too:

    kiosk-enrolment = 1                        the form of the file
    address = "https://registry.example.jp"    the library's server
    name = "desk-1"                            what the counter will be called there
    code = "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX"
    until = 2026-12-01T17:00:00+09:00          the code serves until then

With `--many N` it is for N counters: form 2, with `uses = N`. The server gives each the next free name, `desk-1`, `desk-2` and so on.

There is no certificate in it: the code says whose server it is for (`enrolment_code`). Whoever reads the file may enrol in the counter's
place.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import field
from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.errors import Refused
from kiosk.domain.lazy_dataclass import dataclass

FORM = 2
FORM_OF_ONE = 1
"""Earlier programs read it."""
MOST_USES = 500
LONGEST_LIFE = timedelta(days=7)
"""Of the code in it: what was handed out on Monday and forgotten on a share does not serve next month."""
_FORM = "kiosk-enrolment"


class NewerForm(ValueError):
    """A later version of the program has written it."""


def numbered(name: str, number: int) -> str:
    """The name of one of many counters."""
    return f"{name}-{number}"


def is_numbered(name: str, of: str) -> bool:
    rest = name.removeprefix(f"{of}-")
    return rest != name and rest.isascii() and rest.isdecimal()


@dataclass(frozen=True, slots=True)
class EnrolmentFile:
    address: str
    name: str
    code: EnrolmentCode = field(repr=False)
    until: datetime
    """With its time zone."""
    uses: int = 1
    """How many counters it is for; if several, `name` is what their names begin with."""

    @classmethod
    def parse(cls, text: str) -> EnrolmentFile:
        """Parse what `formatted` returned. Raises NewerForm; ValueError for what is none."""
        values = tomllib.loads(text)
        form = values.get(_FORM)
        if not isinstance(form, int) or form < FORM_OF_ONE:
            raise ValueError("no enrolment file")
        if form > FORM:
            raise NewerForm("of a later version")
        address, name, code, until = (values.get(key) for key in ("address", "name", "code", "until"))
        if not (isinstance(address, str) and isinstance(name, str) and isinstance(code, str)):
            raise ValueError("something is missing")
        # At either end of what a datetime can be, it has no counterpart in another time zone.
        if not isinstance(until, datetime) or until.tzinfo is None or not MINYEAR < until.year < MAXYEAR:
            raise ValueError("no time")
        uses = 1 if form == FORM_OF_ONE else values.get("uses")
        if not isinstance(uses, int) or not 1 <= uses <= MOST_USES:
            raise ValueError("no number of uses")
        try:
            return cls(address, name, EnrolmentCode.parse(code), until, uses)
        except Refused as error:
            raise ValueError("no code") from error

    def formatted(self, *, explained: str) -> str:
        """As it is written, with an explanation for people above it."""
        # A string of JSON is one of TOML (TOML 1.0, String): the same escapes.
        lines = [
            *(f"# {line}" for line in explained.splitlines()),
            f"{_FORM} = {FORM_OF_ONE if self.uses == 1 else FORM}",
            *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in (("address", self.address), ("name", self.name))),
            f'code = "{self.code.formatted()}"',
            f"until = {self.until.isoformat(timespec='seconds')}",
            *([] if self.uses == 1 else [f"uses = {self.uses}"]),
        ]
        return "\n".join(lines) + "\n"

    def may_be_for(self, name: str) -> bool:
        """Whether a counter of this name may have been enrolled with it."""
        return name == self.name if self.uses == 1 else is_numbered(name, self.name)

    def is_over(self, now: datetime) -> bool:
        return now >= self.until
