"""The examples of RFC 9901, and the 47 cases of sd-jwt-python and of the draft.

Each case is issued by our engine with its `!sd` marks, presented by ours and by the library's
holder, verified by ours and by the library: all agree, also with what the case expects.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.utils.yaml_specification import load_yaml_specification, remove_sdobj_wrappers
from sd_jwt.verifier import SDJWTVerifier

from identity.errors import InvalidSignature, MalformedToken
from identity.model import jose, sd_jwt
from identity.model.claims_path import Path
from identity.model.concealment import VISIBLE, WHOLE, Rule
from identity.model.disclosure import digests_of, parse_disclosures

from . import files

pytestmark = files.present("sd_jwt")

EXAMPLES = "rfc9901_examples.json"
CASES = [
    name
    for name in files.names("sd_jwt", "*.yml")
    if PurePosixPath(name).name != "settings.yml"  # the library's keys and times, not a case
]
# The engine has no JWS JSON serialization (RFC 9901 §8): OpenID4VCI and OpenID4VP name only the
# compact one. These cases run with their claims in the compact form.
IN_COMPACT_FORM = [name for name in CASES if "json_serialization" in name]
# RFC 7515 §4.1.4: a `kid` is a string; this case has a number, which the engine refuses.
KID_IS_A_NUMBER = "openwallet_testcases/header_mod.yml"
# What is selected is disclosed with all it holds (`sd_jwt.disclose`); the holder of these cases
# discloses a value and leaves out what it holds, which no claims path pointer says. They are
# presented by the library's holder alone.
VALUE_WITHOUT_ITS_PARTS = [name for name in CASES if "complex_eidas" in name]

ISSUER, HOLDER = jose.generate_key(), jose.generate_key()
REQUEST = {"nonce": "1234567890", "audience": "https://verifier.example.org"}
NOW = 1_790_000_000
DEFAULTS: dict[str, Any] = {"iss": "https://issuer.example.com", "iat": NOW, "exp": NOW + 1}
EXAMPLE = files.load("sd_jwt", EXAMPLES) if files.names("sd_jwt") else {"serializations": []}


def test_every_file_is_used() -> None:
    assert len(files.names("sd_jwt")) == 51
    assert len(CASES) == 47
    assert len(files.names("sd_jwt", "settings.yml")) == 3
    assert len(IN_COMPACT_FORM) == 6
    assert len(VALUE_WITHOUT_ITS_PARTS) == 4
    assert len(EXAMPLE["serializations"]) == 9
    assert len(EXAMPLE["disclosures"]) == 87


def oracle_key(key: jose.PrivateKey) -> JWK:
    return JWK(**jose.public_jwk(key.public_key()))


def oracle_payload(compact: str) -> dict[str, Any]:
    """What the library says of a presentation."""
    verifier = SDJWTVerifier(
        compact, lambda _issuer, _header: oracle_key(ISSUER), REQUEST["audience"], REQUEST["nonce"]
    )
    return dict(verifier.get_verified_payload())


def rule_of(value: Any, marked: bool) -> Rule:
    """The rule that hides exactly what `!sd` marks in a value."""
    if isinstance(value, dict):
        members = {
            name.value if isinstance(name, SDObj) else name: rule_of(
                member, isinstance(name, SDObj)
            )
            for name, member in value.items()
        }
        return Rule(disclosable=marked, members=members)
    if isinstance(value, list):
        elements = {
            index: rule_of(item.value, True) if isinstance(item, SDObj) else rule_of(item, False)
            for index, item in enumerate(value)
        }
        return Rule(disclosable=marked, elements=elements)
    return WHOLE if marked else VISIBLE


def paths_of(wanted: Any, at: tuple[str | int, ...] = ()) -> list[Path]:
    """The claims path pointers of what a case's holder discloses."""
    if wanted is True:
        return [at]
    if isinstance(wanted, dict):
        return [path for name, inner in wanted.items() for path in paths_of(inner, (*at, name))]
    if isinstance(wanted, list):
        return [path for i, inner in enumerate(wanted) for path in paths_of(inner, (*at, i))]
    return []


