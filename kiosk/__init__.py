"""Kiosk: use the My Number Card as a library card at a public library's counter."""
