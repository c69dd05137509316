"""Gives the library another site key: what is kept under the one before is brought under it, all at once."""
