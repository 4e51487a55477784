"""Signatures that let the platform pay for an enterprise's chain writes (EIP-712, ERC-1056)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coincurve import PrivateKey
from eth_abi.packed import encode_packed
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

Fields = Sequence[tuple[str, str]]

# As the contracts declare them: (type, name) in order.
REGISTRATION: Fields = (("bytes32", "fingerprint"), ("address", "did"), ("uint40", "deadline"))
CONSENT_GRANT: Fields = (
    ("bytes32", "consentId"),
    ("address", "did"),
    ("address", "recipient"),
    ("uint40", "expiresAt"),
    ("uint40", "deadline"),
)
CONSENT_REVOCATION: Fields = (
    ("bytes32", "consentId"),
    ("uint32", "sequence"),
    ("uint40", "deadline"),
)


def _signature(digest: bytes, key: bytes) -> bytes:
    """Return r || s || v (v = 27 or 28) of a 32-byte digest; s is low, as coincurve makes it."""
    raw = PrivateKey(key).sign_recoverable(digest, hasher=None)
    return raw[:64] + bytes([raw[64] + 27])


class TypedDataSigner:
    """Signs typed data for one contract of one chain."""

    def __init__(self, *, chain_id: int, contract: str, address: str) -> None:
        self._domain = {
            "name": contract,
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": address,
        }

    def sign(
        self, primary_type: str, fields: Fields, message: Mapping[str, Any], key: bytes
    ) -> bytes:
        """Return the 65-byte signature of a message."""
        types = {primary_type: [{"name": name, "type": kind} for kind, name in fields]}
        signable = encode_typed_data(self._domain, types, dict(message))
        digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
        return _signature(digest, key)


def sign_set_attribute(
    *,
    registry: str,
    nonce: int,
    identity: str,
    name: bytes,
    value: bytes,
    validity_s: int,
    key: bytes,
) -> tuple[int, bytes, bytes]:
    """Return (v, r, s) of an ERC-1056 `setAttributeSigned` (hash form 0x19 0x00)."""
    message = encode_packed(
        [
            "bytes1",
            "bytes1",
            "address",
            "uint256",
            "address",
            "string",
            "bytes32",
            "bytes",
            "uint256",
        ],
        [b"\x19", b"\x00", registry, nonce, identity, "setAttribute", name, value, validity_s],
    )
    signature = _signature(keccak(message), key)
    return signature[64], signature[:32], signature[32:64]
