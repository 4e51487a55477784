"""Queues identity's chain writes in the outbox, with the enterprises' signatures inside."""

from __future__ import annotations

from collections.abc import Callable

from coincurve import PrivateKey
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from chain import Chain, Outbox
from identity.adapters.typed_data import (
    CONSENT_GRANT,
    CONSENT_REVOCATION,
    REGISTRATION,
    Fields,
    TypedDataSigner,
    sign_set_attribute,
)

RELAYER = "platform"
KEY_ATTRIBUTE = b"did/pub/Multikey/veriKey".ljust(32, b"\0")
KEY_VALIDITY_S = 10 * 365 * 86_400
SIGNATURE_VALIDITY_S = 7 * 86_400


def address_of(key: bytes) -> str:
    """Return the checksummed address of a secp256k1 private key."""
    point = PrivateKey(key).public_key.format(compressed=False)[1:]
    return str(to_checksum_address(keccak(point)[-20:]))


def status_intent(change_id: str) -> str:
    """Return the name of a status change in the outbox."""
    return f"status:{change_id}"


class OutboxWriter:
    """Writes to EnterpriseRegistry, CredentialRegistry and ConsentRegistry through the outbox."""

    def __init__(self, chain: Chain, *, jurisdiction: int, clock: Callable[[], int]) -> None:
        self._chain = chain
        self._jurisdiction = jurisdiction
        self._clock = clock

    def _deadline(self) -> int:
        return self._clock() + SIGNATURE_VALIDITY_S

    def _sign(
        self, contract: str, primary_type: str, fields: Fields, values: list[object], key: bytes
    ) -> bytes:
        signer = TypedDataSigner(
            chain_id=self._chain.chain_id,
            contract=contract,
            address=self._chain.address(contract),
        )
        names = [name for _kind, name in fields]
        return signer.sign(primary_type, fields, dict(zip(names, values, strict=True)), key)

    def register(self, *, fingerprint: bytes, controller_key: bytes, multikey: bytes) -> None:
        """Queue a registration; a fresh DID's ERC-1056 nonce is 0."""
        did = address_of(controller_key)
        deadline = self._deadline()
        v, r, s = sign_set_attribute(
            registry=self._chain.address("DIDRegistry"),
            nonce=0,
            identity=did,
            name=KEY_ATTRIBUTE,
            value=multikey,
            validity_s=KEY_VALIDITY_S,
            key=controller_key,
        )
        contract = "EnterpriseRegistry"
        values: list[object] = [fingerprint, did, deadline]
        signature = self._sign(contract, "Registration", REGISTRATION, values, controller_key)
        Outbox.enqueue(
            dedupe_key=f"register:{fingerprint.hex()}",
            signer=RELAYER,
            contract=contract,
            function="registerBatch",
            item=[fingerprint, did, multikey, KEY_VALIDITY_S, v, r, s, deadline, signature],
        )

    def anchor(self, *, signer: str, root: bytes, credential_type: bytes) -> None:
        """Queue the anchor of a batch, sent by its issuer."""
        Outbox.enqueue(
            dedupe_key=f"anchor:{root.hex()}",
            signer=signer,
            contract="CredentialRegistry",
            function="anchorBatch",
            item=[root, credential_type, self._jurisdiction],
        )

    def publish_key(self, *, signer: str, address: str, multikey: bytes) -> None:
        """Queue an organisation's signing key as an attribute of its DID, sent by itself."""
        Outbox.enqueue(
            dedupe_key=f"publish-key:{address}:{multikey.hex()}",
            signer=signer,
            contract="DIDRegistry",
            function="setAttribute",
            item=[address, KEY_ATTRIBUTE, multikey, KEY_VALIDITY_S],
        )

    def set_status(self, *, signer: str, change_id: str, index: int, status: int) -> None:
        """Queue a credential's change of status, sent by its issuer."""
        Outbox.enqueue(
            dedupe_key=status_intent(change_id),
            signer=signer,
            contract="CredentialRegistry",
            function="setStatusBatch",
            item=[index, status],
        )

    def grant_consent(
        self, *, digest: bytes, controller_key: bytes, recipient: str, expires_at: int
    ) -> None:
        """Queue a consent's grant, relayed for the enterprise."""
        did, deadline, contract = address_of(controller_key), self._deadline(), "ConsentRegistry"
        values: list[object] = [digest, did, recipient, expires_at, deadline]
        signature = self._sign(contract, "ConsentGrant", CONSENT_GRANT, values, controller_key)
        Outbox.enqueue(
            dedupe_key=f"consent-grant:{digest.hex()}",
            signer=RELAYER,
            contract=contract,
            function="grantBatch",
            item=[*values, signature],
        )

    def revoke_consent(self, *, digest: bytes, controller_key: bytes) -> None:
        """Queue a consent's revocation: its first and only change."""
        deadline, contract = self._deadline(), "ConsentRegistry"
        values: list[object] = [digest, 0, deadline]
        signature = self._sign(
            contract, "ConsentRevocation", CONSENT_REVOCATION, values, controller_key
        )
        Outbox.enqueue(
            dedupe_key=f"consent-revoke:{digest.hex()}",
            signer=RELAYER,
            contract=contract,
            function="revokeBatch",
            item=[*values, signature],
        )
