"""The library's own system: the SIP2 codec (`sip2`, pure), its client (`ils`), and typing into other programs (`handover`)."""
