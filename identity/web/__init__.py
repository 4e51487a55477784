"""HTTP entry points of `identity`."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from identity.web.api import blp
from identity.web.authorisation_pages import blp as authorisations_blp
from identity.web.authorisation_pages import pages as authorisation_pages
from identity.web.evidence_api import blp as evidence_blp
from identity.web.evidence_api import documents as evidence_documents
from identity.web.offer_pages import register_offer_pages
from identity.web.offers_api import blp as offers_blp
from identity.web.openid_answers import register_protocol_errors
from identity.web.openid_issuer import blp as openid_issuer_blp
from identity.web.openid_metadata import blp as openid_metadata_blp
from identity.web.openid_verifier import blp as openid_verifier_blp
from identity.web.pages import register_pages
from identity.web.requests_api import blp as requests_blp
from identity.web.status_api import blp as status_blp
from identity.web.status_documents import blp as status_documents_blp
from identity.web.status_pages import register_status_pages
from identity.web.types_api import blp as types_blp
from identity.web.well_known import blp as well_known_blp


def register(app: Flask, api: Api) -> None:
    """Register the identity API, its pages and its well-known documents."""
    api.register_blueprint(blp)
    api.register_blueprint(offers_blp)
    api.register_blueprint(requests_blp)
    app.register_blueprint(openid_verifier_blp)
    api.register_blueprint(authorisations_blp)
    app.register_blueprint(authorisation_pages)
    app.register_blueprint(well_known_blp)
    app.register_blueprint(openid_metadata_blp)
    app.register_blueprint(openid_issuer_blp)
    register_protocol_errors(app)
    app.register_blueprint(types_blp)
    api.register_blueprint(status_blp)
    app.register_blueprint(status_documents_blp)
    api.register_blueprint(evidence_blp)
    app.register_blueprint(evidence_documents)
    register_pages(app)
    register_offer_pages(app)
    register_status_pages(app)
