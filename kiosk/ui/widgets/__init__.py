"""The parts both windows are made of, one a module."""
