"""SD-JWT VC Type Metadata and JSON Schema, as served."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from identity.adapters.types_registry import YAMLTypes
from identity.model.credential import CredentialType
from identity.model.type_metadata import documents, json_schema, type_metadata
from tests.platform import PUBLIC_URL, Platform

TYPES = YAMLTypes()
PATH = "/types/equity-structure/1"


def test_metadata_names_the_type_in_two_languages(platform: Platform) -> None:
    answer = platform.http.get(PATH)
    assert answer.headers["Content-Type"] == "application/json"
    found = answer.json()
    assert found["vct"] == "urn:qilian:vc:equity-structure:1"
    names = {(entry["locale"], entry["lang"], entry["name"]) for entry in found["display"]}
    assert names == {("zh-CN", "zh-CN", "股权结构"), ("en", "en", "Equity structure")}


def test_every_claim_says_whether_it_is_disclosable(platform: Platform) -> None:
    claims = platform.http.get(PATH).json()["claims"]
    assert [(entry["path"], entry["sd"], entry["mandatory"]) for entry in claims[:5]] == [
        (["uscc"], "always", True),
        (["as_of"], "always", True),
        (["shareholders"], "always", True),
        (["shareholders", None], "always", False),
        (["shareholders", None, "name"], "never", True),
    ]
    labels = {entry["label"] for entry in claims[4]["display"]}
    assert labels == {"股东名称", "Name"}


def test_members_of_an_object_are_disclosable_one_by_one() -> None:
    claims = type_metadata(TYPES.get("enterprise-declaration"))["claims"]
    found = {tuple(entry["path"]): entry["sd"] for entry in claims}
    assert found["business_address",] == "always"
    assert found["business_address", "city"] == "always"


def test_the_schema_is_bound_by_its_integrity(platform: Platform) -> None:
    metadata = platform.http.get(PATH).json()
    assert metadata["schema_uri"] == f"{PUBLIC_URL}{PATH}/schema.json"
    schema = platform.http.get(metadata["schema_uri"]).content
    digest = base64.b64encode(hashlib.sha256(schema).digest()).decode()
    assert metadata["schema_uri#integrity"] == f"sha256-{digest}"


def test_the_integrity_an_issuer_states_is_that_of_the_bytes_served(platform: Platform) -> None:
    stated = documents(TYPES.get("equity-structure"), PUBLIC_URL).metadata_integrity
    digest = base64.b64encode(hashlib.sha256(platform.http.get(PATH).content).digest()).decode()
    assert stated == f"sha256-{digest}"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/schema.json"])
def test_who_has_the_document_gets_304(platform: Platform, path: str) -> None:
    first = platform.http.get(path)
    assert not first.headers["ETag"].startswith("W/")
    assert "max-age=3600" in first.headers["Cache-Control"]
    again = platform.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = platform.http.get(path, headers={"If-None-Match": '"another"'})
    assert other.content == first.content


@pytest.mark.parametrize(
    "path",
    [
        "/types/equity-structure/2",
        "/types/equity-structure/0/schema.json",
        "/types/no-such-type/1",
        f"/types/equity-structure/{10**30}",
        "/types/equity-structure/1.0",
    ],
)
def test_what_is_not_there_is_404(platform: Platform, path: str) -> None:
    answer = platform.http.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["title_zh"]


def test_a_name_with_nul_is_refused(platform: Platform) -> None:
    answer = platform.http.get("/types/x%00y/1", headers={"Accept": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("item", TYPES.all(), ids=lambda item: item.code)
def test_the_schema_holds_for_any_part_of_the_sample(item: CredentialType) -> None:
    schema = json_schema(item, f"{PUBLIC_URL}/schema.json")
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    base: dict[str, Any] = {"vct": item.vct, "iss": f"{PUBLIC_URL}/issuers/x", "iat": 1}
    validator.validate({**base, **item.sample})
    for name, value in item.sample.items():
        validator.validate({**base, name: value})
        assert not validator.is_valid({**base, name: {"not": "this"}})
    assert not validator.is_valid({**base, **item.sample, "vct": "urn:other"})


def test_elements_kept_back_do_not_break_the_schema() -> None:
    item = TYPES.get("equity-structure")
    validator = Draft202012Validator(json_schema(item, "https://example.com/schema.json"))
    validator.validate({"vct": item.vct, "shareholders": []})


def test_documents_are_the_same_bytes_every_time() -> None:
    item = TYPES.get("business-licence")
    assert documents(item, PUBLIC_URL) == documents(YAMLTypes().get(item.code), PUBLIC_URL)
    assert orjson.loads(documents(item, PUBLIC_URL).schema)["title"] == "Business licence"
