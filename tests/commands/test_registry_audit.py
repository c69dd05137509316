"""kiosk registry audit: what was done on the library's server, as its trail holds it."""

from __future__ import annotations

import json

from kiosk.commands.output import words
from kiosk.config.registry_home import RegistryHome
from tests.support.commands.call import Call
from tests.support.commands.server import enrolled


def test_what_was_done_with_the_server_and_its_counters_is_listed(registry: Call, begun: RegistryHome) -> None:
    enrolled(registry, begun, "中央1")
    assert registry("backup").code == 0
    assert registry("revoke", "中央1", "--yes").code == 0
    said = registry("audit")
    assert (said.code, said.err) == (0, "")
    acts = [words(f"audit.act.{act}") for act in ("code", "enrol", "backup", "revoke")]
    lines = [line.split("\t") for line in said.out.splitlines()]
    assert [line[4] for line in lines if len(line) > 4][-4:] == acts
    assert [line[2] for line in lines if len(line) > 4][-4:] == ["中央1", "中央1", words("audit.counter.registry"), "中央1"]
    rows = [json.loads(line) for line in registry("audit", "--json").out.splitlines()]
    assert [row["act"] for row in rows][-4:] == ["code", "enrol", "backup", "revoke"]


def test_it_may_begin_on_a_day(registry: Call, begun: RegistryHome) -> None:
    assert registry("backup").code == 0
    assert "\t" in registry("audit", "--since", "2020-01-01").out
    assert registry("audit", "--since", "2999-01-01").out == ""
