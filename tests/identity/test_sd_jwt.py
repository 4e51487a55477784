"""SD-JWT VC: issue, disclose, bind, verify; and every way to break it."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.utils.yaml_specification import remove_sdobj_wrappers
from sd_jwt.verifier import SDJWTVerifier

from identity.errors import (
    IdentityError,
    InvalidDisclosure,
    InvalidKeyBinding,
    InvalidSignature,
    MalformedToken,
)
from identity.model import jose, sd_jwt
from identity.model.concealment import RECURSIVE, STRUCTURED, VISIBLE, WHOLE, Rule
from identity.model.disclosure import digests_of

ISSUER, HOLDER, STRANGER = jose.generate_key(), jose.generate_key(), jose.generate_key()
HEADER = jose.encode_header({"alg": "ES256", "typ": "dc+sd-jwt", "kid": "k"})
CLAIMS = {"uscc": "91110000802100433B", "company_name": "启明科技", "capital_fen": 100_000_00}
REQUEST = {"nonce": "n-0S6_WzA2Mj", "audience": "redirect_uri:https://bank.example/response"}
NOW = 1_790_000_000

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
claim_names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12).filter(
    lambda name: name not in {"_sd", "_sd_alg", "iss", "nbf", "exp", "cnf", "vct", "status"}
)
claim_sets = st.dictionaries(claim_names, json_values, min_size=1, max_size=8)


def issue(claims: dict[str, object] = CLAIMS, **plain: object) -> str:
    return sd_jwt.issue(
        key=ISSUER,
        encoded_header=HEADER,
        plain={
            "iss": "https://issuer.example",
            "vct": "urn:example:1",
            "cnf": {"jwk": jose.public_jwk(HOLDER.public_key())},
            **plain,
        },
        claims=claims,
    )


def element(value: object) -> str:
    return jose.b64u(orjson.dumps(["c2FsdA", value]))


def member(name: str, value: object) -> str:
    return jose.b64u(orjson.dumps(["c2FsdA", name, value]))


def forge(payload: dict[str, object], *disclosures: str) -> str:
    """A payload that our engine would not issue, properly signed."""
    jwt = jose.sign_compact(ISSUER, HEADER, orjson.dumps(payload))
    return "~".join((jwt, *disclosures, ""))


def present(names: list[str], key: jose.PrivateKey = HOLDER, at: int = NOW) -> str:
    return sd_jwt.bind(sd_jwt.disclose(issue(), names), key=key, issued_at=at, **REQUEST)


def accept(compact: str, at: int = NOW, **request: str) -> dict[str, object]:
    token = sd_jwt.parse(compact)
    sd_jwt.verify_issuer(token, ISSUER.public_key())
    sd_jwt.verify_key_binding(compact, token, at=at, **{**REQUEST, **request})
    return token.claims()


def jwk(key: jose.PrivateKey) -> JWK:
    return JWK(**jose.public_jwk(key.public_key()))


def test_a_presentation_shows_only_what_was_asked() -> None:
    assert accept(present(["company_name"])) == {"company_name": "启明科技"}


@settings(max_examples=50, deadline=None)
@given(claim_sets)
def test_an_independent_library_reads_what_we_issue(claims: dict[str, object]) -> None:
    verifier = SDJWTVerifier(issue(claims), lambda _issuer, _header: jwk(ISSUER))
    payload = verifier.get_verified_payload()
    assert {name: payload[name] for name in claims} == claims


@settings(max_examples=50, deadline=None)
@given(claim_sets, st.data())
def test_fewer_disclosures_never_reveal_more(
    claims: dict[str, object], data: st.DataObject
) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(claims))))
    shown = sd_jwt.disclose(issue(claims), names)
    assert sd_jwt.parse(shown).claims() == {name: claims[name] for name in names}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    compact = present(["company_name", "uscc"])
    position = data.draw(st.integers(0, len(compact) - 1))
    bit = 1 << data.draw(st.integers(0, 6))
    broken = compact[:position] + chr(ord(compact[position]) ^ bit) + compact[position + 1 :]
    with pytest.raises(IdentityError):
        accept(broken)


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"nonce": "another"}, "nonce"), ({"audience": "redirect_uri:https://b.example"}, "aud")],
)
def test_a_presentation_for_another_request_is_refused(changed: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidKeyBinding, match=named):
        accept(present(["uscc"]), **changed)


@pytest.mark.parametrize("at", [NOW + 601, NOW - 61])
def test_an_old_or_future_binding_is_refused(at: int) -> None:
    with pytest.raises(InvalidKeyBinding, match="too long ago or in the future"):
        accept(present(["uscc"]), at=at)


def test_another_holders_key_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        accept(present(["uscc"], key=STRANGER))


def test_an_unbound_presentation_is_refused() -> None:
    with pytest.raises(InvalidKeyBinding, match="no key-binding"):
        accept(sd_jwt.disclose(issue(), ["uscc"]))


def test_removing_a_disclosure_after_binding_is_refused() -> None:
    jwt, first, second, binding = present(["company_name", "uscc"]).split("~")
    with pytest.raises(InvalidKeyBinding, match="sd_hash"):
        accept("~".join((jwt, first, binding)))
    assert second


def test_a_foreign_disclosure_is_refused() -> None:
    jwt, *rest = present(["uscc"]).split("~")
    foreign = jose.b64u(json.dumps(["c2FsdA", "company_name", "假冒公司"]).encode())
    with pytest.raises(InvalidDisclosure, match="company_name"):
        sd_jwt.parse("~".join((jwt, foreign, *rest)))


def test_a_repeated_disclosure_is_refused() -> None:
    jwt, disclosure, binding = present(["uscc"]).split("~")
    with pytest.raises(InvalidDisclosure):
        sd_jwt.parse("~".join((jwt, disclosure, disclosure, binding)))


NEVER = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "_sd", "_sd_alg", "..."]


@pytest.mark.parametrize("name", NEVER)
def test_a_reserved_claim_is_not_issued_and_not_disclosed(name: str) -> None:
    with pytest.raises(InvalidDisclosure, match="may not be"):
        issue({name: "x"})
    hidden = member(name, "x")
    with pytest.raises(InvalidDisclosure, match="may not be"):
        sd_jwt.parse(forge({"_sd": digests_of([hidden])}, hidden))


def test_a_claim_is_not_issued_twice_nor_with_reserved_members() -> None:
    with pytest.raises(InvalidDisclosure, match="twice"):
        issue({"sub": "a"}, sub="b")
    with pytest.raises(InvalidDisclosure, match="'_sd' or"):
        issue({"address": [{"_sd": []}]})


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "dc+sd-jwt"},
        {"alg": "HS256", "typ": "dc+sd-jwt"},
        {"alg": "ES256", "typ": "jwt"},
        {"alg": "ES256", "typ": "dc+sd-jwt", "crit": ["exp"]},
        {"alg": "ES256", "typ": "dc+sd-jwt", "jku": "https://evil.example/jwks"},
        {"alg": "ES256", "typ": "dc+sd-jwt", "x5u": "https://evil.example/chain"},
    ],
    ids=["alg none", "alg confusion", "other typ", "unknown crit", "jku", "x5u"],
)
def test_a_header_we_do_not_accept_is_refused(header: dict[str, object]) -> None:
    compact = sd_jwt.issue(
        key=ISSUER, encoded_header=jose.encode_header(header), plain={}, claims=CLAIMS
    )
    with pytest.raises(MalformedToken):
        sd_jwt.parse(compact)


@pytest.mark.parametrize(
    "compact", ["", "~", "a.b~", "a.b.c~", "....~", "x" * 1_000_001, "a.b.c", "€.b.c~"]
)
def test_junk_is_refused_as_malformed(compact: str) -> None:
    with pytest.raises(MalformedToken):
        sd_jwt.parse(compact)


def test_a_private_key_in_cnf_is_refused() -> None:
    private = {**jose.public_jwk(HOLDER.public_key()), "d": base64.b64encode(b"x" * 32).decode()}
    compact = sd_jwt.bind(issue(cnf={"jwk": private}), key=HOLDER, issued_at=NOW, **REQUEST)
    with pytest.raises(MalformedToken, match="private key"):
        accept(compact)


# Nested and array disclosures.

ADDRESS = {"province": "北京市", "district": "海淀区", "lines": ["中关村大街1号", "2层"]}
OWNERS = [{"name": "张三", "share_bps": 6_000}, {"name": "李四", "share_bps": 4_000}]
STRUCTURED_CLAIMS = {
    "uscc": CLAIMS["uscc"],
    "address": ADDRESS,
    "owners": OWNERS,
    "tags": ["a", "b"],
}
STRUCTURE = {
    "address": Rule(members={"lines": RECURSIVE}, each=WHOLE),
    "owners": Rule(disclosable=False, each=Rule(each=WHOLE)),
    "tags": STRUCTURED,
}


def issue_structured(**options: Any) -> str:
    return sd_jwt.issue(
        key=ISSUER,
        encoded_header=HEADER,
        plain={"iss": "https://issuer.example", "vct": "urn:example:1"},
        claims=STRUCTURED_CLAIMS,
        **{"structure": STRUCTURE, **options},
    )


def test_everything_disclosed_is_everything_issued() -> None:
    token = sd_jwt.parse(issue_structured(decoys=2))
    assert token.claims() == STRUCTURED_CLAIMS
    assert token.processed == {
        "iss": "https://issuer.example",
        "vct": "urn:example:1",
        **STRUCTURED_CLAIMS,
    }
    assert token.payload["_sd_alg"] == "sha-256"
    assert len(token.payload["_sd"]) == 2 + 2


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        ([], {}),
        (["uscc"], {"uscc": CLAIMS["uscc"]}),
        (["address"], {"address": ADDRESS}),
        ([["address", "district"]], {"address": {"district": "海淀区"}}),
        ([["address", "lines", 1]], {"address": {"lines": ["2层"]}}),
        ([["address", "lines", None]], {"address": {"lines": ADDRESS["lines"]}}),
        ([["owners", 0, "name"]], {"owners": [{"name": "张三"}]}),
        ([["owners", None, "name"]], {"owners": [{"name": "张三"}, {"name": "李四"}]}),
        ([["owners", 1]], {"owners": [OWNERS[1]]}),
        (["owners"], {"owners": OWNERS}),
        (
            ["tags", ["address", "province"]],
            {"tags": ["a", "b"], "address": {"province": "北京市"}},
        ),
        ([["tags", 2], ["tags", -1], ["tags", "a"], ["uscc", 0], ["uscc", None], ["no"]], {}),
        ([["address", "lines", 0, "x"], [None], [0]], {}),
    ],
)
def test_exactly_what_the_paths_need_is_disclosed(paths: list[Any], shown: object) -> None:
    presented = sd_jwt.disclose(issue_structured(), paths)
    assert sd_jwt.parse(presented).claims() == shown


def test_undisclosed_parts_of_visible_claims_leave_no_digest_behind() -> None:
    token = sd_jwt.parse(sd_jwt.disclose(issue_structured(decoys=3), []))
    assert token.claims() == {}
    assert {name: token.processed[name] for name in ("owners", "tags")} == {
        "owners": [],
        "tags": [],
    }
    assert "..." not in str(token.processed)
    assert "_sd" not in str(token.processed)


def test_decoys_look_like_digests_and_disclose_nothing() -> None:
    token = sd_jwt.parse(issue_structured(structure=None, decoys=5))
    assert len(token.payload["_sd"]) == len(STRUCTURED_CLAIMS) + 5
    assert {len(digest) for digest in token.payload["_sd"]} == {43}
    assert token.claims() == STRUCTURED_CLAIMS


def marked(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values and marked values, in arrays and in objects by marked or unmarked names."""
    names = claim_names.filter(lambda name: name != "...")
    objects = st.dictionaries(names, st.tuples(st.booleans(), inner), max_size=3).map(
        lambda members: {
            SDObj(name) if hidden else name: value for name, (hidden, value) in members.items()
        }
    )
    elements = st.tuples(st.booleans(), inner).map(
        lambda pair: SDObj(pair[1]) if pair[0] else pair[1]
    )
    return objects | st.lists(elements, max_size=3)


scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9)
marked_values = st.recursive(scalars, marked, max_leaves=8)
marked_claims = st.dictionaries(
    claim_names, st.tuples(st.booleans(), marked_values), max_size=4
).map(
    lambda members: {SDObj(name) if hid else name: value for name, (hid, value) in members.items()}
)


def rule_of(value: Any, hidden: bool) -> Rule:
    """The rule that hides what the library's marks hide."""
    if isinstance(value, dict):
        pairs = [(name, isinstance(name, SDObj), inner) for name, inner in value.items()]
        members = {name.value if hid else name: rule_of(inner, hid) for name, hid, inner in pairs}
        return Rule(disclosable=hidden, members=members)
    if isinstance(value, list):
        found = [(item.value, True) if isinstance(item, SDObj) else (item, False) for item in value]
        elements = {index: rule_of(inner, hid) for index, (inner, hid) in enumerate(found)}
        return Rule(disclosable=hidden, elements=elements)
    return WHOLE if hidden else VISIBLE


@settings(max_examples=80, deadline=None)
@given(marked_claims)
def test_we_read_the_structures_that_an_independent_library_issues(claims: dict[Any, Any]) -> None:
    extra = {"typ": "dc+sd-jwt"}
    issued = SDJWTIssuer(
        claims, JWK_OF_ISSUER, extra_header_parameters=extra, add_decoy_claims=True
    )
    token = sd_jwt.parse(issued.sd_jwt_issuance)
    sd_jwt.verify_issuer(token, ISSUER.public_key())
    assert token.processed == remove_sdobj_wrappers(claims)


