"""What the authorities' API takes and returns."""

from __future__ import annotations

import marshmallow as ma
from flask_smorest.fields import Upload

from authorities.model.authority import AUTHORITIES

USCC_PATTERN = "^[0-9A-HJ-NPQRTUWXY]{18}$"
_TYPE_CODES = [code for authority in AUTHORITIES for code in authority.record_types]


class _Strict(ma.Schema):
    class Meta:
        unknown = ma.RAISE


class AuthoritySchema(ma.Schema):
    """A simulated authority."""

    code = ma.fields.String(required=True)
    name_zh = ma.fields.String(required=True)
    name_en = ma.fields.String(required=True)
    record_types = ma.fields.List(ma.fields.String(), required=True)
    simulated = ma.fields.Constant(True, dump_only=True)


class AuthoritiesSchema(ma.Schema):
    """All authorities of the sandbox."""

    authorities = ma.fields.List(ma.fields.Nested(AuthoritySchema), required=True)


class RecordsQuerySchema(_Strict):
    """Which records to list."""

    record_type = ma.fields.String(required=True, validate=ma.validate.OneOf(_TYPE_CODES))
    uscc = ma.fields.String(load_default=None, validate=ma.validate.Regexp(USCC_PATTERN))
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, 200))
    offset = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0, 1_000_000))


class RecordSchema(ma.Schema):
    """One record of the register."""

    id = ma.fields.String(required=True)
    record_type = ma.fields.String(required=True)
    uscc = ma.fields.String(required=True)
    key = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    claims = ma.fields.Dict(keys=ma.fields.String(), required=True)


class RecordsSchema(ma.Schema):
    """A page of records, with how many the register holds of each type."""

    records = ma.fields.List(ma.fields.Nested(RecordSchema), required=True)
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)


class ImportFileSchema(_Strict):
    """The spreadsheet: csv in UTF-8 or xlsx, at most 5 MiB and 20,000 rows."""

    file = Upload(required=True)


class ImportFormSchema(_Strict):
    """How to import: "preview" keeps good rows aside, "commit" takes all rows or none."""

    record_type = ma.fields.String(required=True, validate=ma.validate.OneOf(_TYPE_CODES))
    mode = ma.fields.String(
        load_default="preview", validate=ma.validate.OneOf(["preview", "commit"])
    )


class RowErrorSchema(ma.Schema):
    """What is wrong with one cell, or with a whole row where ``column`` is empty."""

    row = ma.fields.Integer(required=True, metadata={"description": "1 is the header"})
    column = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    detail_en = ma.fields.String(required=True)
    detail_zh = ma.fields.String(required=True)


class SaveCountsSchema(ma.Schema):
    """What committing did to the register."""

    created = ma.fields.Integer(required=True)
    updated = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)


class ImportSchema(ma.Schema):
    """An import: ``id`` names a preview whose good rows can still be committed."""

    id = ma.fields.String(allow_none=True, required=True)
    record_type = ma.fields.String(required=True)
    state = ma.fields.String(required=True, metadata={"description": "previewed or committed"})
    row_count = ma.fields.Integer(required=True)
    good_rows = ma.fields.Integer(required=True)
    row_errors = ma.fields.List(ma.fields.Nested(RowErrorSchema), required=True)
    saved = ma.fields.Nested(SaveCountsSchema, allow_none=True, required=True)


class IssuanceRequestSchema(_Strict):
    """What to issue; by default every record of every type the authority keeps."""

    record_types = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(_TYPE_CODES)),
        load_default=None,
        validate=ma.validate.Length(1, 20),
    )
    usccs = ma.fields.List(
        ma.fields.String(validate=ma.validate.Regexp(USCC_PATTERN)),
        load_default=None,
        validate=ma.validate.Length(1, 1_000),
    )


class TypeCountsSchema(ma.Schema):
    """What issuing did with one type's records."""

    record_type = ma.fields.String(required=True)
    issued = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    refused = ma.fields.Integer(required=True)


class RefusalSchema(ma.Schema):
    """A record for which no credential was issued."""

    record_type = ma.fields.String(required=True)
    uscc = ma.fields.String(required=True)
    key = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)


class IssuanceSchema(ma.Schema):
    """What issuing did; ``refusals`` lists the first 500."""

    issued = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    refused = ma.fields.Integer(required=True)
    types = ma.fields.List(ma.fields.Nested(TypeCountsSchema), required=True)
    refusals = ma.fields.List(ma.fields.Nested(RefusalSchema), required=True)


class JobSchema(ma.Schema):
    """An issuance job and how far it got; ``row_errors`` lists the first 500."""

    id = ma.fields.String(required=True)
    record_type = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    state = ma.fields.String(
        required=True, metadata={"description": "running, stopped (can go on) or done"}
    )
    reason = ma.fields.String(allow_none=True, required=True)
    detail = ma.fields.String(allow_none=True, required=True)
    rows_read = ma.fields.Integer(required=True)
    refused = ma.fields.Integer(required=True)
    issued = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    superseded = ma.fields.Integer(required=True)
    anchored = ma.fields.Integer(
        required=True, metadata={"description": "credentials whose batch is on chain"}
    )
    created_at = ma.fields.Integer(required=True)
    touched_at = ma.fields.Integer(required=True)
    row_errors = ma.fields.List(ma.fields.Nested(RowErrorSchema), required=True)
