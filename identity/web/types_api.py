"""Credential types as wallets and verifiers look them up: SD-JWT VC Type Metadata, JSON Schema."""

from __future__ import annotations

from flask import Blueprint, Response

from identity.errors import UnknownCredentialType
from identity.model.type_metadata import TypeDocuments, documents
from identity.web.context import identity
from identity.web.documents import public_document
from web.access import public

MAX_AGE_S = 3_600

blp = Blueprint("identity_types", __name__, url_prefix="/types")


@blp.get("/<string:code>/<int:version>")
@public("types are public so that any wallet and verifier can read them")
def type_metadata(code: str, version: int) -> Response:
    """Return the SD-JWT VC Type Metadata of a credential type."""
    found = _documents(code, version)
    return public_document(
        found.metadata,
        content_type="application/json",
        etag=found.metadata_integrity,
        max_age_s=MAX_AGE_S,
    )


@blp.get("/<string:code>/<int:version>/schema.json")
@public("types are public so that any wallet and verifier can read them")
def type_schema(code: str, version: int) -> Response:
    """Return the JSON Schema of a credential type."""
    found = _documents(code, version)
    return public_document(
        found.schema,
        content_type="application/schema+json",
        etag=found.schema_integrity,
        max_age_s=MAX_AGE_S,
    )


def _documents(code: str, version: int) -> TypeDocuments:
    service = identity()
    credential_type = service.types.get(code)
    if credential_type.version != version:
        raise UnknownCredentialType(
            f"{code} has no version {version}; expected {credential_type.version}"
        )
    return documents(credential_type, service.public_url)
