"""Looks at what the counter rests on, each look with a limit; what was found is a `Finding`, never an error.

`kiosk doctor` looks once at everything, a running counter again and again (`rounds`) at what domain.health.WATCHED names. Windows and
doctor put what was found into words.
"""