@settings(max_examples=80, deadline=None)
@given(marked_claims, st.integers(0, 2))
def test_an_independent_library_reads_the_structures_we_issue(
    claims: dict[Any, Any], decoys: int
) -> None:
    bare = remove_sdobj_wrappers(claims)
    compact = sd_jwt.issue(
        key=ISSUER,
        encoded_header=HEADER,
        plain={},
        claims=bare,
        structure=rule_of(claims, False).members,
        decoys=decoys,
    )
    verifier = SDJWTVerifier(compact, lambda _issuer, _header: jwk(ISSUER))
    assert verifier.get_verified_payload() == bare
    assert sd_jwt.parse(compact).processed == bare


JWK_OF_ISSUER = JWK(
    **jose.public_jwk(ISSUER.public_key()),
    d=jose.b64u(ISSUER.private_numbers().private_value.to_bytes(32, "big")),  # type: ignore[union-attr]
)


@settings(max_examples=40, deadline=None)
@given(claim_sets, st.data())
def test_the_short_and_the_long_way_read_the_same(
    claims: dict[str, object], data: st.DataObject
) -> None:
    """A backslash in a visible claim sends the same claims the long way."""
    names = data.draw(st.sets(st.sampled_from(sorted(claims))))
    short = sd_jwt.parse(sd_jwt.disclose(issue(claims, note="a"), names))
    long = sd_jwt.parse(sd_jwt.disclose(issue(claims, note="a\\b"), names))
    assert short.claims() == long.claims() == {name: claims[name] for name in names}


