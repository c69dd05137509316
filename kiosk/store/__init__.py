"""The counter's own memory: links, outbox and audit trail in one encrypted SQLite file."""
