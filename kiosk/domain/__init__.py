"""The rules of linking and lending. Standard library only: no Qt, no I/O, no threads, no clock."""
