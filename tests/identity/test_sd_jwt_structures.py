"""SD-JWT with nested and array disclosures: what we issue and what a library issues."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.utils.yaml_specification import remove_sdobj_wrappers
from sd_jwt.verifier import SDJWTVerifier

from identity.model import jose, sd_jwt
from identity.model.concealment import RECURSIVE, STRUCTURED, VISIBLE, WHOLE, Rule

from .sd_jwt_made import (
    CLAIMS,
    HEADER,
    ISSUER,
    claim_names,
    claim_sets,
    issue,
    jwk,
)

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
