"""Presentations of `vc+jwt` credentials as `vp+jwt` (VC Data Model 2.0 §4.13, secured with JOSE).

The holder whose key every credential names (`cnf`) signs the verifier's nonce and audience.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from identity.errors import InvalidKeyBinding, MalformedToken
from identity.model import jose, vc_jwt
from identity.model.sd_jwt import require_made_now
from identity.model.vc_jwt import CONTEXT, payload_of, require_kind, require_objects

PRESENTATION_TYP, PRESENTATION_CTY = "vp+jwt", "vp"
ENVELOPE = f"data:application/{vc_jwt.CREDENTIAL_TYP},"


class VP(NamedTuple):
    """A parsed `vp+jwt` with the credentials it envelops, no signature checked yet."""

    signed: jose.Signed
    presentation: Mapping[str, Any]
    credentials: tuple[vc_jwt.VC, ...]


def present(
    credentials: Sequence[str],
    *,
    key: jose.PrivateKey,
    holder: str,
    nonce: str,
    audience: str,
    issued_at: int,
) -> str:
    """Return a `vp+jwt` of credentials for one request, signed by their holder.

    Args:
        credentials: `vc+jwt` credentials whose `cnf` names the holder's key.
        holder: the holder's identifier, a DID.
        audience: the verifier's full client identifier, prefix included.
        issued_at: UTC epoch seconds.
    """
    payload = {
        "@context": [CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": [
            {"@context": CONTEXT, "type": "EnvelopedVerifiableCredential", "id": ENVELOPE + token}
            for token in credentials
        ],
        "iss": holder,
        "aud": audience,
        "nonce": nonce,
        "iat": issued_at,
    }
    header = jose.encode_header(
        {"alg": jose.algorithm(key), "typ": PRESENTATION_TYP, "cty": PRESENTATION_CTY}
    )
    return jose.sign_compact(key, header, orjson.dumps(payload))


def parse(token: str) -> VP:
    """Return a presentation and its credentials after checking their form.

    Raises:
        MalformedToken: it is no `vp+jwt`, or it envelops something else than `vc+jwt`.
    """
    (signed,), _ = jose.parse_compacts([(token, PRESENTATION_TYP)])
    presentation = payload_of(signed, PRESENTATION_CTY)
    require_kind(presentation, "VerifiablePresentation")
    holder = presentation.get("holder")
    if presentation.get("iss", holder) != holder:
        raise MalformedToken("found an iss that is not the presentation's holder")
    envelopes = require_objects(presentation.get("verifiableCredential"), "verifiableCredential")
    return VP(signed, presentation, tuple(vc_jwt.parse(_enveloped(item)) for item in envelopes))


def verify_holder(vp: VP, *, nonce: str, audience: str, at: int) -> jose.PublicKey:
    """Check that the holder of every credential made this presentation for this request.

    Raises:
        InvalidKeyBinding: nonce, audience or time differs, or the credentials do not all name one
            holder key.
        InvalidSignature: it is signed with another key than they name.
    """
    keys = [_holder_jwk(vc.credential) for vc in vp.credentials]
    if any(jwk != keys[0] for jwk in keys):
        raise InvalidKeyBinding("the credentials are bound to different keys")
    key = jose.key_of_jwk(keys[0])
    vp.signed.verify(key)
    for name, value in {"nonce": nonce, "aud": audience}.items():
        if vp.presentation.get(name) != value:
            raise InvalidKeyBinding(f"the presentation has another {name} than this request")
    require_made_now(vp.presentation, at)
    return key


def _holder_jwk(credential: Mapping[str, Any]) -> Mapping[str, Any]:
    confirmation = credential.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict):
        raise InvalidKeyBinding("a credential names no holder key (cnf.jwk)")
    return jwk


def _enveloped(item: Mapping[str, Any]) -> str:
    identifier = item.get("id")
    if item.get("type") not in (
        "EnvelopedVerifiableCredential",
        ["EnvelopedVerifiableCredential"],
    ):
        raise MalformedToken("expected an EnvelopedVerifiableCredential (VC Data Model 2.0 §4.12)")
    if not isinstance(identifier, str) or not identifier.startswith(ENVELOPE):
        raise MalformedToken(f"expected the credential's id to be a URL that begins {ENVELOPE!r}")
    return identifier.removeprefix(ENVELOPE)
