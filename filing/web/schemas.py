"""JSON in and out of the filing API (marshmallow at the edge only)."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from filing.catalogue import USE_CASES
from filing.decide_case import OUTCOMES
from filing.model.case import CaseState
from filing.model.value import Source

CODE = validate.Regexp(r"^[a-z0-9-]{1,64}\Z")
ID = validate.Regexp(r"^[0-9a-f-]{36}\Z")
VALUES_MAX = 400
REASONS_MAX = 20
STATES = [state.value for state in CaseState]


class StrictSchema(Schema):
    """Refuses members it does not know."""

    class Meta:
        """Anything unknown is an error."""

        unknown = RAISE


class OpenCaseSchema(StrictSchema):
    """Which form for which bank, from which presentation."""

    form = fields.String(required=True, validate=CODE, metadata={"examples": list(USE_CASES)})
    bank_code = fields.String(required=True, validate=CODE)
    presentation_id = fields.String(required=True, validate=ID)


class CaseQuerySchema(StrictSchema):
    """Which page of which cases."""

    form = fields.String(load_default=None, validate=validate.OneOf(list(USE_CASES)))
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class FillSchema(StrictSchema):
    """Values by field key (null clears) and the version of the case they were made for."""

    values = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60)),
        values=fields.Raw(allow_none=True),
        required=True,
        validate=validate.Length(1, VALUES_MAX),
    )
    version = fields.Integer(strict=True, required=True, validate=validate.Range(1))


class SignSchema(StrictSchema):
    """The version of the case that the signer has read; without it, the version there is."""

    version = fields.Integer(strict=True, load_default=None, validate=validate.Range(1))


class DecisionSchema(StrictSchema):
    """The bank's decision, its reasons, and the fields the bank fills."""

    decision = fields.String(required=True, validate=validate.OneOf(list(OUTCOMES)))
    reasons = fields.List(
        fields.String(validate=validate.Length(1, 500)),
        load_default=list,
        validate=validate.Length(max=REASONS_MAX),
    )
    bank_values = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60)),
        values=fields.Raw(),
        load_default=dict,
        validate=validate.Length(max=60),
    )


class LabelSchema(Schema):
    """A text in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class PartySchema(Schema):
    """The enterprise or the bank of a case."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)


class FieldSchema(Schema):
    """A field with its value and where the value comes from."""

    key = fields.String(required=True)
    form = fields.String(required=True)
    number = fields.String(required=True)
    section = fields.String(required=True)
    label = fields.Nested(LabelSchema, required=True)
    help = fields.Nested(LabelSchema)
    type = fields.String(required=True)
    fill = fields.String(required=True)
    required = fields.Boolean(required=True)
    sensitive = fields.Boolean(required=True)
    repeats = fields.Integer(required=True)
    choices = fields.List(fields.Dict())
    columns = fields.List(fields.Dict())
    expects = fields.Nested(LabelSchema)
    example = fields.Raw()
    value = fields.Raw(required=True, allow_none=True)
    source = fields.String(required=True, validate=validate.OneOf(list(Source)))
    issuer = fields.String()
    issuer_name_zh = fields.String()
    issuer_name_en = fields.String()
    credential_digest = fields.String()
    issued_at = fields.Integer()
    verified_at = fields.Integer()
    how = fields.String()
    inputs = fields.List(fields.String())
    replaced = fields.Dict()


class ProgressSchema(Schema):
    """How far the applicant has come.

    `missing` are the required fields to fill now; others may follow from them by rule, and
    what does not is named next time.
    """

    required = fields.Integer(required=True)
    filled = fields.Integer(required=True)
    missing = fields.List(fields.String(), required=True)


class CaseSummarySchema(Schema):
    """A case in a list."""

    id = fields.String(required=True)
    form = fields.String(required=True)
    enterprise = fields.Nested(PartySchema, required=True)
    bank = fields.Nested(PartySchema, required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    opened_at = fields.Integer(required=True)
    updated_at = fields.Integer(required=True)
    submitted_at = fields.Integer(required=True, allow_none=True)
    meter = fields.Dict(required=True)


class CaseListSchema(Schema):
    """A page of cases and how many there are."""

    cases = fields.List(fields.Nested(CaseSummarySchema), required=True)
    total = fields.Integer(required=True)


class CaseSchema(CaseSummarySchema):
    """A case with every field."""

    presentation_id = fields.String(required=True)
    consent_id = fields.String(required=True)
    forms = fields.List(fields.Dict(), required=True)
    fields_ = fields.List(fields.Nested(FieldSchema), data_key="fields", required=True)
    conflicts = fields.List(fields.Dict(), required=True)
    progress = fields.Nested(ProgressSchema, required=True)
    steps = fields.List(fields.Dict(), required=True)
    events = fields.List(fields.Dict(), required=True)
    signature = fields.Dict(required=True, allow_none=True)
    decision = fields.Dict(required=True, allow_none=True)
