"""The demo: the counter's program with virtual cards and a simulated library system."""
