"""The inputs of the W3C test suite for securing Verifiable Credentials with JOSE and COSE.

Unsecured documents are secured by our engine and read back; secured ones are judged. Every file is
used, or is in `COSE`.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from identity.errors import IdentityError, InvalidSignature, MalformedToken
from identity.model import jose, sd_jwt, vc_jwt, vp_jwt

from . import files

pytestmark = files.present("vc_jose_cose")
FOLDER = "vc_jose_cose"

# COSE (CBOR) is a form that neither OpenID4VC nor our REST interface has.
COSE = [
    "credential-cose-bad-media-type.txt",
    "credential-cose-bad-signature.txt",
    "credential-cose-minimal-not-base64.txt",
    "credential-cose-minimal.txt",
    "presentation-cose-bad-credential.txt",
    "presentation-cose-bad-media-type.txt",
    "presentation-cose-single.txt",
]
KEYS = ["vm-did-ed25519.json", "vm-ed25519.json", "vm-p256.json"]
OTHER_KEYS = ["vm-p384.json", "vm-p521.json"]
DOCUMENTS = [
    "credential-full.json",
    "credential-minimal.json",
    "credential-nested-selective.json",
    "credential-selective.json",
    "credential-unknown-extensions.json",
]
GOOD = {
    "credential-issuer-match-signed.txt": "vm-ed25519.json",
    "credential-jose-minimal.txt": "vm-p256.json",
}
# Secured credentials that are refused, by whom, and what the refusal names.
BAD_VC = {
    "credential-jose-bad-media-type.txt": "typ",
    "credential-jose-bad-signature.txt": "does not verify",
    "credential-jose-unknown-extensions.txt": "ES512",
    "credential-jose-vc-vp-claims.txt": "'vc' claim",
}
BAD_VP = {
    "presentation-jose-bad-credential.txt": "id to be a URL",
    "presentation-jose-bad-media-type.txt": "typ",
    "presentation-jose-multiple.txt": "ES384",
}
# VCDM credentials inside SD-JWT are a form we do not have; what is wrong with these, or that they
# are signed by other algorithms than ours, is found all the same.
BAD_SD_JWT = {
    "credential-sdjwt-bad-media-type.txt": "typ",
    "credential-sdjwt-bad-signature.txt": "ES384",
    "credential-sdjwt-nested.txt": "ES512",
    "credential-sdjwt-selective.txt": "ES384",
    "presentation-sdjwt-bad-credential.txt": "ES512",
    "presentation-sdjwt-bad-media-type.txt": "typ",
    "presentation-sdjwt-selective.txt": "ES384",
}
# Unsecured presentations of what we do not envelop: a JWS cut short, and SD-JWT credentials.
PRESENTATIONS = {
    "presentation-multiple.json": "id to be a URL",
    "presentation-selective.json": "id to be a URL",
    "presentation-single.json": "base64url",
}


def test_every_file_is_used() -> None:
    used = [*COSE, *KEYS, *OTHER_KEYS, *DOCUMENTS, *GOOD, *BAD_VC, *BAD_VP, *BAD_SD_JWT]
    assert sorted([*used, *PRESENTATIONS]) == files.names(FOLDER)
    assert len(files.names(FOLDER)) == 36
    assert len(COSE) == 7


def private_key(name: str) -> jose.PrivateKey:
    jwk = files.load(FOLDER, name)["secretKeyJwk"]
    secret = jose.from_b64u(jwk["d"])
    if jwk["kty"] == "OKP":
        return Ed25519PrivateKey.from_private_bytes(secret)
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def public_key(name: str) -> jose.PublicKey:
    return jose.key_of_jwk(files.load(FOLDER, name)["publicKeyJwk"])


@pytest.mark.parametrize("name", KEYS)
def test_a_key_has_the_published_thumbprint(name: str) -> None:
    jwk = files.load(FOLDER, name)["publicKeyJwk"]
    assert jose.thumbprint(jwk) == jwk["kid"]
    assert jose.algorithm(public_key(name)) == jwk["alg"]
    assert jose.public_jwk(private_key(name).public_key()).items() <= jwk.items()


@pytest.mark.parametrize("name", OTHER_KEYS)
def test_a_key_on_another_curve_is_refused(name: str) -> None:
    with pytest.raises(MalformedToken, match="neither a P-256 nor an Ed25519"):
        public_key(name)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_secured_and_read_back(name: str, key: str) -> None:
    document = files.load(FOLDER, name)
    signer = private_key(key)
    header = vc_jwt.encode_header(jose.algorithm(signer), "k")
    vc = vc_jwt.parse(vc_jwt.issue(key=signer, encoded_header=header, credential=document))
    vc_jwt.verify_issuer(vc, public_key(key))
    assert vc.credential == document
    assert vc.issuer == document["issuer"]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_credential_is_accepted(name: str) -> None:
    vc = vc_jwt.parse(files.text(FOLDER, name))
    vc_jwt.verify_issuer(vc, public_key(GOOD[name]))
    document = files.load(FOLDER, "credential-minimal.json")
    assert document.items() <= vc.credential.items()
    with pytest.raises(InvalidSignature):
        vc_jwt.verify_issuer(vc, jose.generate_key().public_key())


@pytest.mark.parametrize("name", BAD_VC)
def test_a_bad_credential_is_refused(name: str) -> None:
    with pytest.raises(IdentityError, match=BAD_VC[name]):
        vc_jwt.verify_issuer(vc_jwt.parse(files.text(FOLDER, name)), public_key("vm-ed25519.json"))


@pytest.mark.parametrize("name", BAD_VP)
def test_a_bad_presentation_is_refused(name: str) -> None:
    with pytest.raises(MalformedToken, match=BAD_VP[name]):
        vp_jwt.parse(files.text(FOLDER, name))


@pytest.mark.parametrize("name", BAD_SD_JWT)
def test_another_form_is_refused(name: str) -> None:
    kind = "vp" if name.startswith("presentation") else "vc"
    with pytest.raises(MalformedToken, match=BAD_SD_JWT[name]):
        sd_jwt.parse(files.text(FOLDER, name), typ=f"{kind}+sd-jwt")


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_a_presentation_of_another_form_is_refused(name: str) -> None:
    document: dict[str, Any] = files.load(FOLDER, name)
    signer = private_key("vm-p256.json")
    header = jose.encode_header({"alg": "ES256", "typ": "vp+jwt", "cty": "vp"})
    token = jose.sign_compact(signer, header, orjson.dumps(document))
    with pytest.raises(MalformedToken, match=PRESENTATIONS[name]):
        vp_jwt.parse(token)
