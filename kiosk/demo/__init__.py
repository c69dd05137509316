"""The demo: the same program as at a counter, on virtual cards and a pretend library."""
