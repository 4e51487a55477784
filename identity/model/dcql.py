"""Digital Credentials Query Language: the queries that our verifiers make (OpenID4VP 1.0 §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

FORMAT = "dc+sd-jwt"


@dataclass(frozen=True)
class CredentialQuery:
    """One credential asked for: its query id (the type's code), `vct` and claims.

    Attributes:
        claims: the names of the claims asked.
        may_lack: groups of these that a credential of the type may come without.
        essential: what is asked at the least, where a credential lacks still others.
        each: the claims whose elements are disclosed one by one; all of them are asked.
    """

    id: str
    vct: str
    claims: tuple[str, ...]
    required: bool
    may_lack: tuple[tuple[str, ...], ...] = ()
    essential: tuple[str, ...] = ()
    each: frozenset[str] = frozenset()

    def claim_sets(self) -> list[tuple[str, ...]]:
        """Return the acceptable sets of claims, the fullest first (§6.4.1); all, if only all do."""
        sets = [tuple(c for c in self.claims if c not in lacking) for lacking in self._lacking()]
        if self.essential and set(self.essential) < set(sets[-1]):
            sets.append(self.essential)
        return sets

    def _lacking(self) -> Iterator[frozenset[str]]:
        for count in range(len(self.may_lack) + 1):
            for groups in combinations(self.may_lack, count):
                yield frozenset(name for group in groups for name in group)


def to_dcql(queries: Sequence[CredentialQuery], *, aki: str | None = None) -> dict[str, Any]:
    """Return the DCQL query: all required credentials in one set, each optional one in its own.

    Args:
        aki: key identifier of the CA that issuers' certificates must come from (§6.1.1.1).
    """
    credentials = [_credential_query(query) for query in queries]
    if aki is not None:
        for credential in credentials:
            credential["trusted_authorities"] = [{"type": "aki", "values": [aki]}]
    required = [query.id for query in queries if query.required]
    sets: list[dict[str, Any]] = [{"options": [required]}] if required else []
    sets += [{"options": [[q.id]], "required": False} for q in queries if not q.required]
    return {"credentials": credentials, "credential_sets": sets}


def _credential_query(query: CredentialQuery) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": query.id,
        "format": FORMAT,
        "meta": {"vct_values": [query.vct]},
        "claims": [
            {"path": [claim, None] if claim in query.each else [claim]} for claim in query.claims
        ],
    }
    sets = query.claim_sets()
    if len(sets) > 1:
        for claim in found["claims"]:
            claim["id"] = claim["path"][0]
        found["claim_sets"] = [list(names) for names in sets]
    return found


@dataclass(frozen=True)
class AskedCredential:
    """A credential query as it was sent: what an answer to it must and may disclose."""

    id: str
    vct: str
    claim_sets: tuple[frozenset[str], ...]
    required: bool

    def beyond(self, names: frozenset[str]) -> list[str]:
        """Return which of the disclosed claims were not asked."""
        return sorted(names - frozenset().union(*self.claim_sets))

    def is_answered_by(self, names: frozenset[str]) -> bool:
        """Tell whether disclosed claims make up one of the acceptable sets."""
        return any(claims <= names for claims in self.claim_sets)


def from_dcql(query: Mapping[str, Any]) -> list[AskedCredential]:
    """Return the credential queries of a DCQL query made by `to_dcql`."""
    optional = {
        option[0]
        for credential_set in query["credential_sets"]
        if credential_set.get("required", True) is False
        for option in credential_set["options"]
    }
    return [
        AskedCredential(
            id=credential["id"],
            vct=credential["meta"]["vct_values"][0],
            claim_sets=tuple(map(frozenset, _sets(credential))),
            required=credential["id"] not in optional,
        )
        for credential in query["credentials"]
    ]


def _sets(credential: Mapping[str, Any]) -> list[list[str]]:
    every = [claim["path"][0] for claim in credential["claims"]]
    found: list[list[str]] = credential.get("claim_sets", [every])
    return found
