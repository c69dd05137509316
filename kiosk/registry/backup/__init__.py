"""Backups of the server's database: portable between SQLite and PostgreSQL, sealed so that the recovery sheet opens them."""
