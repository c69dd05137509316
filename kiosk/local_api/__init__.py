"""The interface for other programs on this computer: the number of the patron being served, and that they have left. See docs/local-api.md.

HTTP and WebSocket are spoken by a process of their own (`python -m kiosk.local_api`), which reads what strangers send and holds no key, no
PIN and no store; `local_api_thread` is the counter's side, and the only one that decides to hand out a number.
"""