INNER = member("city", "北京")
OUTER = member("address", {"_sd": digests_of([INNER])})
ITEM = element("a")
(INNER_DIGEST,), (OUTER_DIGEST,), (ITEM_DIGEST,) = map(digests_of, ([INNER], [OUTER], [ITEM]))

BAD_STRUCTURES: dict[str, tuple[str, str]] = {
    "digest twice in _sd": (forge({"_sd": [INNER_DIGEST] * 2}, INNER), "digest twice"),
    "digest of nothing twice": (forge({"_sd": ["A" * 43] * 2}), "digest twice"),
    "digest at two levels": (
        forge({"_sd": [INNER_DIGEST], "a": {"_sd": [INNER_DIGEST]}}, INNER),
        "digest twice",
    ),
    "digest in a disclosure again": (
        forge({"_sd": [OUTER_DIGEST, INNER_DIGEST]}, OUTER, INNER),
        "digest twice",
    ),
    "digest in an object and an array": (
        forge({"_sd": [ITEM_DIGEST], "a": [{"...": ITEM_DIGEST}]}),
        "digest twice",
    ),
    "unreferenced": (forge({"_sd": ["A" * 43]}, INNER), "has no digest"),
    "parent withheld": (forge({"_sd": [OUTER_DIGEST]}, INNER), "has no digest"),
    "digest as a claim's value": (forge({"a": INNER_DIGEST}, INNER), "has no digest"),
    "disclosure twice": (forge({"_sd": [INNER_DIGEST]}, INNER, INNER), "same disclosure twice"),
    "nested disclosure twice": (
        forge({"_sd": [OUTER_DIGEST]}, OUTER, INNER, INNER),
        "same disclosure twice",
    ),
    "claim is visible too": (forge({"_sd": [INNER_DIGEST], "city": "x"}, INNER), "there twice"),
    "nested claim is visible too": (
        forge({"a": {"_sd": [INNER_DIGEST], "city": "x"}}, INNER),
        "there twice",
    ),
    "two disclosures of a claim": (
        forge({"_sd": digests_of([INNER, member("city", "x")])}, INNER, member("city", "x")),
        "there twice",
    ),
    "element for a member": (forge({"_sd": [ITEM_DIGEST]}, ITEM), "array element"),
    "member for an element": (forge({"a": [{"...": INNER_DIGEST}]}, INNER), "of a member"),
    "_sd no list": (forge({"_sd": INNER_DIGEST}, INNER), "list of digests"),
    "_sd of numbers": (forge({"_sd": [1]}), "list of digests"),
    "_sd of lists": (forge({"_sd": [[]]}), "list of digests"),
    "nested _sd no list": (forge({"a": {"_sd": {}}}), "list of digests"),
    "element digest no text": (forge({"a": [{"...": 1}]}), "nothing else"),
    "element digest beside others": (forge({"a": [{"...": ITEM_DIGEST, "b": 1}]}), "nothing else"),
    "element digest in an object": (forge({"a": {"...": ITEM_DIGEST}}), "reserved member"),
    "element digest at the top": (forge({"...": ITEM_DIGEST}), "reserved member"),
    "nested _sd_alg": (forge({"a": {"_sd_alg": "sha-256"}}), "reserved member"),
    "another _sd_alg": (forge({"_sd_alg": "sha-512"}), "sha-512"),
    "_sd_alg no text": (forge({"_sd_alg": ["sha-256"]}), "_sd_alg"),
    "nested reserved name": (
        forge({"a": {"_sd": digests_of([member("_sd", [])])}}, member("_sd", [])),
        "may not be",
    ),
    "disclosure no list": (forge({}, jose.b64u(b'{"a":1}')), "salt"),
    "disclosure of one": (forge({}, jose.b64u(b'["salt"]')), "salt"),
    "disclosure of four": (forge({}, jose.b64u(b'["salt","a",1,2]')), "salt"),
    "disclosure name no text": (forge({}, jose.b64u(b'["salt",1,2]')), "salt"),
    "disclosure no JSON": (forge({}, jose.b64u(b"[")), "not JSON"),
    "disclosure empty": (forge({}, ""), "base64url"),
    "disclosure padded": (forge({"_sd": [INNER_DIGEST]}, INNER + "="), "base64url"),
    "disclosure repeats a member": (forge({}, jose.b64u(b'["s","a",{"b":1,"b":2}]')), "repeats"),
    "disclosure too deep": (
        forge({}, jose.b64u(b'["s","a",' + b"[" * 32 + b"]" * 32 + b"]")),
        "deeper",
    ),
    "payload repeats a member": (
        jose.sign_compact(ISSUER, HEADER, b'{"iss":"a","iss":"b"}') + "~",
        "repeats",
    ),
}


