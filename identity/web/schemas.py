"""JSON in and out of the identity API (marshmallow at the edge only)."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

CODE = validate.Regexp(r"^[a-z0-9-]{1,64}\Z")
ID = validate.Regexp(r"^[0-9a-f-]{36}\Z")
TOKEN_CHARS_MAX = 200_000
DAY_S = 86_400


class StrictSchema(Schema):
    """Refuses members it does not know."""

    class Meta:
        """Anything unknown is an error."""

        unknown = RAISE


class RegistrationSchema(StrictSchema):
    """What an enterprise states at registration."""

    uscc = fields.String(required=True, validate=validate.Length(1, 40))
    legal_representative = fields.String(required=True, validate=validate.Length(1, 100))


class EnterpriseSchema(Schema):
    """An enterprise's identity."""

    id = fields.String(required=True)
    uscc = fields.String(required=True)
    name = fields.String(required=True)
    did = fields.String(required=True)
    state = fields.String(required=True)
    registered_at = fields.Integer(required=True)


class SandboxAccountSchema(Schema):
    """The sandbox login of a new enterprise and its first token."""

    login = fields.String(required=True)
    access_token = fields.String(required=True)


class RegisteredSchema(EnterpriseSchema):
    """A new enterprise and, in the sandbox only, the account made for it."""

    account = fields.Nested(SandboxAccountSchema, allow_none=True)


class HeldCredentialSchema(Schema):
    """A credential in the wallet."""

    id = fields.String(required=True)
    type_code = fields.String(required=True)
    issuer_code = fields.String(required=True)
    digest = fields.String(required=True)
    status_index = fields.Integer(required=True)
    issued_at = fields.Integer(required=True)
    anchored_at = fields.Integer(required=True, allow_none=True)
    credential = fields.String(attribute="compact", required=True)


class HeldCredentialsSchema(Schema):
    """All credentials in the wallet."""

    credentials = fields.List(fields.Nested(HeldCredentialSchema), required=True)


class ConsentRequestSchema(StrictSchema):
    """A consent to grant; without `types`, all the purpose may ask for."""

    recipient = fields.String(required=True, validate=CODE)
    purpose = fields.String(required=True, validate=CODE)
    types = fields.List(
        fields.String(validate=CODE),
        allow_none=True,
        load_default=None,
        validate=validate.Length(1, 60),
    )
    validity_s = fields.Integer(
        strict=True, load_default=90 * DAY_S, validate=validate.Range(1, 366 * DAY_S)
    )


class ConsentSchema(Schema):
    """A consent and its state."""

    id = fields.String(required=True)
    recipient = fields.String(attribute="recipient_code", required=True)
    purpose = fields.String(required=True)
    types = fields.List(fields.String(), attribute="type_codes", required=True)
    granted_at = fields.Integer(required=True)
    expires_at = fields.Integer(required=True)
    state = fields.String(required=True)
    digest = fields.Method("get_digest", required=True, metadata={"type": "string"})

    def get_digest(self, consent: Any) -> str:
        """Return the digest that stands for the consent on chain."""
        return "0x" + consent.digest().hex()


class ConsentsSchema(Schema):
    """An enterprise's consents."""

    consents = fields.List(fields.Nested(ConsentSchema), required=True)


class PresentationRequestSchema(StrictSchema):
    """Which enterprise is asked by which bank for what.

    A bank names the enterprise; an enterprise names the bank.
    """

    purpose = fields.String(required=True, validate=CODE)
    bank = fields.String(load_default=None, validate=CODE)
    enterprise = fields.String(load_default=None, validate=validate.Length(18, 18))


class RequestSchema(Schema):
    """The request handed to the wallet (OpenID4VP 1.0 §5)."""

    id = fields.String(required=True)
    purpose = fields.String(required=True)
    expires_at = fields.Integer(required=True)
    answered_at = fields.Integer(required=True, allow_none=True)
    request = fields.Dict(required=True)


class WalletAnswerSchema(StrictSchema):
    """The request that the hosted wallet is to answer."""

    request_id = fields.String(required=True, validate=ID)


class VPTokenSchema(StrictSchema):
    """A wallet's response (OpenID4VP 1.0 §8.1)."""

    vp_token = fields.Dict(
        required=True,
        keys=fields.String(validate=CODE),
        values=fields.List(
            fields.String(validate=validate.Length(1, TOKEN_CHARS_MAX)),
            validate=validate.Length(1, 4),
        ),
        validate=validate.Length(1, 40),
    )
    state = fields.String(required=True, validate=validate.Length(1, 100))


class StepSchema(Schema):
    """One step of a verification."""

    number = fields.Integer(required=True)
    name = fields.String(required=True)
    outcome = fields.String(required=True)
    detail = fields.String(attribute="detail_en", required=True)
    detail_zh = fields.String(required=True)
    reference = fields.String(required=True)
    credential = fields.String(required=True, allow_none=True)


class PresentationResultSchema(Schema):
    """What a verification found; claims are not repeated here."""

    presentation_id = fields.String(attribute="id", required=True)
    verified_at = fields.Integer(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class AccessEntrySchema(Schema):
    """One read of the enterprise's data."""

    at = fields.Integer(required=True)
    reader = fields.String(required=True)
    purpose = fields.String(required=True)
    consent_id = fields.String(required=True, allow_none=True)
    fields_read = fields.List(fields.String(), attribute="fields", required=True)
    outcome = fields.String(required=True)


class AccessLogSchema(Schema):
    """The newest reads."""

    entries = fields.List(fields.Nested(AccessEntrySchema), required=True)


class CredentialTypeSchema(Schema):
    """A credential type."""

    code = fields.String(required=True)
    vct = fields.String(required=True)
    issuers = fields.List(fields.String(), required=True)
    label_zh = fields.String(required=True)
    label_en = fields.String(required=True)
    claims = fields.List(fields.String(), required=True)


class CredentialTypesSchema(Schema):
    """All credential types."""

    types = fields.List(fields.Nested(CredentialTypeSchema), required=True)


class InclusionSchema(Schema):
    """Proof that a credential is anchored; digests and identifiers only."""

    batch_root = fields.String(required=True)
    leaf = fields.String(required=True)
    proof = fields.List(fields.String(), required=True)
    issuer_address = fields.String(required=True)
    credential_digest = fields.String(required=True)
    credential_type = fields.String(required=True)
    status_index = fields.Integer(required=True)
    asset_fingerprint = fields.String(required=True)
    anchored_at = fields.Integer(required=True)
