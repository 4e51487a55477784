"""SM2 signatures over SM3 (GB/T 32918.2-2016, GB/T 32905-2016), with keys like pyca/cryptography's.

Rules:
 - the curve is the recommended one (GB/T 32918.5-2017) and the signer's identity the default one of
   GM/T 0009-2012 §10, so that a key alone says how to verify;
 - a signature is r || s, 32 bytes each, big-endian, as ES256 writes it (RFC 7518 §3.4);
 - SM3 is pyca/cryptography's; what is done on the curve is GmSSL's, through the optional package
   `gmssl-pyx`, which is imported when a key is made, signs or verifies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SM3, Hash

from identity.errors import SM2Unavailable

COORDINATE_BYTES = 32
SIGNER_ID = b"1234567812345678"

# GB/T 32918.5-2017, the recommended parameters: y^2 = x^3 + ax + b modulo P, with a = P - 3; the
# base point has the order N.
_P = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E_9D9F5E34_4D5A9E4B_CF6509A7_F39789F5_15AB8F92_DDBCBD41_4D940E93
_N = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
_G = (
    0x32C4AE2C_1F198119_5F990446_6A39C994_8FE30BBF_F2660BE1_715A4589_334C74C7,
    0xBC3736A2_F4F6779C_59BDCEE3_6B692153_D0A9877C_C62A4740_02DF32E5_2139F0A0,
)
# What ZA hashes before the signer's point (GB/T 32918.2-2016 §5.5): the identity's length in bits,
# the identity, a, b and the base point.
_ZA_HEAD = (
    (8 * len(SIGNER_ID)).to_bytes(2, "big")
    + SIGNER_ID
    + b"".join(number.to_bytes(COORDINATE_BYTES, "big") for number in (_A, _B, *_G))
)


def sm3(data: bytes) -> bytes:
    """Return the 32-byte SM3 digest (GB/T 32905-2016)."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


@dataclass(frozen=True)
class SM2PublicKey:
    """A point on the SM2 curve.

    Attributes:
        point: x || y, 32 bytes each, big-endian.
    Raises:
        ValueError: the bytes are no point of the curve.
    """

    point: bytes

    def __post_init__(self) -> None:
        if len(self.point) != 2 * COORDINATE_BYTES:
            raise ValueError(f"found a point of {len(self.point)} bytes, expected 64")
        x, y = _halves(self.point)
        if not (x < _P and y < _P and (y * y - (x * x + _A) * x - _B) % _P == 0):
            raise ValueError("the point is not on the SM2 curve")

    @cached_property
    def _za(self) -> bytes:
        """The digest of signer and curve that every message is prefixed with (§5.5)."""
        return sm3(_ZA_HEAD + self.point)

    def digest(self, message: bytes) -> bytes:
        """Return e, the digest that this key's signatures are over (§6.1, steps A1 and A2)."""
        return sm3(self._za + message)

    def compressed(self) -> bytes:
        """Return the point in compressed form, 33 bytes."""
        return bytes((2 + self.point[-1] % 2,)) + self.point[:COORDINATE_BYTES]

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a signature (§7.1).

        Raises:
            cryptography.exceptions.InvalidSignature: it was not made with this key.
            SM2Unavailable: `gmssl-pyx` is not installed.
        """
        if len(signature) != 2 * COORDINATE_BYTES:
            raise BadSignature
        r, s = _halves(signature)
        if not (0 < r < _N and 0 < s < _N):
            raise BadSignature
        der = encode_dss_signature(r, s)
        if not _gmssl().sm2_verify_sm3_digest(self.point, self.digest(message), der):
            raise BadSignature


@dataclass(frozen=True)
class SM2PrivateKey:
    """A secret number with its public key.

    Attributes:
        secret: 32 bytes, big-endian.
        public: the point that belongs to it; another one makes signatures that nobody accepts.
    Raises:
        ValueError: the secret is out of range (GB/T 32918.1-2016 §6.1).
    """

    secret: bytes = field(repr=False)
    public: SM2PublicKey

    def __post_init__(self) -> None:
        number = int.from_bytes(self.secret, "big")
        if len(self.secret) != COORDINATE_BYTES or not 0 < number < _N - 1:
            raise ValueError("the secret is not an SM2 private key")

    @classmethod
    def generate(cls) -> SM2PrivateKey:
        """Return a fresh key; raises SM2Unavailable if `gmssl-pyx` is not installed."""
        point, secret = _gmssl().sm2_key_generate()
        return cls(secret, SM2PublicKey(point))

    def public_key(self) -> SM2PublicKey:
        """Return the public key."""
        return self.public

    def sign(self, message: bytes) -> bytes:
        """Return the signature r || s (§6.1); raises SM2Unavailable without `gmssl-pyx`.

        The digest is made here: GmSSL's call for whole messages prepares 32 nonces to use one.
        """
        der = _gmssl().sm2_sign_sm3_digest(self.secret, self.public.digest(message))
        return b"".join(n.to_bytes(COORDINATE_BYTES, "big") for n in decode_dss_signature(der))


def _halves(data: bytes) -> tuple[int, int]:
    return (
        int.from_bytes(data[:COORDINATE_BYTES], "big"),
        int.from_bytes(data[COORDINATE_BYTES:], "big"),
    )


def _gmssl() -> Any:
    try:
        return import_module("gmssl_pyx")
    except ImportError as error:
        raise SM2Unavailable(
            "SM2 signatures need the package gmssl-pyx; install it with: pip install gmssl-pyx",
            detail_zh="SM2签名需要gmssl-pyx软件包，请安装：pip install gmssl-pyx",
        ) from error
