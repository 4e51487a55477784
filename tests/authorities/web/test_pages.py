"""The operator's pages: counts, a checked upload, its commit, issuing; in both languages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from authorities import Authorities
from authorities.adapters.sources import open_source
from authorities.city import City
from db import db
from tests.authorities.conftest import RememberingIssuer

HEADER = "uscc,as_of,insured_headcount\n"
GOOD = "91100000100005204H,2020-03-01,12\n"
BROKEN = "91100000100003962T,2020-02-30,12\n"


@pytest.fixture
def browser(app: Flask, tokens: dict[str, str]) -> FlaskClient:
    """A browser signed in as the operator of the social security bureau."""
    client = app.test_client()
    client.set_cookie("qilian_session", tokens["hrss"])
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def _csrf(browser: FlaskClient) -> dict[str, str]:
    page = browser.get("/authority").text
    found = re.search(r'type="hidden" name="(\w+)" value="([\w-]+)"', page)
    assert found is not None
    return {found[1]: found[2]}


def _upload(browser: FlaskClient, text: str) -> str:
    data = {
        **_csrf(browser),
        "record_type": "social-insurance",
        "file": (io.BytesIO(text.encode()), "rows.csv"),
    }
    return browser.post("/authority/imports", data=data, follow_redirects=True).text


def test_the_overview_says_that_it_is_simulated(browser: FlaskClient, loaded: City) -> None:
    page = browser.get("/authority").text
    assert "人力资源和社会保障局(模拟)" in page
    assert "社会保险" in page
    assert "Social insurance" in browser.get("/authority?lang=en").text


def test_a_checked_upload_names_its_errors_and_is_committed(browser: FlaskClient) -> None:
    page = _upload(browser, HEADER + GOOD + BROKEN)
    assert "broken_date" in page
    assert "1 行可导入" in page
    url = re.search(r'action="(/authority/imports/[\w-]+/commit)"', page)
    assert url is not None
    done = browser.post(url[1], data=_csrf(browser), follow_redirects=True).text
    assert "新增 1 条" in done


def test_an_unreadable_upload_is_said_on_the_page(browser: FlaskClient) -> None:
    assert "无法将该文件读作表格" in _upload(browser, "")


def test_a_missing_file_is_said_on_the_page(browser: FlaskClient) -> None:
    answer = browser.post("/authority/imports", data=_csrf(browser))
    assert answer.status_code == 422
    assert "没有选择文件" in answer.text


def test_issuing_shows_what_came_of_it(
    browser: FlaskClient, loaded: City, issuer: RememberingIssuer
) -> None:
    issuer.registered = {loaded.companies[0].uscc}
    form = {**_csrf(browser), "record_type": "social-insurance"}
    page = browser.post("/authority/issuances", data=form).text
    assert "企业尚未登记" in page


def test_a_form_without_the_token_is_refused(browser: FlaskClient) -> None:
    assert browser.post("/authority/issuances").status_code == 403


def test_a_job_shows_its_progress_and_renews_itself_while_it_runs(
    app: Flask, browser: FlaskClient, authorities: Authorities, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(HEADER + GOOD + BROKEN, "utf-8")
    source = open_source(str(path))
    with app.app_context():
        job = authorities.issuance_jobs.begin("hrss", "social-insurance", source)
        db.session.commit()
    url = f"/authority/jobs/{job.id}"
    running = browser.get(url).text
    assert "正在签发" in running
    assert 'http-equiv="refresh"' in running
    with app.app_context():
        for _ in authorities.issuance_jobs.run(job, source):
            db.session.commit()
    done = browser.get(url).text
    assert 'http-equiv="refresh"' not in done
    assert "broken_date" in done
    assert "enterprise_not_registered" in done
    assert url in browser.get("/authority").text
    assert "Rows read" in browser.get(f"{url}?lang=en").text
