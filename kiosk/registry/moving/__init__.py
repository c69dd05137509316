"""Moving in from another system's list of links, and out of here."""
