"""The local store: links, operations and audit trail in one encrypted SQLite file."""
