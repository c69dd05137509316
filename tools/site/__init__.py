"""What the site of manuals (docs/) is made of beside its pages: what the program itself says, and the search."""
