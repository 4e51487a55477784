"""JSON in and out of the identity API (marshmallow at the edge only)."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from identity.model.offer import GrantType
from identity.model.request import ClientIDPrefix, ResponseMode

CODE = validate.Regexp(r"^[a-z0-9-]{1,64}\Z")
ID = validate.Regexp(r"^[0-9a-f-]{36}\Z")
REQUEST_CHARS_MAX = 100_000
DAY_S = 86_400
OFFER_TYPES_MAX = 40
OFFER_GRANTS = {
    "pre-authorized_code": GrantType.PRE_AUTHORIZED,
    "authorization_code": GrantType.AUTHORIZATION_CODE,
}


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


class OfferRequestSchema(StrictSchema):
    """Which credentials are offered to which enterprise, and how the wallet comes to them.

    Without `types`, all that the register holds a record for.
    """

    enterprise = fields.String(required=True, validate=validate.Length(18, 18))
    types = fields.List(
        fields.String(validate=CODE),
        load_default=None,
        validate=validate.Length(1, OFFER_TYPES_MAX),
    )
    grant = fields.String(load_default="pre-authorized_code", validate=validate.OneOf(OFFER_GRANTS))
    tx_code = fields.Boolean(load_default=False)
    may_defer = fields.Boolean(load_default=False)


class OfferLinkSchema(StrictSchema):
    """An offer that the hosted wallet is to take, by its link or the content of its QR code."""

    link = fields.String(required=True, validate=validate.Length(1, 2_000))
    tx_code = fields.String(load_default=None, validate=validate.Length(1, 20))


class CollectedSchema(Schema):
    """What came of one type offered; deferred until the authority has its record."""

    type = fields.String(attribute="type_code", required=True)
    state = fields.String(required=True)
    digests = fields.List(fields.String(), required=True)


class CollectionSchema(Schema):
    """What the hosted wallet received."""

    collected = fields.List(fields.Nested(CollectedSchema), required=True)


class ApplicationSchema(StrictSchema):
    """An application that the holder signs along with the presentation."""

    application_hash = fields.String(required=True, validate=validate.Regexp(r"^[\w-]{43}\Z"))
    amount_fen = fields.Integer(
        strict=True, load_default=None, validate=validate.Range(0, (1 << 53) - 1)
    )


class PresentationRequestSchema(StrictSchema):
    """What a bank asks for, of whom, and how the wallet is to answer.

    A bank names the enterprise, or nobody: then the wallet's owner decides, and presenting is the
    consent. An enterprise names the bank.
    """

    purpose = fields.String(required=True, validate=CODE)
    bank = fields.String(load_default=None, validate=CODE)
    enterprise = fields.String(load_default=None, validate=validate.Length(18, 18))
    client_id_prefix = fields.Enum(
        ClientIDPrefix, by_value=True, load_default=ClientIDPrefix.X509_SAN_DNS
    )
    response_mode = fields.Enum(ResponseMode, by_value=True, load_default=ResponseMode.DIRECT_POST)
    application = fields.Nested(ApplicationSchema, load_default=None)
    same_device = fields.Boolean(load_default=False)


class RequestSchema(Schema):
    """A request: the link for the wallet, and where its result will stand."""

    id = fields.String(required=True)
    purpose = fields.String(required=True)
    link = fields.String(required=True)
    qr = fields.String(required=True, allow_none=True)
    request_uri = fields.String(required=True, allow_none=True)
    result = fields.String(required=True)
    expires_at = fields.Integer(required=True)


class RequestResultSchema(Schema):
    """Where a request stands; on the same device only for whoever came back with the code."""

    id = fields.String(required=True)
    purpose = fields.String(required=True)
    state = fields.String(required=True)
    expires_at = fields.Integer(required=True)
    answered_at = fields.Integer(required=True, allow_none=True)
    declined = fields.String(required=True, allow_none=True)
    presentation_id = fields.String(required=True, allow_none=True)
    enterprise = fields.String(required=True, allow_none=True)
    steps = fields.List(fields.Nested("StepSchema"), required=True)


class ResultQuerySchema(StrictSchema):
    """The code that a wallet on the same device brought back."""

    response_code = fields.String(load_default=None, validate=validate.Length(1, 100))


class WalletAnswerSchema(StrictSchema):
    """The request that the hosted wallet is to answer: a request object, or an unsigned link."""

    request = fields.String(required=True, validate=validate.Length(1, REQUEST_CHARS_MAX))


class AuthorizationResponseSchema(Schema):
    """A wallet's response (OpenID4VP 1.0 §8.2): the form, and where to post it."""

    response_uri = fields.String(required=True)
    form = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class StepSchema(Schema):
    """One step of a verification."""

    number = fields.Integer(required=True)
    name = fields.String(required=True)
    outcome = fields.String(required=True)
    detail = fields.String(attribute="detail_en", required=True)
    detail_zh = fields.String(required=True)
    reference = fields.String(required=True)
    credential = fields.String(required=True, allow_none=True)


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
