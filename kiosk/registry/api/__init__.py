"""The server's side of the protocol in `domain/registry_wire.py`: who may ask what, how often, and what is answered."""
