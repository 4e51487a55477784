"""The credential endpoint of an issuer (OpenID4VCI 1.0 §8), with deferral and notification.

1. The request names one type that the access token covers.
2. Every proof shows, with one fresh nonce, that the wallet holds its key.
3. The issuer is accredited for the type now.
4. The register holds a record of the enterprise: its claims become one credential for each key,
   each with its own salts and status index. Without a record the request is deferred.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db import new_id
from identity.errors import InvalidClaims, IssuerNotAccredited, ProtocolError
from identity.issuance import Issuance, IssueItem
from identity.model import jose
from identity.model.attestation import read_key_attestation
from identity.model.holder_proof import KeyProof, read_key_proof
from identity.model.offer import (
    BATCH_MAX,
    DEFERRED_LIFETIME_S,
    AccessGrant,
    IssuanceState,
    WalletIssuance,
)
from identity.model.party import Organisation
from identity.nonces import Nonces
from identity.openid_ports import Grants, KeyResolver, Records, WalletIssuances
from identity.ports import Clock, Parties

_NOTIFIED = frozenset({IssuanceState.ACCEPTED, IssuanceState.FAILED, IssuanceState.DELETED})


@dataclass(frozen=True)
class Answer:
    """What a credential request comes to: credentials, or none yet."""

    issuance: WalletIssuance
    credentials: tuple[str, ...]


@dataclass(frozen=True)
class CredentialEndpoint:
    """Issues to wallets that hold an access token."""

    parties: Parties
    issuance: Issuance
    records: Records
    grants: Grants
    issuances: WalletIssuances
    nonces: Nonces
    resolve: KeyResolver
    ca: Callable[[], bytes]
    clock: Clock
    public_url: str

    def issue(self, issuer: Organisation, grant: AccessGrant, body: Mapping[str, Any]) -> Answer:
        """Answer a credential request.

        Raises:
            ProtocolError: invalid_credential_request, unknown_credential_configuration,
                invalid_proof, invalid_nonce, credential_request_denied.
        """
        type_code = _type_code(grant, body)
        if "credential_response_encryption" in body:
            raise ProtocolError(
                "invalid_encryption_parameters", "this issuer does not encrypt its responses"
            )
        proofs = self._proofs(issuer, body)
        confirmations = self._confirmations(grant, proofs)
        issuance = WalletIssuance(
            id=new_id(),
            grant_id=grant.id,
            offer_id=grant.offer_id,
            issuer_id=issuer.id,
            enterprise_id=grant.enterprise_id,
            type_code=type_code,
            confirmations=confirmations,
            state=IssuanceState.DEFERRED,
            digests=(),
            created_at=self.clock(),
        )
        self.issuances.add(issuance)
        answer = self._complete(issuer, issuance)
        if not answer.credentials:
            self.grants.extend(grant.id, self.clock() + DEFERRED_LIFETIME_S)
        return answer

    def deferred(self, issuer: Organisation, grant: AccessGrant, body: Mapping[str, Any]) -> Answer:
        """Answer a wallet that asks again (§9).

        Raises:
            ProtocolError: invalid_transaction_id: none of this token's waits under it.
        """
        issuance = self._own(grant, body.get("transaction_id"))
        if issuance is None or issuance.state is not IssuanceState.DEFERRED:
            raise ProtocolError(
                "invalid_transaction_id", "no credential waits under this transaction_id"
            )
        return self._complete(issuer, issuance)

    def notify(self, grant: AccessGrant, body: Mapping[str, Any]) -> None:
        """Record what became of a credential in the wallet (§11); saying it twice is one.

        Raises:
            ProtocolError: invalid_notification_id, invalid_notification_request.
        """
        event = body.get("event")
        if event not in _NOTIFIED:
            expected = ", ".join(sorted(_NOTIFIED))
            raise ProtocolError("invalid_notification_request", f"expected event: {expected}")
        issuance = self._own(grant, body.get("notification_id"))
        if issuance is None or issuance.state is IssuanceState.DEFERRED:
            raise ProtocolError("invalid_notification_id", "nothing was issued under this id")
        self.issuances.set_state(issuance.id, IssuanceState(event))

    def _own(self, grant: AccessGrant, issuance_id: object) -> WalletIssuance | None:
        found = self.issuances.get(issuance_id) if isinstance(issuance_id, str) else None
        return found if found is not None and found.grant_id == grant.id else None

    def _proofs(self, issuer: Organisation, body: Mapping[str, Any]) -> Sequence[KeyProof]:
        proofs = body.get("proofs")
        if proofs is None:
            raise ProtocolError("invalid_proof", 'proofs is missing, expected {"jwt": [...]}')
        if not isinstance(proofs, dict) or list(proofs) != ["jwt"]:
            raise ProtocolError(
                "invalid_credential_request", "expected proofs of exactly one type, jwt"
            )
        tokens = proofs["jwt"]
        if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
            raise ProtocolError("invalid_credential_request", "proofs.jwt is not a list of JWTs")
        if not 0 < len(tokens) <= BATCH_MAX:
            raise ProtocolError(
                "invalid_credential_request", f"expected 1 to {BATCH_MAX} proofs in proofs.jwt"
            )
        audience, now = issuer.issuer_url(self.public_url), self.clock()
        found = [
            read_key_proof(token, audience=audience, at=now, resolve=self.resolve)
            for token in tokens
        ]
        if len({proof.nonce for proof in found}) > 1:
            raise ProtocolError("invalid_nonce", "the proofs carry several nonces, expected one")
        self.nonces.use(issuer.code, found[0].nonce)
        return found

    def _confirmations(
        self, grant: AccessGrant, proofs: Sequence[KeyProof]
    ) -> tuple[Mapping[str, Any], ...]:
        """Return the `cnf` of each key to issue to: those proved, and all attested beside one.

        An attested wallet must attest its keys too (HAIP 1.0 §4.5).
        """
        found: dict[str, Mapping[str, Any]] = {}
        for proof in proofs:
            found[jose.thumbprint(proof.jwk)] = proof.confirmation()
            if proof.key_attestation is None:
                if grant.is_attested:
                    raise ProtocolError("invalid_proof", "expected a key_attestation in the header")
                continue
            attested = read_key_attestation(proof.key_attestation, ca=self.ca(), at=self.clock())
            if proof.jwk not in attested:
                raise ProtocolError("invalid_proof", "the proof's key is not an attested one")
            for jwk in attested:
                found.setdefault(jose.thumbprint(jwk), {"jwk": jwk})
        if len(found) > BATCH_MAX:
            raise ProtocolError("invalid_proof", f"expected at most {BATCH_MAX} keys in all")
        return tuple(found.values())

    def _complete(self, issuer: Organisation, issuance: WalletIssuance) -> Answer:
        uscc = self.parties.enterprise(issuance.enterprise_id).uscc
        records = self.records.records(issuer.code, issuance.type_code, uscc)
        if not records:
            return Answer(issuance, ())
        items = [
            IssueItem(
                issuance.enterprise_id,
                records[0].claims,
                source_key=f"wallet:{issuance.id}:{number}",
                confirmation=confirmation,
            )
            for number, confirmation in enumerate(issuance.confirmations)
        ]
        try:
            issued = self.issuance.issue_many(issuer.code, issuance.type_code, items)
        except (IssuerNotAccredited, InvalidClaims) as error:
            raise ProtocolError("credential_request_denied", error.detail) from error
        digests = tuple(item.digest for item in issued)
        if not self.issuances.set_issued(issuance.id, digests):
            raise ProtocolError("invalid_transaction_id", "the credential was fetched before")
        done = replace(issuance, state=IssuanceState.ISSUED, digests=digests)
        return Answer(done, tuple(item.compact for item in issued))


def _type_code(grant: AccessGrant, body: Mapping[str, Any]) -> str:
    named = [n for n in ("credential_configuration_id", "credential_identifier") if n in body]
    if len(named) != 1:
        raise ProtocolError(
            "invalid_credential_request",
            f"found {' and '.join(named) or 'neither'}, expected credential_configuration_id",
        )
    value = body[named[0]]
    if named == ["credential_identifier"]:
        raise ProtocolError(
            "unknown_credential_identifier",
            "this issuer hands out no identifiers; use credential_configuration_id",
        )
    if not isinstance(value, str) or value not in grant.type_codes:
        raise ProtocolError(
            "unknown_credential_configuration",
            f"the access token covers {', '.join(grant.type_codes)}",
        )
    return value
