"""Run by Python for Windows: starts the command line given without an administrator's rights, and ends with its exit code.

https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-createrestrictedtoken: the administrators' group is
disabled in the token, as in that of an account outside it.
"""

import sys
from typing import Any

import win32con
import win32event
import win32process
import win32security

# The stubs know neither sequences nor None where pywin32 takes them.
security: Any = win32security
processes: Any = win32process
administrators = win32security.CreateWellKnownSid(win32security.WinBuiltinAdministratorsSid, None)
own = win32security.OpenProcessToken(win32process.GetCurrentProcess(), win32con.MAXIMUM_ALLOWED)
restricted = security.CreateRestrictedToken(own, 0, [(administrators, 0)], [], [])
started = processes.CreateProcessAsUser(restricted, None, sys.argv[1], None, None, False, 0, None, None, win32process.STARTUPINFO())
win32event.WaitForSingleObject(started[0], 60_000)
sys.exit(win32process.GetExitCodeProcess(started[0]))