@pytest.mark.parametrize("name", BAD_STRUCTURES)
def test_a_bad_structure_is_refused_even_under_a_good_signature(name: str) -> None:
    compact, named = BAD_STRUCTURES[name]
    with pytest.raises((InvalidDisclosure, MalformedToken), match=named):
        sd_jwt.parse(compact)


def test_a_reserved_claim_name_may_stand_inside() -> None:
    hidden = member("status", "在营")
    token = sd_jwt.parse(forge({"a": {"_sd": digests_of([hidden])}}, hidden))
    assert token.claims() == {"a": {"status": "在营"}}


def test_disclosures_that_nest_too_deep_are_refused_quickly() -> None:
    chain = [member("a", 1)]
    for _ in range(2_000):
        chain.append(member("a", {"_sd": digests_of([chain[-1]])}))
    compact = forge({"_sd": digests_of([chain[-1]])}, *chain)
    start = time.thread_time()
    with pytest.raises(MalformedToken, match="deeper than 32"):
        sd_jwt.parse(compact)
    assert time.thread_time() - start < 0.5


def test_ten_megabytes_are_refused_at_once() -> None:
    for compact in ("A" * 10_000_000, "~" * 10_000_000, issue() + "A" * 10_000_000):
        start = time.thread_time()
        with pytest.raises(MalformedToken, match="over"):
            sd_jwt.parse(compact)
        assert time.thread_time() - start < 0.05


