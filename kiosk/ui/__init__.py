"""The windows: projections of one `Counter`. Only this package and what composes it (`app`, `commands`, `demo`) import Qt."""
