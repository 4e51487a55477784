"""The authorities' API: own register only, imports all or nothing, issuances counted."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from authorities.city import City
from tests.authorities.conftest import RememberingIssuer

HEADER = "uscc,as_of,insured_headcount\n"
GOOD = "91100000100005204H,2020-03-01,12\n"
OTHER = "91100000100003962T,2020-03-01,7\n"
BROKEN_DATE = "91100000100003962T,2020-02-30,12\n"
URL = "/api/v1/authorities"


def _bearer(tokens: dict[str, str], code: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens[code]}"}


def _import(
    client: FlaskClient, tokens: dict[str, str], text: str, code: str = "hrss", **form: str
) -> TestResponse:
    fields: dict[str, Any] = {
        "file": FileStorage(io.BytesIO(text.encode()), "rows.csv", "file"),
        "record_type": "social-insurance",
        **form,
    }
    boundary, body = encode_multipart(fields)
    return client.post(
        f"{URL}/{code}/imports",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=_bearer(tokens, "hrss"),
    )


def _count(client: FlaskClient, tokens: dict[str, str]) -> int:
    query = {"record_type": "social-insurance"}
    answer = client.get(f"{URL}/hrss/records", query_string=query, headers=_bearer(tokens, "hrss"))
    return int(answer.json["counts"]["social-insurance"])


def test_anyone_may_list_the_simulated_authorities(client: FlaskClient) -> None:
    listed = client.get(URL).json["authorities"]
    assert len(listed) == 12
    assert all(a["simulated"] and "模拟" in a["name_zh"] for a in listed)


def test_a_preview_changes_nothing_and_loses_no_good_row(
    client: FlaskClient, tokens: dict[str, str]
) -> None:
    answer = _import(client, tokens, HEADER + GOOD + BROKEN_DATE)
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["good_rows"]) == ("previewed", 1)
    (error,) = answer.json["row_errors"]
    assert (error["row"], error["column"], error["code"]) == (3, "as_of", "broken_date")
    assert _count(client, tokens) == 0
    url = f"{URL}/hrss/imports/{answer.json['id']}/commit"
    committed = client.post(url, headers=_bearer(tokens, "hrss"))
    assert committed.json["saved"] == {"created": 1, "updated": 0, "unchanged": 0}
    assert _count(client, tokens) == 1
    again = client.post(url, headers=_bearer(tokens, "hrss"))
    assert (again.status_code, again.json["code"]) == (409, "import_already_committed")


def test_a_commit_with_a_broken_date_changes_nothing(
    client: FlaskClient, tokens: dict[str, str]
) -> None:
    answer = _import(client, tokens, HEADER + GOOD + BROKEN_DATE, mode="commit")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert (answer.json["code"], answer.json["good_rows"]) == ("rows_refused", 1)
    assert answer.json["row_errors"][0]["column"] == "as_of"
    assert _count(client, tokens) == 0


def test_a_good_file_is_committed(client: FlaskClient, tokens: dict[str, str]) -> None:
    answer = _import(client, tokens, HEADER + GOOD + OTHER, mode="commit")
    assert answer.json["saved"] == {"created": 2, "updated": 0, "unchanged": 0}
    changed = _import(client, tokens, HEADER + GOOD.replace(",12", ",13") + OTHER, mode="commit")
    assert changed.json["saved"] == {"created": 0, "updated": 1, "unchanged": 1}


@pytest.mark.parametrize(
    ("text", "form", "status", "code"),
    [
        ("", {}, 422, "unreadable_spreadsheet"),
        ("u" * 5_300_000, {}, 413, "spreadsheet_too_large"),
        (HEADER, {"record_type": "invoice"}, 422, "unknown_record_type"),
        (HEADER, {"record_type": "nothing"}, 422, "validation_failed"),
        (HEADER, {"mode": "force"}, 422, "validation_failed"),
        (HEADER, {"surplus": "x"}, 422, "validation_failed"),
    ],
)
def test_bad_imports(
    client: FlaskClient,
    tokens: dict[str, str],
    text: str,
    form: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = _import(client, tokens, text, **form)
    assert (answer.status_code, answer.json["code"]) == (status, code)


@pytest.mark.parametrize("code", ["tax", "nobody"])
def test_another_authority_is_not_found_whether_it_exists_or_not(
    client: FlaskClient, tokens: dict[str, str], code: str
) -> None:
    headers = _bearer(tokens, "hrss")
    answers = [
        _import(client, tokens, HEADER, code=code),
        client.post(f"{URL}/{code}/issuances", json={}, headers=headers),
        client.post(f"{URL}/{code}/imports/x/commit", headers=headers),
        client.get(
            f"{URL}/{code}/records", query_string={"record_type": "taxpayer"}, headers=headers
        ),
    ]
    assert {(a.status_code, a.json["code"]) for a in answers} == {(404, "unknown_authority")}


def test_an_import_of_another_authority_is_not_found(
    client: FlaskClient, tokens: dict[str, str]
) -> None:
    staged = _import(client, tokens, HEADER + GOOD).json["id"]
    answer = client.post(f"{URL}/tax/imports/{staged}/commit", headers=_bearer(tokens, "tax"))
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_import")


def test_nobody_imports_without_signing_in(client: FlaskClient) -> None:
    assert client.post(f"{URL}/hrss/imports").status_code == 401


def test_issuances_count_and_name_refusals(
    client: FlaskClient, tokens: dict[str, str], loaded: City, issuer: RememberingIssuer
) -> None:
    issuer.registered = {company.uscc for company in loaded.companies[1:]}
    body = {"record_types": ["business-licence", "abnormal-list"]}
    headers = _bearer(tokens, "samr")
    answer = client.post(f"{URL}/samr/issuances", json=body, headers=headers)
    assert answer.status_code == 201
    assert (answer.json["issued"], answer.json["refused"]) == (2 * (len(loaded.companies) - 1), 2)
    assert {r["uscc"] for r in answer.json["refusals"]} == {loaded.companies[0].uscc}
    again = client.post(f"{URL}/samr/issuances", json=body, headers=headers)
    assert again.json["issued"] == 0


@pytest.mark.parametrize(
    "body", [{"usccs": ["x"]}, {"record_types": []}, {"surplus": 1}, {"record_types": ["x"]}]
)
def test_bad_issuances(client: FlaskClient, tokens: dict[str, str], body: dict[str, Any]) -> None:
    answer = client.post(f"{URL}/samr/issuances", json=body, headers=_bearer(tokens, "samr"))
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")


def test_records_are_paged(client: FlaskClient, tokens: dict[str, str], loaded: City) -> None:
    query = {"record_type": "business-licence", "limit": 5, "offset": 10}
    headers = _bearer(tokens, "samr")
    answer = client.get(f"{URL}/samr/records", query_string=query, headers=headers)
    assert len(answer.json["records"]) == len(loaded.companies) - 10
    assert answer.json["records"][0]["claims"]["company_name"]
