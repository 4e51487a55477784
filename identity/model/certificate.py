"""X.509 certificates of the consortium: one CA, and a leaf for each organisation that signs.

The leaf binds a P-256 key to the host and the issuer identifier that its tokens name (RFC 5280
§4.2.1.6). The CA is never sent along: whoever checks a chain brings it (HAIP 1.0 §6.1.1).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from identity.errors import UntrustedCertificate
from identity.model import jose

CA_NAME = "Qilian consortium CA (simulated)"
CA_VALIDITY = timedelta(days=3650)
LEAF_VALIDITY = timedelta(days=825)
_BACKDATED = timedelta(minutes=5)  # for verifiers whose clock is behind


@dataclass(frozen=True)
class Leaf:
    """What a checked certificate says: its key, the hosts and the identifiers it is good for."""

    key: jose.PublicKey
    dns_names: tuple[str, ...]
    uris: tuple[str, ...]

    def require_covers(self, identifier: str) -> None:
        """Raise UntrustedCertificate unless the leaf names an https or http identifier."""
        if identifier not in self.uris and urlsplit(identifier).hostname not in self.dns_names:
            raise UntrustedCertificate(
                f"the certificate names {', '.join(self.dns_names + self.uris) or 'nothing'}, "
                f"expected the host of {identifier}"
            )


def make_ca(key: ec.EllipticCurvePrivateKey, at: int) -> bytes:
    """Return the DER of a self-signed CA certificate valid from a time (UTC epoch seconds)."""
    name = _name(CA_NAME)
    builder = (
        _builder(name, name, key.public_key(), at, CA_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def make_leaf(
    ca_key: ec.EllipticCurvePrivateKey,
    ca: bytes,
    key: ec.EllipticCurvePublicKey,
    *,
    common_name: str,
    identifier: str,
    at: int,
) -> bytes:
    """Return the DER of a leaf for a key that signs as `identifier` (a URL)."""
    issuer = x509.load_der_x509_certificate(ca)
    names = [
        x509.DNSName(urlsplit(identifier).hostname or ""),
        x509.UniformResourceIdentifier(identifier),
    ]
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    builder = (
        _builder(_name(common_name), issuer.subject, key, at, LEAF_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(authority, critical=False)
    )
    return builder.sign(ca_key, SHA256()).public_bytes(Encoding.DER)


def key_of(der: bytes) -> jose.PublicKey:
    """Return the key in one of our own certificates; nothing is checked."""
    key = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def expires_at(der: bytes) -> int:
    """Return the end of a certificate's validity (UTC epoch seconds)."""
    return int(x509.load_der_x509_certificate(der).not_valid_after_utc.timestamp())


def x509_hash(der: bytes) -> str:
    """Return base64url of the SHA-256 of a certificate (OpenID4VP 1.0 §5.9.3, `x509_hash`)."""
    return jose.b64u(hashlib.sha256(der).digest())


@lru_cache(maxsize=8)
def authority_key_id(ca: bytes) -> str:
    """Return the CA's key identifier as DCQL's `aki` names it (OpenID4VP 1.0 §6.1.1.1)."""
    certificate = x509.load_der_x509_certificate(ca)
    extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return jose.b64u(extension.value.digest)


def check_leaf(der: bytes, ca: bytes, at: int) -> Leaf:
    """Return what a leaf says after checking it against the CA at a time (RFC 5280 §6.1).

    Raises:
        UntrustedCertificate: unreadable, not the CA's, itself a CA, expired or not valid yet.
    """
    leaf, issued = _checked(der, ca)
    moment = datetime.fromtimestamp(at, UTC)
    if not issued.not_valid_before_utc <= moment <= issued.not_valid_after_utc:
        raise UntrustedCertificate("the certificate is not valid at this time; renew it")
    return leaf


@lru_cache(maxsize=1024)
def _checked(der: bytes, ca: bytes) -> tuple[Leaf, x509.Certificate]:
    """Check everything but the time, once for each certificate."""
    try:
        leaf = x509.load_der_x509_certificate(der)
        leaf.verify_directly_issued_by(x509.load_der_x509_certificate(ca))
        constraints = leaf.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = leaf.public_key()
    except (ValueError, TypeError, BadSignature, x509.ExtensionNotFound) as error:
        raise UntrustedCertificate(
            "the certificate is not a leaf that the consortium CA has signed"
        ) from error
    if constraints.ca or not usage.digital_signature:
        raise UntrustedCertificate("the certificate may not sign: it is a CA or for another use")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UntrustedCertificate("the certificate's key is not on P-256")
    dns = tuple(names.get_values_for_type(x509.DNSName))
    uris = tuple(names.get_values_for_type(x509.UniformResourceIdentifier))
    return Leaf(key, dns, uris), leaf


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    at: int,
    validity: timedelta,
) -> x509.CertificateBuilder:
    start = datetime.fromtimestamp(at, UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - _BACKDATED)
        .not_valid_after(start + validity)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name[:64]),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
