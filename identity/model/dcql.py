"""Digital Credentials Query Language: the part our requests use (OpenID4VP 1.0 §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = "dc+sd-jwt"


@dataclass(frozen=True)
class CredentialQuery:
    """One credential asked for: its query id (the type's code), `vct` and claims."""

    id: str
    vct: str
    claims: tuple[str, ...]
    required: bool


def to_dcql(queries: Sequence[CredentialQuery]) -> dict[str, Any]:
    """Return the DCQL query: all required credentials in one set, each optional one in its own."""
    credentials = [
        {
            "id": query.id,
            "format": FORMAT,
            "meta": {"vct_values": [query.vct]},
            "claims": [{"path": [claim]} for claim in query.claims],
        }
        for query in queries
    ]
    required = [query.id for query in queries if query.required]
    sets: list[dict[str, Any]] = [{"options": [required]}] if required else []
    sets += [{"options": [[q.id]], "required": False} for q in queries if not q.required]
    return {"credentials": credentials, "credential_sets": sets}


def from_dcql(query: Mapping[str, Any]) -> list[CredentialQuery]:
    """Return the credential queries of a DCQL query made by `to_dcql`."""
    optional = {
        option[0]
        for credential_set in query["credential_sets"]
        if credential_set.get("required", True) is False
        for option in credential_set["options"]
    }
    return [
        CredentialQuery(
            id=credential["id"],
            vct=credential["meta"]["vct_values"][0],
            claims=tuple(claim["path"][0] for claim in credential["claims"]),
            required=credential["id"] not in optional,
        )
        for credential in query["credentials"]
    ]
