"""A TLS handshake in memory: what a client sees of a server's context."""

from __future__ import annotations

import ssl
from contextlib import suppress

from cryptography import x509

from kiosk.registry.tls import ServerTls, authority_pem


def shown(context: ssl.SSLContext, trusting: ServerTls) -> x509.Certificate:
    """The certificate that a client sees which trusts this authority alone."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=authority_pem(trusting).decode())
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    here, there = client.wrap_bio(down, up, server_hostname="localhost"), context.wrap_bio(up, down, server_side=True)
    for end in (here, there) * 3:
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()
    der = here.getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der)
