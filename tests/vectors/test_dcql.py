"""DCQL: published queries with credentials, satisfiable or not, and the specification's own."""

from __future__ import annotations

from typing import Any

import pytest

from identity.errors import MalformedQuery
from identity.model.dcql import CredentialQuery, from_dcql, to_dcql
from identity.model.dcql_match import Candidate, match
from tests.vectors import files

FOLDER, FILE = "dcql", "cases.json"
SPECIFICATION_QUERIES = 7
CASES = files.load(FOLDER, FILE) if FILE in files.names(FOLDER) else {}

vectors = files.present(FOLDER)


def candidate(raw: dict[str, Any]) -> Candidate:
    """Return a published credential as the matcher sees it."""
    types = raw.get("doctype") or raw.get("vct") or raw.get("type")
    authority = raw.get("authority")
    trusted = [(authority["type"], value) for value in authority["values"]] if authority else []
    return Candidate(
        format=raw["credential_format"],
        types=(types,) if isinstance(types, str) else tuple(types),
        claims=raw.get("namespaces") or raw.get("claims") or {},
        is_bound=raw.get("cryptographic_holder_binding", True),
        authorities=frozenset(trusted),
    )


@vectors
def test_every_file_is_used() -> None:
    found = files.names(FOLDER)
    assert found.pop(0) == FILE
    assert len(found) == SPECIFICATION_QUERIES
    assert all(name.startswith("openid4vp_1.0_") for name in found)
    assert (len(CASES["cases"]), len(CASES["queries"])) == (18, 13)


@vectors
@pytest.mark.parametrize("case", CASES.get("cases", ()), ids=lambda case: case["name"])
def test_a_published_case(case: dict[str, Any]) -> None:
    found = match(case["query"], [candidate(raw) for raw in case["credentials"]])
    assert (found is not None) is case["can_be_satisfied"]


@vectors
@pytest.mark.parametrize("name", sorted(CASES.get("queries", ())))
def test_a_published_query_can_be_read(name: str) -> None:
    query = CASES["queries"][name]
    has_optional_only = all(
        item.get("required", True) is False for item in query.get("credential_sets", [{}])
    )
    assert (match(query, []) is None) is not has_optional_only


@vectors
@pytest.mark.parametrize("name", files.names(FOLDER, "openid4vp_*.json"))
def test_a_query_of_the_specification_can_be_read(name: str) -> None:
    assert match(files.load(FOLDER, name), []) is None


LICENCE = CredentialQuery(
    "licence", "urn:x:licence", ("code", "name", "end"), True, (("end",),), ("code",)
)
TAX = CredentialQuery("tax", "urn:x:tax", ("grade",), False)


def held(vct: str, **claims: Any) -> Candidate:
    return Candidate("dc+sd-jwt", (vct,), claims)


class TestOurQueries:
    def test_all_that_is_there_is_disclosed_and_no_more(self) -> None:
        full = held("urn:x:licence", code="1", name="n", end="2030", secret="s")
        found = match(to_dcql([LICENCE, TAX]), [full])
        assert found is not None
        assert list(found) == ["licence"]
        assert [path[0] for path in found["licence"][0].paths] == ["code", "name", "end"]

    @pytest.mark.parametrize(
        ("claims", "shown"),
        [({"code": "1", "name": "n"}, ["code", "name"]), ({"code": "1"}, ["code"])],
    )
    def test_a_credential_that_lacks_something_answers_with_less(
        self, claims: dict[str, str], shown: list[str]
    ) -> None:
        found = match(to_dcql([LICENCE]), [held("urn:x:licence", **claims)])
        assert found is not None
        assert [path[0] for path in found["licence"][0].paths] == shown

    def test_without_the_essential_claims_nothing_answers(self) -> None:
        assert match(to_dcql([LICENCE]), [held("urn:x:licence", name="n")]) is None

    def test_what_was_sent_is_what_an_answer_is_held_against(self) -> None:
        licence, tax = from_dcql(to_dcql([LICENCE, TAX]))
        assert (licence.required, tax.required) == (True, False)
        assert licence.is_answered_by(frozenset({"code"}))
        assert not licence.is_answered_by(frozenset({"name"}))
        assert licence.beyond(frozenset({"code", "secret"})) == ["secret"]


ONE = {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["x"]}}
BAD_QUERIES: dict[str, Any] = {
    "nothing": {},
    "no credentials": {"credentials": []},
    "not a list": {"credentials": {"a": 1}},
    "too many": {"credentials": [{**ONE, "id": f"a{i}"} for i in range(61)]},
    "no format": {"credentials": [{"id": "a"}]},
    "no id": {"credentials": [{"format": "dc+sd-jwt"}]},
    "an id with a space": {"credentials": [{**ONE, "id": "a b"}]},
    "an id twice": {"credentials": [ONE, ONE]},
    "a claim without a path": {"credentials": [{**ONE, "claims": [{}]}]},
    "a claim id twice": {
        "credentials": [{**ONE, "claims": [{"id": "c", "path": ["x"]}, {"id": "c", "path": ["y"]}]}]
    },
    "a claim set of nothing known": {"credentials": [{**ONE, "claim_sets": [["c"]]}]},
    "a set of nothing known": {"credentials": [ONE], "credential_sets": [{"options": [["b"]]}]},
    "a set without options": {"credentials": [ONE], "credential_sets": [{}]},
}


@pytest.mark.parametrize("name", BAD_QUERIES)
def test_a_broken_query_is_refused(name: str) -> None:
    with pytest.raises(MalformedQuery):
        match(BAD_QUERIES[name], [])
