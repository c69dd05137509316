"""The library's server: the one order of operations on links, kept in SQLite or PostgreSQL."""