def issue(case: dict[str, Any]) -> str:
    claims = case["user_claims"]
    structure = rule_of(claims, False).members
    bare = remove_sdobj_wrappers(claims)
    own = {name: value for name, value in bare.items() if name in {*DEFAULTS, "nbf", "vct"}}
    header = {"alg": "ES256", "typ": "dc+sd-jwt", **case.get("extra_header_parameters", {})}
    return sd_jwt.issue(
        key=ISSUER,
        encoded_header=jose.encode_header(header),
        plain={**DEFAULTS, **own, "cnf": {"jwk": jose.public_jwk(HOLDER.public_key())}},
        claims={name: bare[name] for name in bare.keys() - own.keys() - {"cnf"}},
        structure=structure,
        decoys=3 if case.get("add_decoy_claims") else 0,
    )


def accept(compact: str) -> dict[str, Any]:
    token = sd_jwt.parse(compact)
    sd_jwt.verify_issuer(token, ISSUER.public_key())
    sd_jwt.verify_key_binding(compact, token, at=NOW, **REQUEST)
    return token.processed


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_issued_presented_and_verified(name: str) -> None:
    case = load_yaml_specification(str(files.VECTORS / "sd_jwt" / name))
    if name == KID_IS_A_NUMBER:
        with pytest.raises(MalformedToken, match="kid"):
            sd_jwt.parse(issue(case))
        case["extra_header_parameters"] = {"kid": "42"}
    compact = issue(case)
    holder = SDJWTHolder(compact)
    holder.create_presentation(case["holder_disclosed_claims"])
    bound = sd_jwt.bind(holder.sd_jwt_presentation, key=HOLDER, issued_at=NOW, **REQUEST)
    processed = accept(bound)
    assert oracle_payload(bound) == processed
    if name not in VALUE_WITHOUT_ITS_PARTS:
        ours = sd_jwt.disclose(compact, paths_of(case["holder_disclosed_claims"]))
        assert sd_jwt.parse(ours).processed == processed
    expected = case.get("expect_verified_user_claims")
    if expected is not None:
        shown = {name: value for name, value in processed.items() if name not in DEFAULTS}
        shown.pop("cnf")
        assert shown == expected


@pytest.mark.parametrize("name", CASES)
def test_with_everything_disclosed_a_case_is_whole(name: str) -> None:
    case = load_yaml_specification(str(files.VECTORS / "sd_jwt" / name))
    case.pop("extra_header_parameters", None)
    token = sd_jwt.parse(issue(case))
    bare = remove_sdobj_wrappers(case["user_claims"])
    bare.pop("cnf", None)
    assert {name: token.processed[name] for name in bare} == bare


@pytest.mark.parametrize("index", range(len(EXAMPLE["serializations"])))
def test_an_example_of_the_rfc_verifies(index: int) -> None:
    example = EXAMPLE["serializations"][index]
    compact, typ = example["serialization"], example["issuer_header"]["typ"]
    key = jose.key_of_jwk(EXAMPLE["issuer_public_jwk"])
    if example["kind"] == "issuer-signed JWT":
        assert jose.verify_compact(compact, key, typ=typ) == example["issuer_signed_payload"]
        return
    token = sd_jwt.parse(compact, typ=typ)
    sd_jwt.verify_issuer(token, key)
    assert token.payload == example["issuer_signed_payload"]
    assert token.header == example["issuer_header"]
    assert [encoded for encoded, _, _ in token.disclosures] == example["disclosures"]
    oracle = SDJWTVerifier(compact, lambda *_: JWK(**EXAMPLE["issuer_public_jwk"]))
    assert token.processed == oracle.get_verified_payload()
    assert "_sd" not in str(token.processed)
    with pytest.raises(InvalidSignature):
        sd_jwt.verify_issuer(token, ISSUER.public_key())
    if "kb_jwt_payload" in example:
        bound = example["kb_jwt_payload"]
        request = {"nonce": bound["nonce"], "audience": bound["aud"], "at": bound["iat"]}
        sd_jwt.verify_key_binding(compact, token, **request)


def test_the_disclosures_of_the_rfc_have_its_digests() -> None:
    listed = EXAMPLE["disclosures"]
    encoded = [item["disclosure"] for item in listed]
    assert digests_of(encoded) == [item["sha256_b64url"] for item in listed]
    parsed, _ = parse_disclosures(encoded, [jose.from_b64u(item) for item in encoded])
    assert [item["contents"][1:] for item in listed] == [
        [value] if name is None else [name, value] for _, name, value in parsed
    ]