# Algorithms, and transaction data.

ED_ISSUER, ED_HOLDER = jose.generate_key("EdDSA"), jose.generate_key("EdDSA")


@pytest.mark.parametrize("issuer", [ISSUER, ED_ISSUER], ids=["ES256", "EdDSA"])
@pytest.mark.parametrize("holder", [HOLDER, ED_HOLDER], ids=["ES256", "EdDSA"])
def test_either_algorithm_serves_issuer_and_holder(
    issuer: jose.PrivateKey, holder: jose.PrivateKey
) -> None:
    header = {"alg": jose.algorithm(issuer), "typ": "dc+sd-jwt"}
    compact = sd_jwt.issue(
        key=issuer,
        encoded_header=jose.encode_header(header),
        plain={"cnf": {"jwk": jose.public_jwk(holder.public_key())}},
        claims=CLAIMS,
    )
    bound = sd_jwt.bind(compact, key=holder, issued_at=NOW, **REQUEST)
    token = sd_jwt.parse(bound)
    sd_jwt.verify_issuer(token, issuer.public_key())
    key = sd_jwt.verify_key_binding(bound, token, at=NOW, **REQUEST)
    assert jose.public_jwk(key) == jose.public_jwk(holder.public_key())
    other = ISSUER if issuer is ED_ISSUER else ED_ISSUER
    with pytest.raises(InvalidSignature, match="the key is for"):
        sd_jwt.verify_issuer(token, other.public_key())
    stolen = sd_jwt.bind(
        compact, key=ED_HOLDER if holder is HOLDER else HOLDER, issued_at=NOW, **REQUEST
    )
    with pytest.raises(InvalidSignature):
        sd_jwt.verify_key_binding(stolen, sd_jwt.parse(stolen), at=NOW, **REQUEST)


FIRST = jose.b64u(b'{"type":"urn:example:application:1","amount_fen":100}')
SECOND = jose.b64u(b'{"type":"urn:example:application:1","amount_fen":200}')


def sign_application(*data: str) -> tuple[str, sd_jwt.SDJWT]:
    shown = sd_jwt.disclose(issue(), ["uscc"])
    bound = sd_jwt.bind(shown, key=HOLDER, issued_at=NOW, transaction_data=data, **REQUEST)
    return bound, sd_jwt.parse(bound)


def test_transaction_data_is_hashed_as_received() -> None:
    bound, token = sign_application(FIRST, SECOND)
    sd_jwt.verify_key_binding(bound, token, at=NOW, transaction_data=(FIRST, SECOND), **REQUEST)
    assert token.key_binding is not None
    said = json.loads(token.key_binding.payload)
    assert said["transaction_data_hashes"] == digests_of([FIRST, SECOND])
    assert said["transaction_data_hashes_alg"] == "sha-256"


@pytest.mark.parametrize(
    ("signed", "asked"),
    [
        ((FIRST,), (SECOND,)),
        ((FIRST, SECOND), (SECOND, FIRST)),
        ((FIRST, SECOND), (FIRST,)),
        ((FIRST,), (FIRST, SECOND)),
        ((), (FIRST,)),
        ((FIRST,), ()),
    ],
    ids=["other", "order", "more", "fewer", "none", "not asked"],
)
def test_other_transaction_data_is_refused(signed: tuple[str], asked: tuple[str]) -> None:
    bound, token = sign_application(*signed)
    with pytest.raises(InvalidKeyBinding, match="transaction data"):
        sd_jwt.verify_key_binding(bound, token, at=NOW, transaction_data=asked, **REQUEST)
