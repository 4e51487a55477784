"""What no field can hold is refused before any view: NUL, lone surrogates, huge numbers."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

import marshmallow
from flask import Flask, Request, request
from flask_smorest import Blueprint
from webargs import missing
from webargs.multidictproxy import MultiDictProxy
from werkzeug.exceptions import BadRequest, NotFound, UnsupportedMediaType

from web.errors import MalformedInput

INTEGER_MAX = 2**63 - 1
DEPTH_MAX = 64
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class StrictJSON:
    """Parses request bodies; whatever it accepts can be stored (RFC 7493, I-JSON)."""

    @staticmethod
    def loads(text: str | bytes, **_options: Any) -> Any:
        """Parse JSON, which is UTF-8 (RFC 8259 §8.1).

        Raises:
            ValueError: the text is not JSON, or holds a key twice, NaN, an integer beyond 64
                bits, NUL, a lone surrogate, or nesting deeper than :data:`DEPTH_MAX`.
        """
        text = text.decode("utf-8") if isinstance(text, bytes) else text
        _check_depth(text)
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
        _check_strings([value])
        return value


class StrictRequest(Request):
    """A request whose ``get_json`` parses with :class:`StrictJSON`."""

    @property  # type: ignore[override]
    def json_module(self) -> type[StrictJSON]:
        """The parser of bodies; Flask assigns its own provider, which is not strict."""
        return StrictJSON

    @json_module.setter
    def json_module(self, _provider: object) -> None:
        """Keep the strict parser."""

    def on_json_loading_failure(self, error: ValueError | None) -> NoReturn:
        """Answer 400 for a body that is not JSON and 415 for one that does not say it is."""
        if error is None:
            raise UnsupportedMediaType("Send the body as application/json.")
        raise BadRequest(f"The body is not acceptable JSON: {error}")


def init_app(app: Flask) -> None:
    """Use the strict request class and check every query string and path."""
    app.request_class = StrictRequest
    app.before_request(_check_text)
    parser = Blueprint.ARGUMENTS_PARSER
    parser.location_loader("json")(_load_json)
    parser.location_loader("query")(_load_query)


def storable(text: str) -> bool:
    """Say whether a database can hold the text: no NUL, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


def _check_text() -> None:
    texts = [request.path, *request.args.keys()]
    texts += [value for values in request.args.listvalues() for value in values]
    if request.mimetype == "application/x-www-form-urlencoded":
        texts += [value for values in request.form.listvalues() for value in values]
    if not all(storable(text) for text in texts):
        raise MalformedInput("The request holds NUL or another character that no field can hold.")
    for value in (request.view_args or {}).values():
        if isinstance(value, int) and abs(value) > INTEGER_MAX:
            raise NotFound


def _load_json(req: Request, _schema: Any) -> Any:
    if not req.get_data(cache=True):
        return missing
    return req.get_json()


def _load_query(req: Request, schema: marshmallow.Schema) -> Any:
    for name, declared in schema.fields.items():
        key = declared.data_key or name
        for text in req.args.getlist(key) if _is_integer(declared) else ():
            if _beyond_64_bits(text):
                raise marshmallow.ValidationError({key: ["Number too large."]})
    return MultiDictProxy(req.args, schema)


def _is_integer(declared: marshmallow.fields.Field[Any]) -> bool:
    inner = declared.inner if isinstance(declared, marshmallow.fields.List) else declared
    return isinstance(inner, marshmallow.fields.Integer)


def _beyond_64_bits(text: str) -> bool:
    digits = text.strip().lstrip("+-").lstrip("0")
    return len(digits) > 19 or (digits.isdigit() and int(digits) > INTEGER_MAX)


def _check_depth(text: str) -> None:
    """Refuse deep nesting before parsing: the parser recurses on the C stack, which can end."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise ValueError(f"The document is nested deeper than {DEPTH_MAX} levels.")
        elif mark in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError("A key appears twice in one object.")
        found[key] = value
    _check_strings([*found.keys(), *found.values()])
    return found


def _check_strings(values: list[Any]) -> None:
    for value in values:
        if isinstance(value, list):
            _check_strings(value)
        elif isinstance(value, str) and not storable(value):
            raise ValueError("A text holds NUL or a lone surrogate.")


def _integer(text: str) -> int:
    if _beyond_64_bits(text):
        raise ValueError("An integer is beyond 64 bits.")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("A number is too large.")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number.")
