"""JSON in and out of the oversight API (marshmallow at the edge only)."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from credit.web.schemas import ID, ChainStatusSchema

BUNDLE_CHARS_MAX = 500_000
REASON = validate.Length(1, 2000)


class StrictSchema(Schema):
    """Refuses members it does not know."""

    class Meta:
        """Marshmallow's options."""

        unknown = RAISE


class SuspensionSchema(StrictSchema):
    """Whether an issuer is to be suspended or reinstated, and why."""

    suspended = fields.Boolean(required=True)
    reason = fields.String(required=True, validate=REASON)


class ReviewRequestSchema(StrictSchema):
    """What the regulator says of an attestation, and why."""

    outcome = fields.String(required=True, validate=validate.OneOf(["accepted", "questioned"]))
    reason = fields.String(required=True, validate=REASON)


class ReplayRequestSchema(StrictSchema):
    """Either a decision's id (from evidence) or a bundle with its signature (offline)."""

    decision_id = fields.String(validate=ID)
    bundle = fields.String(validate=validate.Length(1, BUNDLE_CHARS_MAX))
    signature = fields.String(validate=validate.Length(1, BUNDLE_CHARS_MAX))

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **_options: Any) -> None:
        """Refuse a request that names both or neither."""
        if set(data) not in ({"decision_id"}, {"bundle", "signature"}):
            raise ValidationError("Send decision_id, or bundle and signature.", "decision_id")


class PageSchema(StrictSchema):
    """Which part of a list."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))


class IssuerSchema(Schema):
    """An issuer with its standing on chain and the latest order about it."""

    code = fields.String(required=True, attribute="issuer.code")
    name_zh = fields.String(required=True, attribute="issuer.name_zh")
    name_en = fields.String(required=True, attribute="issuer.name_en")
    address = fields.String(required=True, attribute="issuer.address")
    type_codes = fields.List(fields.String(), required=True, attribute="issuer.type_codes")
    standing = fields.String(required=True)
    order_suspends = fields.Boolean(attribute="latest.suspended")
    order_reason = fields.String(attribute="latest.reason")
    order_chain = fields.Nested(ChainStatusSchema, attribute="status", allow_none=True)


class IssuersSchema(Schema):
    """All issuers."""

    issuers = fields.List(fields.Nested(IssuerSchema), required=True)


class ActivitySchema(Schema):
    """The platform's writes to the chain."""

    waiting = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    transactions = fields.Integer(required=True)
    gas_used = fields.Integer(required=True)


class ReviewSchema(Schema):
    """A review of an attestation."""

    outcome = fields.String(required=True)
    reason = fields.String(required=True)
    reviewed_at = fields.Integer(required=True)


class AttestationSchema(Schema):
    """A loan attestation: what is on chain, and the decision behind it. No amount."""

    loan_id = fields.String(required=True, attribute="loan.loan.id")
    decision_id = fields.String(required=True, attribute="loan.loan.decision_id")
    bank_code = fields.String(required=True, attribute="loan.loan.bank_code")
    chain_id = fields.String(required=True, attribute="loan.loan.chain_id")
    evidence_digest = fields.String(required=True, attribute="loan.loan.evidence_digest")
    granted_at = fields.Integer(required=True, attribute="loan.loan.granted_at")
    chain = fields.Nested(ChainStatusSchema, attribute="loan.status", allow_none=True)
    review = fields.Nested(ReviewSchema, allow_none=True)
    review_chain = fields.Nested(ChainStatusSchema, attribute="status", allow_none=True)


class AttestationsSchema(Schema):
    """A page of attestations, newest first."""

    attestations = fields.List(fields.Nested(AttestationSchema), required=True)


class DifferenceSchema(Schema):
    """One difference: where, why, what is recorded and what was found."""

    path = fields.String(required=True)
    cause = fields.String(required=True)
    recorded = fields.Raw(allow_none=True)
    found = fields.Raw(allow_none=True)


class ReplaySchema(Schema):
    """A replay and what came of it."""

    id = fields.String(required=True)
    decision_id = fields.String(allow_none=True)
    mode = fields.String(required=True)
    equal = fields.Boolean(required=True)
    bundle_sha256 = fields.String(required=True)
    differences = fields.List(fields.Nested(DifferenceSchema), required=True)
    replayed_at = fields.Integer(required=True)
