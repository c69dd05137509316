"""Virtual My Number Cards: they answer real APDUs, lie on readers in this process, and plug into pcscd's virtual reader.

They are product code for the demo and the tests, from a throw-away hierarchy that a normal run refuses to trust.
"""
