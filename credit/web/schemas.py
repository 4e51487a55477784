"""JSON in and out of the credit API (marshmallow at the edge only)."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

ID = validate.Regexp(r"^[0-9a-f-]{36}\Z")
DIGEST = validate.Regexp(r"^(0x)?[0-9a-f]{64}\Z")
STATEMENT = validate.Length(1, 2000)


class StrictSchema(Schema):
    """Refuses members it does not know."""

    class Meta:
        """Marshmallow's options."""

        unknown = RAISE


class ReceiveSchema(StrictSchema):
    """Which submitted case becomes an application."""

    case_id = fields.String(required=True, validate=ID)


class ReviewRequestSchema(StrictSchema):
    """Why the enterprise asks for human review."""

    statement = fields.String(required=True, validate=STATEMENT)


class ReviewAnswerSchema(StrictSchema):
    """What the bank's approver answers."""

    answer = fields.String(required=True, validate=validate.OneOf(["upheld", "reopened"]))
    note = fields.String(required=True, validate=STATEMENT)


class PledgeRequestSchema(StrictSchema):
    """Which receivable secures which loan, and with which share of its value."""

    loan_id = fields.String(required=True, validate=ID)
    credential_digest = fields.String(required=True, validate=DIGEST)
    share_bps = fields.Integer(strict=True, load_default=10_000, validate=validate.Range(1, 10_000))


class LoanRequestSchema(Schema):
    """What is asked for, in fen and months."""

    amount_fen = fields.Integer(required=True)
    term_months = fields.Integer(required=True)
    purpose = fields.String(required=True)
    is_secured = fields.Boolean(required=True)


class ReviewSchema(Schema):
    """A request for human review and its answer."""

    statement = fields.String(required=True)
    requested_at = fields.Integer(required=True)
    answer = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    answered_at = fields.Integer(allow_none=True)


class TextSchema(Schema):
    """One sentence in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class ReasonSchema(Schema):
    """A coded reason, what it says and what would raise the points."""

    code = fields.String(required=True)
    feature = fields.String(required=True)
    points_lost = fields.Integer(required=True)
    says = fields.Nested(TextSchema, required=True)
    raise_by = fields.Nested(TextSchema, required=True)


class DecisionSchema(Schema):
    """A decision; limit is 0 fen and the rate null where it is declined."""

    id = fields.String(required=True)
    application_id = fields.String(required=True)
    outcome = fields.String(required=True)
    points = fields.Integer(required=True)
    cutoff = fields.Integer(required=True)
    pd_bps = fields.Integer(required=True)
    limit_fen = fields.Integer(required=True)
    rate_bps = fields.Integer(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    warnings = fields.List(fields.String(), required=True)
    bundle_sha256 = fields.String(required=True)
    decided_at = fields.Integer(required=True)


class ChainStatusSchema(Schema):
    """How far a write got on chain; ``explanation`` says why it failed."""

    state = fields.String(required=True)
    tx_hash = fields.String(allow_none=True)
    block_number = fields.Integer(allow_none=True)
    error_name = fields.String(allow_none=True)
    explanation = fields.Nested(TextSchema, allow_none=True)


class PledgeSchema(Schema):
    """A pledge; whether it holds is its chain status."""

    id = fields.String(required=True)
    loan_id = fields.String(required=True)
    credential_digest = fields.String(required=True)
    invoice_no = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    share_bps = fields.Integer(required=True)
    created_at = fields.Integer(required=True)
    chain = fields.Nested(ChainStatusSchema, required=True, allow_none=True)


class LoanSchema(Schema):
    """A granted loan."""

    id = fields.String(required=True)
    application_id = fields.String(required=True)
    decision_id = fields.String(required=True)
    principal_fen = fields.Integer(required=True)
    rate_bps = fields.Integer(required=True)
    term_months = fields.Integer(required=True)
    chain_id = fields.String(required=True)
    evidence_digest = fields.String(required=True)
    granted_at = fields.Integer(required=True)
    chain = fields.Nested(ChainStatusSchema, required=True, allow_none=True)
    pledges = fields.List(fields.Nested(PledgeSchema), required=True)


class ApplicationSchema(Schema):
    """A loan application with what became of it."""

    id = fields.String(required=True)
    case_id = fields.String(required=True)
    enterprise_id = fields.String(required=True)
    enterprise_name = fields.String(required=True)
    bank_code = fields.String(required=True)
    state = fields.String(required=True)
    received_at = fields.Integer(required=True)
    request = fields.Nested(LoanRequestSchema, required=True)
    decision = fields.Nested(DecisionSchema, allow_none=True)
    loan = fields.Nested(LoanSchema, allow_none=True)
    review = fields.Nested(ReviewSchema, allow_none=True)


class ApplicationsSchema(Schema):
    """Applications, newest first."""

    applications = fields.List(fields.Nested(ApplicationSchema), required=True)


class ReceivableSchema(Schema):
    """An invoice that can be pledged."""

    credential_digest = fields.String(required=True)
    invoice_no = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    due_date = fields.String(required=True)


class ReceivablesSchema(Schema):
    """The invoices that can be pledged to a loan."""

    receivables = fields.List(fields.Nested(ReceivableSchema), required=True)


class BundleSchema(Schema):
    """A decision bundle: its exact text, its digest and the bank's signature."""

    bundle = fields.String(required=True)
    bundle_sha256 = fields.String(required=True)
    signature = fields.String(required=True)
