"""The patron window and its pages."""
