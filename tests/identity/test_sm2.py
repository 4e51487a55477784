"""SM2 and SM3: the standards' examples, OpenSSL beside GmSSL, and a credential end to end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.errors import (
    IdentityError,
    InvalidKeyBinding,
    InvalidSignature,
    MalformedToken,
    SM2Unavailable,
)
from identity.model import jose, sd_jwt
from identity.model.concealment import RECURSIVE
from identity.model.disclosure import digests_of
from identity.model.sm2 import SM2PrivateKey, SM2PublicKey, sm3

from .sd_jwt_made import CLAIMS, HOLDER, ISSUER, NOW, REQUEST, forge, member

needs_gmssl = pytest.mark.skipif(
    find_spec("gmssl_pyx") is None,
    reason="gmssl-pyx is not installed; it has wheels for x86-64 only",
)

# GB/T 32918.5-2017, Annex A: the key, the digest e and the signature of "message digest".
MESSAGE = b"message digest"
SECRET = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
POINT = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
E = bytes.fromhex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
KEY = SM2PrivateKey(SECRET, SM2PublicKey(POINT))
PUBLIC = KEY.public_key()
JWK = {"kty": "EC", "crv": "SM2", "x": jose.b64u(POINT[:32]), "y": jose.b64u(POINT[32:])}


def plain(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_of_the_standards_examples(text: bytes, digest: str) -> None:
    assert sm3(text).hex() == digest


@needs_gmssl
@given(st.binary(max_size=300))
def test_sm3_is_that_of_gmssl(data: bytes) -> None:
    assert sm3(data) == import_module("gmssl_pyx").sm3_hash(data)


def test_the_digest_of_the_standards_example() -> None:
    assert PUBLIC.digest(MESSAGE) == E


@needs_gmssl
def test_the_signature_of_the_standards_example_verifies() -> None:
    jose.verify_bytes(PUBLIC, MESSAGE, plain(R, S))
    with pytest.raises(InvalidSignature):
        jose.verify_bytes(PUBLIC, MESSAGE + b".", plain(R, S))


@needs_gmssl
def test_signatures_are_64_bytes_and_never_the_same() -> None:
    signatures = {jose.sign_bytes(KEY, MESSAGE) for _ in range(40)}
    assert {len(signature) for signature in signatures} == {64}
    assert len({signature[:32] for signature in signatures}) == 40
    for signature in signatures:
        jose.verify_bytes(PUBLIC, MESSAGE, signature)


BAD_SIGNATURES: dict[str, bytes] = {
    "r is 0": plain(0, S),
    "s is 0": plain(R, 0),
    "r is n": plain(N, S),
    "s is n": plain(R, N),
    "r and s are n together": plain(R, N - R),
    "all ones": b"\xff" * 64,
    "s and r": plain(S, R),
    "ECDSA's other s": plain(R, N - S),
    "empty": b"",
    "short": plain(R, S)[:-1],
    "long": plain(R, S) + b"\0",
    "DER": encode_dss_signature(R, S),
}


@needs_gmssl
@pytest.mark.parametrize("name", BAD_SIGNATURES)
def test_a_bad_signature_is_refused(name: str) -> None:
    with pytest.raises(InvalidSignature):
        jose.verify_bytes(PUBLIC, MESSAGE, BAD_SIGNATURES[name])


BAD_JWKS: dict[str, dict[str, Any]] = {
    "off the curve": {**JWK, "y": JWK["x"]},
    "a point of P-256": {**jose.public_jwk(ISSUER.public_key()), "crv": "SM2"},
    "said to be of P-256": {**JWK, "crv": "P-256"},
    "the origin": {**JWK, "x": jose.b64u(bytes(32)), "y": jose.b64u(bytes(32))},
    "x over p": {**JWK, "x": jose.b64u(b"\xff" * 32)},
    "31 and 33 bytes": {**JWK, "x": jose.b64u(POINT[:31]), "y": jose.b64u(POINT[31:])},
    "no y": {name: JWK[name] for name in ("kty", "crv", "x")},
    "an OKP": {**JWK, "kty": "OKP"},
    "for ES256": {**JWK, "alg": "ES256"},
    "private": {**JWK, "d": jose.b64u(SECRET)},
}


@pytest.mark.parametrize("name", BAD_JWKS)
def test_a_bad_jwk_is_refused(name: str) -> None:
    with pytest.raises(MalformedToken):
        jose.key_of_jwk(BAD_JWKS[name])


def test_a_jwk_is_read_and_written() -> None:
    key = jose.key_of_jwk({**JWK, "alg": "SM2", "kid": "k"})
    assert key == PUBLIC
    assert jose.public_jwk(key) == JWK
    assert jose.algorithm(key) == jose.algorithm(KEY) == "SM2"
    assert jose.multikey(key) == b"\x86\x24\x03" + POINT[:32]


@pytest.mark.parametrize("secret", [bytes(32), (N - 1).to_bytes(32, "big"), b"\1" * 31])
def test_a_secret_out_of_range_is_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match="not an SM2 private key"):
        SM2PrivateKey(secret, PUBLIC)


def test_a_private_key_does_not_show_its_secret() -> None:
    assert SECRET.hex() not in repr(KEY)
    assert repr(SECRET) not in repr(KEY)


# OpenSSL's SM2 beside GmSSL's.

SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
BY_DEFAULT_ID = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]


@pytest.fixture
def openssl(tmp_path: Path) -> Callable[..., bytes]:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl command is installed")

    def run(*arguments: str) -> bytes:
        command = [program, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout

    if b"SM2" not in run("list", "-public-key-algorithms"):
        pytest.skip("this openssl knows no SM2")
    return run


@needs_gmssl
def test_openssl_verifies_what_we_sign(openssl: Callable[..., bytes], tmp_path: Path) -> None:
    key = jose.generate_key(jose.SM2)
    assert isinstance(key, SM2PrivateKey)
    (tmp_path / "public.der").write_bytes(SPKI_HEAD + key.public.point)
    (tmp_path / "message").write_bytes(MESSAGE)
    signature = jose.sign_bytes(key, MESSAGE)
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    (tmp_path / "signature").write_bytes(encode_dss_signature(r, s))
    key_and_text = ["-pubin", "-keyform", "DER", "-inkey", "public.der", "-in", "message"]
    said = openssl("pkeyutl", "-verify", *key_and_text, "-sigfile", "signature", *BY_DEFAULT_ID)
    assert b"Verified Successfully" in said


@needs_gmssl
def test_we_verify_what_openssl_signs(openssl: Callable[..., bytes], tmp_path: Path) -> None:
    (tmp_path / "message").write_bytes(MESSAGE)
    openssl("genpkey", "-algorithm", "SM2", "-out", "key.pem")
    point = openssl("pkey", "-in", "key.pem", "-pubout", "-outform", "DER").removeprefix(SPKI_HEAD)
    der = openssl("pkeyutl", "-sign", "-inkey", "key.pem", "-in", "message", *BY_DEFAULT_ID)
    jose.verify_bytes(SM2PublicKey(point), MESSAGE, plain(*decode_dss_signature(der)))


# A credential in the suite, from issuing to verifying.

HEADER = jose.encode_header({"alg": "SM2", "typ": sd_jwt.CREDENTIAL_TYP})
HOLDER_KEY = KEY  # a fixed one, so that this module can be imported without GmSSL


def issue(holder: jose.PrivateKey = HOLDER_KEY, **options: Any) -> str:
    confirmation = {"cnf": {"jwk": jose.public_jwk(holder.public_key())}}
    return sd_jwt.issue(
        key=KEY, encoded_header=HEADER, plain=confirmation, claims=CLAIMS, **options
    )


def accept(compact: str) -> dict[str, Any]:
    token = sd_jwt.parse(compact)
    sd_jwt.verify_issuer(token, PUBLIC)
    sd_jwt.verify_key_binding(compact, token, at=NOW, **REQUEST)
    return token.claims()


def present(compact: str, names: list[str], key: jose.PrivateKey = HOLDER_KEY) -> str:
    return sd_jwt.bind(sd_jwt.disclose(compact, names), key=key, issued_at=NOW, **REQUEST)


@needs_gmssl
@pytest.mark.parametrize("holder", [HOLDER_KEY, HOLDER], ids=["SM2", "ES256"])
def test_a_credential_is_issued_disclosed_bound_and_verified(holder: jose.PrivateKey) -> None:
    compact = issue(holder, structure={"uscc": RECURSIVE}, decoys=2)
    held = sd_jwt.parse(compact)
    assert held.payload["_sd_alg"] == "sm3"
    encoded = [disclosure for disclosure, _, _ in held.disclosures]
    assert set(digests_of(encoded, "sm3")) < set(held.payload["_sd"])
    bound = present(compact, ["uscc"], holder)
    assert accept(bound) == {"uscc": CLAIMS["uscc"]}
    binding = sd_jwt.parse(bound).key_binding
    assert binding is not None
    shown = bound[: bound.rindex("~") + 1]
    assert orjson.loads(binding.payload)["sd_hash"] == jose.b64u(sm3(shown.encode()))


@needs_gmssl
def test_an_sm2_holder_presents_a_credential_of_an_es256_issuer() -> None:
    compact = sd_jwt.bind(forge({"cnf": {"jwk": JWK}}), key=HOLDER_KEY, issued_at=NOW, **REQUEST)
    assert jose.alg_of(compact) == "ES256"
    sd_jwt.verify_key_binding(compact, sd_jwt.parse(compact), at=NOW, **REQUEST)


@needs_gmssl
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    compact = present(issue(), ["company_name", "uscc"])
    position = data.draw(st.integers(0, len(compact) - 1))
    bit = 1 << data.draw(st.integers(0, 6))
    broken = compact[:position] + chr(ord(compact[position]) ^ bit) + compact[position + 1 :]
    with pytest.raises(IdentityError):
        accept(broken)


@needs_gmssl
@pytest.mark.parametrize(
    ("signer", "alg", "verifier"),
    [(KEY, "SM2", ISSUER), (KEY, "ES256", KEY), (ISSUER, "SM2", ISSUER), (ISSUER, "ES256", KEY)],
    ids=["P-256 key, SM2 alg", "SM2 key, ES256 alg", "P-256 key signs as SM2", "SM2 key, ES256"],
)
def test_the_algorithm_of_another_key_is_refused(
    signer: jose.PrivateKey, alg: str, verifier: jose.PrivateKey
) -> None:
    header = jose.encode_header({"alg": alg, "typ": "example+jwt"})
    token = jose.sign_compact(signer, header, b"{}")
    with pytest.raises(InvalidSignature, match="the key is for"):
        jose.verify_compact(token, verifier.public_key(), typ="example+jwt")


HIDDEN = member("uscc", CLAIMS["uscc"])
BY_SHA_256, BY_SM3 = digests_of([HIDDEN]), digests_of([HIDDEN], "sm3")
MIXED: dict[str, tuple[jose.PrivateKey, dict[str, Any]]] = {
    "SM2 over sha-256": (KEY, {"_sd": BY_SHA_256, "_sd_alg": "sha-256"}),
    "SM2 over the default": (KEY, {"_sd": BY_SHA_256}),
    "SM2 over sha-256 called sm3": (KEY, {"_sd": BY_SHA_256, "_sd_alg": "sm3"}),
    "ES256 over sm3": (ISSUER, {"_sd": BY_SM3, "_sd_alg": "sm3"}),
    "ES256 over sm3 called sha-256": (ISSUER, {"_sd": BY_SM3, "_sd_alg": "sha-256"}),
}


@needs_gmssl
@pytest.mark.parametrize("name", MIXED)
def test_digests_of_another_suite_are_refused(name: str) -> None:
    key, payload = MIXED[name]
    header = jose.encode_header({"alg": jose.algorithm(key), "typ": sd_jwt.CREDENTIAL_TYP})
    jwt = jose.sign_compact(key, header, orjson.dumps(payload))
    with pytest.raises(IdentityError, match=r"_sd_alg|no digest here"):
        sd_jwt.parse(f"{jwt}~{HIDDEN}~")


@needs_gmssl
def test_a_binding_hashed_in_another_suite_is_refused() -> None:
    shown = sd_jwt.disclose(issue(), ["uscc"])
    said = {"iat": NOW, "nonce": REQUEST["nonce"], "aud": REQUEST["audience"]}
    said["sd_hash"] = digests_of([shown])[0]
    header = jose.encode_header({"alg": "SM2", "typ": sd_jwt.KEY_BINDING_TYP})
    with pytest.raises(InvalidKeyBinding, match="sd_hash"):
        accept(shown + jose.sign_compact(HOLDER_KEY, header, orjson.dumps(said)))


# Without the library.


def test_without_the_library_sm2_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    tries: list[Callable[[], object]] = [
        lambda: jose.generate_key(jose.SM2),
        lambda: jose.sign_bytes(KEY, MESSAGE),
        lambda: jose.verify_bytes(PUBLIC, MESSAGE, plain(R, S)),
    ]
    for action in tries:
        with pytest.raises(SM2Unavailable, match="pip install gmssl-pyx") as caught:
            action()
        assert caught.value.kind == "unavailable"


@needs_gmssl
def test_without_the_library_a_credential_is_still_read_and_disclosed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compact = issue()
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    shown = sd_jwt.disclose(compact, ["uscc"])
    assert sd_jwt.parse(shown).claims() == {"uscc": CLAIMS["uscc"]}
