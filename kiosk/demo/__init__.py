"""A pretend library: virtual cards on a tray, sample library cards, the guided tour."""
