"""Kiosk: the My Number Card as the library card at a public library's counter."""
