"""The library's own system: what is said to it and what it answers. `sip2` is pure; the connection lies beside it."""
