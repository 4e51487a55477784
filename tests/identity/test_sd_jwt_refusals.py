"""SD-JWTs whose disclosures break RFC 9901 §7.1, each under a good signature."""

from __future__ import annotations

import time

import pytest

from identity.errors import (
    InvalidDisclosure,
    MalformedToken,
)
from identity.model import jose, sd_jwt
from identity.model.disclosure import digests_of

from .sd_jwt_made import (
    HEADER,
    ISSUER,
    element,
    forge,
    issue,
    member,
)

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
