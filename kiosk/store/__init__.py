"""The local store: links, outbox and audit trail in one encrypted SQLite file."""
