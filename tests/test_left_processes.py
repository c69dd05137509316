"""A process of tests that is ended at once leaves nothing running that it has started."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support import ROOT
from tests.support.wait import LIMIT, wait_for_end

pytestmark = pytest.mark.linux("/proc")
ENDED_AT_ONCE = """
import os, subprocess
from tests.support.left_processes import watch
watch()
for apart in (False, True):
    print(subprocess.Popen(["sleep", "600"], start_new_session=apart).pid)
os.sys.stdout.flush()
os._exit(1)
"""


def test_what_was_started_ends_with_the_tests_even_in_a_session_of_its_own() -> None:
    ran = subprocess.Popen([sys.executable, "-c", ENDED_AT_ONCE], cwd=ROOT, stdout=subprocess.PIPE)
    assert ran.stdout is not None
    with ran.stdout as said:
        started = [int(said.readline()) for _ in range(2)]
    assert ran.wait(LIMIT) == 1
    for process in started:
        wait_for_end(process)
