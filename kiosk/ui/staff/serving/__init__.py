"""The serving page: the patron at the left, services at the right."""
