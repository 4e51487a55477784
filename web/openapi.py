"""The API's description: flask-smorest with problems, bearer tokens and roles in the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from apispec import APISpec, BasePlugin
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask, Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from web.access import declared_access, public
from web.openapi_reading import by_tag
from web.problems import MEDIA_TYPE, answer_http_exception

SECURITY_SCHEME = "bearerToken"
# Statuses any operation may answer with; 401 and 403 are added where an actor is needed.
_COMMON = {
    400: "The request is malformed.",
    404: "There is no such object, or it belongs to another organisation.",
    405: "The method is not allowed; Allow names those that are.",
    409: "The state of the object forbids this.",
    410: "The object has expired or was deleted.",
    413: "The body is too large.",
    415: "The body is not of the described media type.",
    422: "Some fields are not valid; errors names each.",
    500: "Something failed on the server; quote request_id.",
    503: "The service is busy or not ready.",
}
_SIGNED_IN = {
    401: "The bearer token is missing, unknown, expired or revoked.",
    403: "The actor's roles do not allow this.",
}


class FieldErrorSchema(ma.Schema):
    """One refused field."""

    place = ma.fields.String(data_key="in", metadata={"description": "json, query, form, …"})
    pointer = ma.fields.String(metadata={"description": "JSON pointer of the field"})
    detail = ma.fields.String()


class ProblemSchema(ma.Schema):
    """A problem document (RFC 9457); further members depend on the code."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    title_zh = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    instance = ma.fields.String(required=True)
    request_id = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(FieldErrorSchema))


class ProblemResponses(BasePlugin):
    """Writes security and every problem response into each operation."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def init_spec(self, spec: APISpec) -> None:
        """Describe the problem document and the bearer token once."""
        super().init_spec(spec)
        spec.components.schema("Problem", schema=ProblemSchema)
        spec.components.security_scheme(
            SECURITY_SCHEME,
            {
                "type": "http",
                "scheme": "bearer",
                "description": "An opaque session token.",
            },
        )

    def operation_helper(
        self,
        path: str | None = None,  # noqa: ARG002 - apispec passes it by name
        operations: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Complete the operations of one path."""
        rule = kwargs.get("rule")
        for method, operation in (operations or {}).items():
            if isinstance(rule, Rule):
                self._complete(operation, method, rule)

    def _complete(self, operation: dict[str, Any], method: str, rule: Rule) -> None:
        declared = declared_access(self._app.view_functions[rule.endpoint], method)
        statuses = dict(_COMMON)
        if declared is None or not declared.is_public:
            statuses.update(_SIGNED_IN)
            operation["security"] = [{SECURITY_SCHEME: []}]
            operation["x-roles"] = sorted(declared.roles) if declared else []
        else:
            operation["security"] = []
        _merge_form_parameters(operation)
        if "requestBody" not in operation:
            statuses.pop(415, None)
        is_class = hasattr(self._app.view_functions[rule.endpoint], "view_class")
        name = f"{rule.endpoint}_{method}" if is_class else rule.endpoint
        operation.setdefault("operationId", name.replace(".", "_"))
        responses: dict[str, Any] = operation.setdefault("responses", {})
        for key in [key for key in responses if str(key).isdigit() and int(key) >= 400]:
            own = responses.pop(key)
            text = own.get("description", "") if isinstance(own, Mapping) else ""
            statuses[int(key)] = text or statuses.get(int(key), "The request failed.")
        for status, text in sorted(statuses.items()):
            responses[str(status)] = _problem_response(text)


def _merge_form_parameters(operation: dict[str, Any]) -> None:
    """Move form fields that were declared beside files into the one body OpenAPI 3 knows."""
    parameters = operation.get("parameters", [])
    fields = [p for p in parameters if isinstance(p, Mapping) and p.get("in") == "formData"]
    if not fields:
        return
    operation["parameters"] = [p for p in parameters if p not in fields]
    form = {
        "type": "object",
        "properties": {field["name"]: field.get("schema", {}) for field in fields},
        "required": [field["name"] for field in fields if field.get("required")],
    }
    body = operation.setdefault("requestBody", {"required": True, "content": {}})
    parts = [media["schema"] for media in body["content"].values()]
    body["content"] = {"multipart/form-data": {"schema": {"allOf": [*parts, form]}}}


def _problem_response(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def schema_name(schema: ma.Schema | type[ma.Schema] | str) -> str:
    """Name a schema after its class and package, so that two packages may use one word."""
    found = resolve_schema_cls(schema)
    schema_class = found[0] if isinstance(found, list) else found
    package = schema_class.__module__.partition(".")[0]
    name = schema_class.__name__.removesuffix("Schema")
    return name if package in {"web", "tests"} else f"{package.capitalize()}{name}"


class QilianApi(Api):
    """flask-smorest's Api, answering HTTP errors in the product's one shape."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        """Answer with a problem document."""
        return answer_http_exception(error)


def init_app(app: Flask) -> QilianApi:
    """Create the Api that packages register their blueprints on, and serve its description."""
    app.config.update(OPENAPI_URL_PREFIX=None)
    api = QilianApi(
        app,
        spec_kwargs={
            "title": "Qilian 企链 API",
            "version": app.config.get("VERSION", "0.1.0"),
            "openapi_version": "3.1.0",
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name),
            "extra_plugins": [ProblemResponses(app)],
            "info": {
                "description": "Verifiable enterprise identity and SME finance. Amounts are "
                "integer fen, rates basis points, times UTC epoch seconds. Every error is a "
                "problem document (RFC 9457)."
            },
            "servers": [{"url": app.config.get("PUBLIC_URL", "http://localhost:8000")}],
        },
    )
    app.extensions["qilian.api"] = api
    app.add_url_rule("/openapi.json", "openapi_json", openapi_json)
    app.add_url_rule("/docs", "api_docs", api_docs)
    return api


def description() -> dict[str, Any]:
    """Return the OpenAPI document of the current application."""
    api: QilianApi = current_app.extensions["qilian.api"]
    document: dict[str, Any] = api.spec.to_dict()
    return document


@public("the description of the API holds no data")
def openapi_json() -> Response:
    """Serve the OpenAPI document."""
    return jsonify(description())


@public("the description of the API holds no data")
def api_docs() -> str:
    """Serve the readable page of the API."""
    document = description()
    return render_template("web/api_docs.html", info=document["info"], tags=by_tag(document))
