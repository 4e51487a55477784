"""The tables of `identity`; rows never leave the adapters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import Mapped, mapped_column

from db import db


class HexBytes(TypeDecorator[str]):
    """Bytes that are hexadecimal text in Python: half the size where millions are indexed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Any) -> bytes | None:
        """Return what is stored; a text that is not hexadecimal matches nothing."""
        return None if value is None else _from_hex(value)

    def process_result_value(self, value: bytes | None, _dialect: Any) -> str | None:
        """Return the text."""
        return None if value is None else value.hex()


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:  # somebody looks for a digest that can be none
        return b""


class DataKeyRow(db.Model):
    """One data-encryption key per owner, wrapped by the key-encryption key; deleting it erases."""

    __tablename__ = "identity_data_key"
    owner_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kek_id: Mapped[str] = mapped_column(String(32))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class KeyRow(db.Model):
    """A private key sealed under its owner's data key."""

    __tablename__ = "identity_key"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(36), index=True)
    use: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[int] = mapped_column(BigInteger)


class CertificateRow(db.Model):
    """The X.509 certificate (DER) of an organisation's key, or of the consortium's CA."""

    __tablename__ = "identity_certificate"
    owner_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    der: Mapped[bytes] = mapped_column(LargeBinary)


class InstitutionRow(db.Model):
    """A bank, authority or regulator."""

    __tablename__ = "identity_organisation"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(42), unique=True)
    did: Mapped[str] = mapped_column(String(100))
    signer: Mapped[str] = mapped_column(String(64))
    public_jwk: Mapped[dict[str, Any]] = mapped_column(db.JSON)


class EnterpriseRow(db.Model):
    """A registered enterprise."""

    __tablename__ = "identity_enterprise"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    did: Mapped[str] = mapped_column(String(100), unique=True)
    controller_address: Mapped[str] = mapped_column(String(42), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(66), unique=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(db.JSON)
    state: Mapped[str] = mapped_column(String(16))
    registered_at: Mapped[int] = mapped_column(BigInteger)


class BatchRow(db.Model):
    """A Merkle batch of credentials; `anchored_at` is the block time once it is on chain.

    While a bulk issuance adds to it there is no `root` yet, and `count` grows.
    """

    __tablename__ = "identity_batch"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    type_code: Mapped[str] = mapped_column(String(64))
    root: Mapped[str | None] = mapped_column(String(66), unique=True)
    count: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[int] = mapped_column(BigInteger)
    anchored_at: Mapped[int | None] = mapped_column(BigInteger)
    block_number: Mapped[int | None] = mapped_column(BigInteger)


class BatchNodesRow(db.Model):
    """Nodes of a level of a batch's Merkle tree, side by side; level 0 are the leaves."""

    __tablename__ = "identity_batch_nodes"
    batch_id: Mapped[str] = mapped_column(ForeignKey("identity_batch.id"), primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    segment: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    nodes: Mapped[bytes] = mapped_column(LargeBinary)


class StatusCounterRow(db.Model):
    """How many status indices an issuer has used, over all shards; locked while some are taken."""

    __tablename__ = "identity_status_counter"
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"), primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger)


class CredentialRow(db.Model):
    """An issued credential in an enterprise's hosted wallet."""

    __tablename__ = "identity_credential"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("identity_enterprise.id"))
    issuer_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    type_code: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(HexBytes(32), unique=True)
    status_index: Mapped[int] = mapped_column(BigInteger)
    asset: Mapped[str | None] = mapped_column(String(66))
    source_key: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("identity_batch.id"), index=True)
    leaf_index: Mapped[int | None] = mapped_column(Integer)
    is_hosted: Mapped[bool] = mapped_column(Boolean)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        Index("ix_identity_credential_wallet", "enterprise_id", "type_code", "issued_at"),
        # No index on the status index: it is unique because the counter it is made from is, and
        # random insertions into one more index halve the pace of issuing a million.
        Index("uq_identity_credential_source", "issuer_id", "source_key", unique=True),
    )


class ConsentRow(db.Model):
    """A consent artefact, the controller's signature over it and its state."""

    __tablename__ = "identity_consent"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("identity_enterprise.id"), index=True)
    recipient_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    purpose: Mapped[str] = mapped_column(String(64))
    type_codes: Mapped[list[str]] = mapped_column(db.JSON)
    granted_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    salt: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(66), unique=True)
    state: Mapped[str] = mapped_column(String(16))


class RequestRow(db.Model):
    """A presentation request; good for one response."""

    __tablename__ = "identity_request"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    verifier_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    enterprise_id: Mapped[str | None] = mapped_column(
        ForeignKey("identity_enterprise.id"), index=True
    )
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("identity_consent.id"))
    purpose: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[str] = mapped_column(String(400))
    response_mode: Mapped[str] = mapped_column(String(32))
    nonce: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(64))
    dcql_query: Mapped[dict[str, Any]] = mapped_column(db.JSON)
    transaction_data: Mapped[list[str]] = mapped_column(db.JSON)
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    response_code: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    answered_at: Mapped[int | None] = mapped_column(BigInteger)
    declined: Mapped[str | None] = mapped_column(String(64))


class PresentationRow(db.Model):
    """A verified presentation; what it showed is sealed under the enterprise's data key."""

    __tablename__ = "identity_presentation"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("identity_request.id"), unique=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("identity_enterprise.id"), index=True)
    verifier_id: Mapped[str] = mapped_column(ForeignKey("identity_organisation.id"))
    consent_id: Mapped[str] = mapped_column(ForeignKey("identity_consent.id"))
    purpose: Mapped[str] = mapped_column(String(64))
    verified_at: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class AccessLogRow(db.Model):
    """One read of an enterprise's data; each row's digest covers the row before it."""

    __tablename__ = "identity_access_log"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(BigInteger)
    reader_id: Mapped[str] = mapped_column(String(36))
    enterprise_id: Mapped[str] = mapped_column(String(36), index=True)
    purpose: Mapped[str] = mapped_column(String(64))
    consent_id: Mapped[str | None] = mapped_column(String(36))
    fields: Mapped[list[str]] = mapped_column(db.JSON)
    outcome: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))


class AccessLogHeadRow(db.Model):
    """The end of the access log's chain; locked while a row is appended."""

    __tablename__ = "identity_access_log_head"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    anchored_seq: Mapped[int] = mapped_column(BigInteger)
    anchored_digest: Mapped[str] = mapped_column(String(64))
    anchored_at: Mapped[int] = mapped_column(BigInteger)


class StatusWordRow(db.Model):
    """A word of 128 two-bit statuses, as indexed from the chain's events."""

    __tablename__ = "identity_status_word"
    issuer_address: Mapped[str] = mapped_column(String(42), primary_key=True)
    word_index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    word: Mapped[str] = mapped_column(Text)


class DIDKeyRow(db.Model):
    """A P-256 key that a DID published as an attribute, as indexed from the chain's events.

    `valid_to` is exclusive; a revocation brings it forward to the revoking block's time. `number`
    is that of the verification method, `#delegate-N`.
    """

    __tablename__ = "identity_did_key"
    multikey: Mapped[str] = mapped_column(String(80), primary_key=True)
    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    valid_from: Mapped[int] = mapped_column(BigInteger)
    valid_to: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)


class DIDKeyEventsRow(db.Model):
    """How many key events a DID has had: they number its verification methods, `#delegate-N`."""

    __tablename__ = "identity_did_key_events"
    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class IndexLevelRow(db.Model):
    """When the index of the chain was last level with it: the freshness of every status."""

    __tablename__ = "identity_index_level"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    level_at: Mapped[int] = mapped_column(BigInteger)
