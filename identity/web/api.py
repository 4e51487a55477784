"""The identity API: registration, wallet, consents, presentations, access log, types."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from flask_smorest import Blueprint

from identity.errors import PresentationNotFound
from identity.model.access import AccessEntry
from identity.web import schemas
from identity.web.accounts import open_enterprise_account
from identity.web.context import identity
from web.access import Role, access, current_actor, public

blp = Blueprint(
    "identity_api", __name__, url_prefix="/api/v1", description="Enterprise identity 企业身份"
)


@blp.post("/enterprises")
@public("registration is how an enterprise gets its first account")
@blp.arguments(schemas.RegistrationSchema)
@blp.response(201, schemas.RegisteredSchema)
def register_enterprise(body: dict[str, Any]) -> dict[str, Any]:
    """Register an enterprise: its code and legal representative must match the register."""
    enterprise = identity().registration.register_enterprise(
        body["uscc"], body["legal_representative"]
    )
    account = None
    if current_app.config.get("SANDBOX"):
        account = open_enterprise_account(enterprise.id, enterprise.uscc, enterprise.name)
    return {**vars(enterprise), "account": account}


@blp.get("/enterprises/me")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, schemas.EnterpriseSchema)
def own_enterprise() -> Any:
    """Return the identity of the enterprise one acts for."""
    return identity().enterprise(current_actor().organisation_id)


@blp.get("/credential-types")
@public("types are public so that any wallet and verifier can read them")
@blp.response(200, schemas.CredentialTypesSchema)
def credential_types() -> Any:
    """List all credential types with their claims."""
    types = identity().types.all()
    return {"types": [{**vars(item), "claims": list(item.claims)} for item in types]}


@blp.get("/wallet/credentials")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, schemas.HeldCredentialsSchema)
def held_credentials() -> Any:
    """List the credentials in the enterprise's hosted wallet."""
    return {"credentials": identity().credentials_of(current_actor().organisation_id)}


@blp.get("/wallet/credentials/<string:digest>/inclusion")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, schemas.InclusionSchema)
def inclusion(digest: str) -> Any:
    """Return the proof that one of the wallet's credentials is anchored on chain."""
    held = identity().credentials_of(current_actor().organisation_id)
    proof = identity().inclusion(digest) if digest in {item.digest for item in held} else None
    if proof is None:
        raise PresentationNotFound("no anchored credential of this wallet has this digest")
    return proof


@blp.get("/wallet/credentials/<string:digest>/vc-jwt")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, content_type="application/vc+jwt", description="The compact JWT.")
def vcdm_credential(digest: str) -> Any:
    """Return one of the wallet's credentials in the W3C VC Data Model 2.0, as `vc+jwt`."""
    token = identity().vcdm.deliver(current_actor().organisation_id, digest)
    return Response(token, content_type="application/vc+jwt")


@blp.post("/wallet/presentations")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.arguments(schemas.WalletAnswerSchema)
@blp.response(200, schemas.AuthorizationResponseSchema)
def answer_request(body: dict[str, Any]) -> Any:
    """Let the hosted wallet answer a request object; returns the form to post to the verifier."""
    return identity().wallet.answer(body["request"], current_actor().organisation_id)


@blp.get("/consents")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, schemas.ConsentsSchema)
def list_consents() -> Any:
    """List the enterprise's consents, newest first."""
    return {"consents": identity().consents.of_enterprise(current_actor().organisation_id)}


@blp.post("/consents")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.arguments(schemas.ConsentRequestSchema)
@blp.response(201, schemas.ConsentSchema)
def grant_consent(body: dict[str, Any]) -> Any:
    """Grant a consent, signed by the enterprise's controller key."""
    return identity().consent_desk.grant(
        current_actor().organisation_id,
        recipient_code=body["recipient"],
        purpose=body["purpose"],
        type_codes=body["types"],
        validity_s=body["validity_s"],
    )


@blp.post("/consents/<string:consent_id>/revocation")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, schemas.ConsentSchema)
def revoke_consent(consent_id: str) -> Any:
    """Withdraw a consent; it takes effect at the next read."""
    return identity().consent_desk.revoke(consent_id, current_actor().organisation_id)


@blp.get("/access-log")
@access(Role.ENTERPRISE_AGENT, tenant="own")
@blp.response(200, schemas.AccessLogSchema)
def access_log() -> Any:
    """List who read the enterprise's data, newest first."""
    entries = identity().access_log.of_enterprise(current_actor().organisation_id, limit=200)
    return {"entries": [{**vars(entry), "reader": _reader_name(entry)} for entry in entries]}


def _reader_name(entry: AccessEntry) -> str:
    if entry.reader_id == entry.enterprise_id:
        return "self"
    return identity().organisation_by_id(entry.reader_id).code
