"""Digital Credentials Query Language: which credentials answer a query (OpenID4VP 1.0 §6).

Any query is read, whatever its formats; what is of an unknown format simply matches nothing here.
`values` narrows the choice for the holder's privacy; no verifier may rely on it (§6.4.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity.errors import MalformedQuery
from identity.model.claims_path import Path, select

_ID = re.compile(r"[A-Za-z0-9_-]+")
QUERIES_MAX = 60


@dataclass(frozen=True)
class Candidate:
    """A credential as the query sees it.

    Attributes:
        types: the one `vct` or `doctype`, or all `type` values of a W3C credential.
        claims: the claims by path; of an mdoc, namespaces first.
        authorities: (type, value) by which its issuer can be trusted.
    """

    format: str
    types: tuple[str, ...]
    claims: Mapping[str, Any]
    is_bound: bool = True
    authorities: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Match:
    """A candidate that answers a credential query, and the claims to disclose of it."""

    candidate: int
    paths: tuple[Path, ...]


def match(
    query: Mapping[str, Any], candidates: Sequence[Candidate]
) -> dict[str, list[Match]] | None:
    """Return the matches by query id; None when the query cannot be satisfied (§6.4.2).

    The first match of each is the one to take, unless the query allows `multiple`.

    Raises:
        MalformedQuery: the query breaks the rules of §6.
    """
    queries = _checked(query)
    found = {item["id"]: _matches(item, candidates) for item in queries}
    sets = query.get("credential_sets")
    if sets is None:
        return found if all(found.values()) else None
    chosen: dict[str, list[Match]] = {}
    for credential_set in sets:
        options = (o for o in credential_set["options"] if all(found[name] for name in o))
        option = next(options, None)
        if option is None and credential_set.get("required", True):
            return None
        chosen |= {name: found[name] for name in option or ()}
    return chosen


def _matches(query: Mapping[str, Any], candidates: Sequence[Candidate]) -> list[Match]:
    matches = []
    for index, candidate in enumerate(candidates):
        if _is_of_kind(query, candidate):
            paths = _disclosed(query, candidate)
            if paths is not None:
                matches.append(Match(index, paths))
    return matches


def _is_of_kind(query: Mapping[str, Any], candidate: Candidate) -> bool:
    if query["format"] != candidate.format:
        return False
    if query.get("require_cryptographic_holder_binding", True) and not candidate.is_bound:
        return False
    trusted = query.get("trusted_authorities")
    if trusted and candidate.authorities.isdisjoint(
        (item["type"], value) for item in trusted for value in item["values"]
    ):
        return False
    return _is_of_type(query.get("meta") or {}, candidate)


def _is_of_type(meta: Mapping[str, Any], candidate: Candidate) -> bool:
    types = set(candidate.types)
    if "vct_values" in meta and types.isdisjoint(meta["vct_values"]):
        return False
    if "doctype_value" in meta and meta["doctype_value"] not in types:
        return False
    wanted = meta.get("type_values")
    return wanted is None or any(set(group) <= types for group in wanted)


def _disclosed(query: Mapping[str, Any], candidate: Candidate) -> tuple[Path, ...] | None:
    """Return the paths to disclose; None when the candidate lacks what is asked (§6.4.1)."""
    claims = query.get("claims")
    if not claims:
        return ()
    if not query.get("claim_sets"):
        paths = tuple(map(_path, claims))
        return paths if all(_has(candidate, claim) for claim in claims) else None
    by_id = {claim["id"]: claim for claim in claims}
    for claim_set in query["claim_sets"]:
        chosen = [by_id[name] for name in claim_set]
        if all(_has(candidate, claim) for claim in chosen):
            return tuple(map(_path, chosen))
    return None


def _has(candidate: Candidate, claim: Mapping[str, Any]) -> bool:
    places = list(select(candidate.claims, _path(claim)))
    values = claim.get("values")
    return bool(places) and (
        values is None or any(_at(candidate.claims, place) in values for place in places)
    )


def _at(claims: Any, place: Sequence[str | int]) -> Any:
    for step in place:
        claims = claims[step]
    return claims


def _path(claim: Mapping[str, Any]) -> Path:
    if "path" in claim:
        path: Path = claim["path"]
        return path
    return [claim["namespace"], claim["claim_name"]]  # mdoc claims as drafts wrote them


def _checked(query: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the credential queries after checking their form (§6.1 to §6.3)."""
    queries = query.get("credentials")
    if not isinstance(queries, list) or not 0 < len(queries) <= QUERIES_MAX:
        raise MalformedQuery(f"expected 1 to {QUERIES_MAX} credential queries in credentials")
    for item in queries:
        _check_credential_query(item)
    ids = [item["id"] for item in queries]
    if len(set(ids)) < len(ids):
        raise MalformedQuery("found two credential queries with the same id")
    for credential_set in query.get("credential_sets") or ():
        options = credential_set.get("options") if isinstance(credential_set, dict) else None
        if not options or not all(o and set(o) <= set(ids) for o in options):
            raise MalformedQuery("a credential set names no option, or a query that is not there")
    return queries


def _check_credential_query(item: Any) -> None:
    if not isinstance(item, dict) or not isinstance(item.get("format"), str):
        raise MalformedQuery("found a credential query without a format")
    if not isinstance(item.get("id"), str) or _ID.fullmatch(item["id"]) is None:
        raise MalformedQuery("found a credential query id that is not letters, digits, _ and -")
    claims = item.get("claims") or []
    if not all(isinstance(c, dict) and ("path" in c or "claim_name" in c) for c in claims):
        raise MalformedQuery(f"{item['id']}: found a claim without a path")
    named = [claim["id"] for claim in claims if "id" in claim]
    if len(set(named)) < len(named):
        raise MalformedQuery(f"{item['id']}: found two claims with the same id")
    for claim_set in item.get("claim_sets") or ():
        if not set(claim_set) <= set(named):
            raise MalformedQuery(f"{item['id']}: a claim set names a claim that is not there")
