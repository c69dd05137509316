"""Virtual My Number Cards: they answer real APDUs, lie on in-process readers, and can be connected to pcscd's virtual reader.

Product code for the demo and the tests. Their throw-away authority is refused by every normal run.
"""
