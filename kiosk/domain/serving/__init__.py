"""Serving the patron shown. `session` hears what happens; what else only draws it needs, it takes from the module that says it."""
