"""The signed tokens of a bundle: whose key signed them, by certificates of trusted CAs alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from identity.errors import UntrustedCertificate
from identity.model import certificate
from identity.model.certificate import Leaf
from identity.offline.report import Unknown, Wrong
from identity.offline.trust import Trust

# What reading a certificate raises besides ValueError, which `check_leaf` takes care of.
_UNREADABLE = (x509.InvalidVersion, x509.DuplicateExtension, UnsupportedAlgorithm)


def certified(header: Mapping[str, Any], at: int, trust: Trust) -> Leaf:
    """Return the leaf of `x5c` (RFC 7515 §4.1.6), checked at a time against the trusted CAs.

    Raises:
        Unknown: there is no `x5c`.
        Wrong: no trusted CA signed the leaf, or it is not valid at that time or for this use.
    """
    if "x5c" not in header:
        raise Unknown("certificate_missing")
    der = _from_base64(header["x5c"][0])
    for ca in trust.ca_certificates:
        try:
            return certificate.check_leaf(der, ca, at)
        except (UntrustedCertificate, *_UNREADABLE):
            continue
    raise Wrong("certificate_untrusted")


def _from_base64(text: str) -> bytes:
    """Return the bytes of base64 in its one canonical form (RFC 4648 §3.5)."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong("certificate_untrusted") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise Wrong("certificate_untrusted")
    return data


def certified_for(header: Mapping[str, Any], at: int, trust: Trust, identifier: str) -> Leaf:
    """Return the leaf as `certified`, if it names this identifier."""
    leaf = certified(header, at, trust)
    try:
        leaf.require_covers(identifier)
    except UntrustedCertificate as error:
        raise Wrong("certificate_untrusted") from error
    return leaf
