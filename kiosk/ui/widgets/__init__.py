"""Widgets shared by both windows, one per module."""
