"""Certificate revocation lists (RFC 5280 §5) of every kind, from an authority that issues any list requested, and one of its cards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.virtual.authority import Leaf, VirtualAuthority, rsa_key

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SERIAL = 0x0705D990
ELSEWHERE = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere")]))
Extension = x509.Extension[x509.ExtensionType]


class Issuer:
    """An authority that issues any list requested."""

    def __init__(self, root: VirtualAuthority | None = None) -> None:
        self.root = root or VirtualAuthority.create(demo=False)
        self.authority = Authority(self.root.der)
        self.card = self.root.issue(rsa_key(), Leaf(SERIAL, "997794E9AGCIEG13221003A", NOW - DAY, NOW + DAY))
        self.certificate = Certificate(self.card)

    @property
    def point(self) -> list[x509.GeneralName]:
        """The distribution point named in the card's certificate."""
        points = x509.load_der_x509_certificate(self.card).extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        return points[0].full_name or []

    def list(
        self,
        *serials: int,
        number: int | None = 1,
        begins: datetime = NOW - HOUR,
        lasts: timedelta = DAY,
        extensions: tuple[Extension, ...] = (),
        entry: Extension | None = None,
        root: VirtualAuthority | None = None,
        encoding: Encoding = Encoding.DER,
    ) -> bytes:
        signer = root or self.root
        builder = x509.CertificateRevocationListBuilder().issuer_name(signer.certificate.subject)
        builder = builder.last_update(begins).next_update(begins + lasts)
        for serial in serials:
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(begins)
            if entry is not None:
                revoked = revoked.add_extension(entry.value, entry.critical)
            builder = builder.add_revoked_certificate(revoked.build())
        if number is not None:
            builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(encoding)


def scope(**values: object) -> tuple[Extension]:
    """The extension that limits a list to certain certificates (RFC 5280 §5.2.5)."""
    fields: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    value = x509.IssuingDistributionPoint(**(fields | values))  # type: ignore[arg-type]
    return (x509.Extension(value.oid, True, value),)
