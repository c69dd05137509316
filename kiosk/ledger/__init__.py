"""What a counter's store and the library's server both keep: the audit trail, notes, recovery sheet, migrations and digest of the links.

It knows peewee and no particular database. It stands below `store` and imports nothing of it.
"""
