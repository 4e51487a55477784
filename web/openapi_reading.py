"""Read an OpenAPI document into what its page shows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class FieldLine:
    """A parameter or a member of a body."""

    name: str
    place: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True)
class OperationLine:
    """One operation, as a reader needs it."""

    method: str
    path: str
    summary: str
    description: str
    roles: tuple[str, ...]
    is_public: bool
    takes: tuple[FieldLine, ...]
    returns: tuple[FieldLine, ...]
    statuses: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TagSection:
    """The operations of one tag."""

    name: str
    description: str
    operations: tuple[OperationLine, ...]


def by_tag(document: Document) -> list[TagSection]:
    """Return the operations grouped by their first tag, in the order of the tags."""
    groups: dict[str, list[OperationLine]] = {}
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                tag = (operation.get("tags") or ["other"])[0]
                line = _operation(document, method, path, operation, item.get("parameters", []))
                groups.setdefault(tag, []).append(line)
    texts = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    return [TagSection(name, texts.get(name, ""), tuple(ops)) for name, ops in groups.items()]


def _operation(
    document: Document, method: str, path: str, operation: Document, shared: list[Any]
) -> OperationLine:
    parameters = [_resolve(document, p) for p in [*shared, *operation.get("parameters", [])]]
    takes = [_parameter(document, parameter) for parameter in parameters]
    takes += _fields(document, operation.get("requestBody", {}), "body")
    responses: Document = operation.get("responses", {})
    good: Document = next((r for status, r in responses.items() if str(status).startswith("2")), {})
    return OperationLine(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        roles=tuple(operation.get("x-roles", ())),
        is_public=operation.get("security") == [],
        takes=tuple(takes),
        returns=tuple(_fields(document, _resolve(document, good), "")),
        statuses=tuple(
            (str(status), _resolve(document, response).get("description", ""))
            for status, response in sorted(responses.items(), key=lambda pair: str(pair[0]))
        ),
    )


def _parameter(document: Document, parameter: Document) -> FieldLine:
    return FieldLine(
        parameter["name"],
        parameter["in"],
        _type(document, parameter.get("schema", {})),
        bool(parameter.get("required")),
        parameter.get("description", ""),
    )


def _fields(document: Document, holder: Document, place: str) -> Iterator[FieldLine]:
    """List the members of a body; of an array, those of its items."""
    for media_type, media in holder.get("content", {}).items():
        shown = place if media_type == "application/json" else media_type
        yield from _members(document, media.get("schema", {}), shown)


def _members(document: Document, part: Document, place: str) -> Iterator[FieldLine]:
    schema = _resolve(document, part)
    if schema.get("type") == "array":
        schema = _resolve(document, schema.get("items", {}))
    for alternative in schema.get("allOf", ()):
        yield from _members(document, alternative, place)
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        text = member.get("description", _resolve(document, member).get("description", ""))
        yield FieldLine(name, place, _type(document, member), name in required, text)


def _type(document: Document, schema: Document) -> str:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    resolved = _resolve(document, schema)
    kind = resolved.get("type", name or "any")
    if isinstance(kind, list):
        kind = " | ".join(str(part) for part in kind)
    if kind == "array":
        return f"{_type(document, resolved.get('items', {}))}[]"
    if resolved.get("format"):
        kind = f"{kind} ({resolved['format']})"
    return f"{name}" if name and kind == "object" else str(kind)


def _resolve(document: Document, part: Document) -> Document:
    """Follow local references ("#/components/…")."""
    while "$ref" in part:
        target: Any = document
        for step in str(part["$ref"]).removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part
