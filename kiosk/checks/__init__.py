"""Health checks of everything the counter depends on, each with a time limit. The result is always a `Finding`, never an error.

`kiosk doctor` runs all of them once; a running counter repeats some (`domain/watched_checks.py`) in `rounds`. Windows and doctor word the
findings.
"""
