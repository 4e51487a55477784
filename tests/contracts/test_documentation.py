"""The interfaces say what each part is, what each call requires and how structs are packed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from chain.compile import SOURCES

INTERFACES = sorted((SOURCES / "interfaces").glob("I*.sol"))
PART = re.compile(
    r"(?P<doc>(?:^ *///.*\n)*)"
    r"^ *(?P<kind>function|event|error|struct) (?P<name>\w+)(?P<rest>[^;{]*)",
    re.MULTILINE,
)
STORED = re.compile(r"=> (\w+)\)+ private ")
STRUCT = r"struct {} \{{(?P<body>[^}}]*)\}}"


def parts(kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, documentation, what follows the name) of every part of a kind."""
    for path in INTERFACES:
        for found in PART.finditer(path.read_text(encoding="utf-8")):
            if found["kind"] == kind:
                yield f"{path.stem}.{found['name']}", found["doc"], found["rest"]


@pytest.mark.parametrize(
    ("kind", "tag"),
    [("function", "@notice"), ("event", "@notice"), ("error", "@notice"), ("struct", "@param")],
)
def test_every_part_is_documented(kind: str, tag: str) -> None:
    silent = [name for name, doc, _ in parts(kind) if tag not in doc]
    assert not silent
    assert len(list(parts(kind))) > 20


def test_every_call_that_changes_state_lists_its_requirements() -> None:
    changing = [
        (name, doc)
        for name, doc, rest in parts("function")
        if not re.search(r"\b(view|pure)\b", rest)
    ]
    assert len(changing) > 30
    assert not [name for name, doc in changing if not re.search(r"Requirements:\n.*/// - ", doc)]


def test_every_member_of_a_struct_is_documented() -> None:
    for path in INTERFACES:
        text = path.read_text(encoding="utf-8")
        for name, doc, _ in (p for p in parts("struct") if p[0].startswith(f"{path.stem}.")):
            body = re.search(STRUCT.format(name.partition(".")[2]), text)
            assert body
            members = re.findall(r"(\w+);", body["body"])
            assert members == re.findall(r"@param (\w+)", doc), name


def test_every_stored_struct_marks_its_slots() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.sol")}
    interfaces = "".join(sources[path] for path in INTERFACES)
    stored = {name for text in sources.values() for name in STORED.findall(text)}
    marked = {
        name: "// slot 0" in body["body"]
        for name in stored
        if (body := re.search(STRUCT.format(name), interfaces))
    }
    assert len(marked) == 7
    assert all(marked.values()), marked
