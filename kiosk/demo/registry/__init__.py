"""The demo's library server, and a second counter that nobody sees.

The server is a real `kiosk serve` in a process and home of its own. This counter speaks with it over a line that can be cut.
"""
