"""A throw-away authority and certificates modelled on the JPKI's root and user-authentication certificates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from kiosk.smartcard.authority import DEMO_MARK

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
POLICY = "1.2.392.200149.8.5.1.3.30"
USER_AUTHENTICATION = "JPKI for user authentication"
_FILLER = x509.ObjectIdentifier("2.25.218375429175690146835307921473165023519")
_AGENCY = "Japan Agency for Local Authority Information Systems"


def rsa_key() -> PrivateKey:
    """A key as cards carry today."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def ecdsa_key() -> PrivateKey:
    """A key as the next card generation is to carry (final report of 2024-03)."""
    return ec.generate_private_key(ec.SECP384R1())


def authority_name(organization: str = "JPKI", unit: str = USER_AUTHENTICATION) -> x509.Name:
    """The distinguished name shared by all generations, with the string types of the real one."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP", _ASN1Type.PrintableString),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _AGENCY),
        ]
    )


@dataclass(frozen=True)
class Leaf:
    """The variable parts of a certificate. Defaults follow the real profile."""

    serial: int
    holder: str
    """Common name, 23 characters."""
    begins: datetime
    ends: datetime
    policy: str | None = POLICY
    policy_critical: bool = True
    digital_signature: bool = True
    is_authority: bool = False
    extra: tuple[x509.Extension[x509.ExtensionType], ...] = ()
    """Further extensions, for the tests."""
    size: int | None = None
    """Size of the whole certificate in bytes, reached with a filler extension."""


@dataclass(frozen=True)
class VirtualAuthority:
    """A self-signed root that issues certificates directly."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate

    @classmethod
    def create(
        cls,
        *,
        name: x509.Name | None = None,
        key: PrivateKey | None = None,
        serial: int = 0x0A5C31E7,
        begins: datetime | None = None,
        ends: datetime | None = None,
        demo: bool = True,
        is_authority: bool = True,
        key_cert_sign: bool = True,
    ) -> VirtualAuthority:
        """Create a root. `demo` adds the private extension that a normal run refuses; tests of a normal run leave it out."""
        name, key = name or authority_name(), key or rsa_key()
        begins = begins or datetime(2023, 7, 15, 15, tzinfo=UTC)
        ends = ends or datetime(2033, 7, 15, 14, 59, 59, tzinfo=UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(serial).not_valid_before(begins).not_valid_after(ends)
        builder = builder.add_extension(_key_usage(digital_signature=False, key_cert_sign=key_cert_sign), critical=True)
        builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DirectoryName(name)]), critical=False)
        builder = builder.add_extension(_distribution_point("CRLDP-CA"), critical=False)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        if demo:
            builder = builder.add_extension(x509.UnrecognizedExtension(DEMO_MARK, b"\x05\x00"), critical=False)
        return cls(key, builder.sign(key, _hash(key)))

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def issue(self, key: PrivateKey, leaf: Leaf) -> bytes:
        """Issue a user-authentication certificate for a card's key, in DER. Raises ValueError when `leaf.size` cannot be reached."""
        filler = 0
        for _ in range(8):
            issued = self._issue(key, leaf, filler)
            if leaf.size is None or len(issued) == leaf.size:
                return issued
            filler += leaf.size - len(issued)
        raise ValueError("no certificate of this profile has that size")

    def _issue(self, key: PrivateKey, leaf: Leaf, filler: int) -> bytes:
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "JP", _ASN1Type.PrintableString),
                x509.NameAttribute(NameOID.COMMON_NAME, leaf.holder),
            ]
        )
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.certificate.subject).public_key(key.public_key())
        builder = builder.serial_number(leaf.serial).not_valid_before(leaf.begins).not_valid_after(leaf.ends)
        for extension, critical in self._leaf_extensions(key, leaf):
            builder = builder.add_extension(extension, critical)
        for further in leaf.extra:
            builder = builder.add_extension(further.value, further.critical)
        if filler > 0:
            builder = builder.add_extension(x509.UnrecognizedExtension(_FILLER, bytes(filler)), critical=False)
        return builder.sign(self.key, _hash(self.key)).public_bytes(serialization.Encoding.DER)

    def _leaf_extensions(self, key: PrivateKey, leaf: Leaf) -> list[tuple[x509.ExtensionType, bool]]:
        issuer_alternative = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "JP", _ASN1Type.PrintableString),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "公的個人認証サービス"),
            ]
        )
        responder = x509.UniformResourceIdentifier("http://ocspauthnorm.example.invalid")
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (_key_usage(digital_signature=leaf.digital_signature, key_cert_sign=False), True),
            (x509.IssuerAlternativeName([x509.DirectoryName(issuer_alternative)]), False),
            (_distribution_point("CRLDP0001"), False),
            (x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, responder)]), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False),
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        ]
        if leaf.policy is not None:
            policy = x509.PolicyInformation(x509.ObjectIdentifier(leaf.policy), ["http://www.jpki.go.jp/cps.html"])
            extensions.append((x509.CertificatePolicies([policy]), leaf.policy_critical))
        if leaf.is_authority:
            extensions.append((x509.BasicConstraints(ca=True, path_length=None), True))
        return extensions

    def revoke(self, serials: tuple[int, ...], issued: datetime, valid_for: timedelta) -> bytes:
        """Issue a revocation list, in DER."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(issued).next_update(issued + valid_for)
        for serial in serials:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(issued).build()
            )
        return builder.sign(self.key, _hash(self.key)).public_bytes(serialization.Encoding.DER)


def _hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey) else hashes.SHA384()


def _distribution_point(name: str) -> x509.CRLDistributionPoints:
    base = list(authority_name())
    directory = x509.Name([*base[:3], x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return x509.CRLDistributionPoints([x509.DistributionPoint([x509.DirectoryName(directory)], None, None, None)])


def _key_usage(*, digital_signature: bool, key_cert_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=not digital_signature and not key_cert_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )
