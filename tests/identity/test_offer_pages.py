"""Pages of offers and of wallets' access, as the authority and the enterprise meet them."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import httpx
import pytest

from journey.parties import Enterprise
from tests.identity.mini_wallet import ISSUER, MiniWallet, authorisation_request
from tests.platform import Platform


class Browser:
    """A signed-in browser without scripts: pages and forms."""

    def __init__(self, platform: Platform, token: str) -> None:
        self._http = platform.http
        self._headers = {
            "Cookie": f"qilian_session={token}",
            "Accept": "text/html",
            "Accept-Language": "zh-CN",
        }
        self._csrf = ""

    def get(self, path: str) -> str:
        page = self._http.get(path, headers=self._headers).raise_for_status().text
        self._csrf = (re.findall(r'name="csrf_token" value="([^"]+)"', page) or [""])[0]
        return html.unescape(page)

    def post(self, path: str, **form: str) -> httpx.Response:
        data = {"csrf_token": self._csrf, **form}
        return self._http.post(path, data=data, headers=self._headers)


@pytest.fixture
def authority(platform: Platform) -> Browser:
    return Browser(platform, str(platform.sign_in("operator@samr").token))


@pytest.fixture
def agent(platform: Platform, enterprise: Enterprise) -> Browser:
    return Browser(platform, str(enterprise.client.token))


def test_an_offer_is_made_on_the_page_and_taken_on_the_page(
    authority: Browser, agent: Browser, enterprise: Enterprise
) -> None:
    form = authority.get("/authority/offers")
    assert "营业执照" in form
    assert "CredentialType(" not in form
    made = html.unescape(
        authority.post("/authority/offers", uscc=enterprise.uscc, tx_code="true").text
    )
    link = re.search(r"openid-credential-offer://[^<\s\"]+", made)
    code = re.search(r">\s*(\d{6})\s*<", made)
    standing = re.search(r'href="(/authority/offers/[0-9a-f-]{36})"', made)
    assert link is not None
    assert code is not None
    assert standing is not None
    assert "data:image/svg+xml" in made
    assert "等待领取" in authority.get(standing[1])
    agent.get("/enterprise/offers")
    wrong = agent.post("/enterprise/offers", link=link[0], tx_code="")
    assert (wrong.status_code, "tx_code" in wrong.text) == (400, True)
    taken = agent.post("/enterprise/offers", link=link[0], tx_code=code[1])
    assert (taken.status_code, taken.headers["Location"]) == (303, "/enterprise#credentials")
    after = authority.get(standing[1])
    assert "已领取" in after
    assert "已签发" in after


@pytest.mark.parametrize(
    ("uscc", "status", "text"),
    [
        ("", 422, "统一社会信用代码无效"),
        ("91110108MA01EXAM20", 422, "统一社会信用代码无效"),
        ("91110108MA01EXAX9D", 404, "未找到该机构"),
    ],
)
def test_an_offer_that_cannot_be_made_says_why(
    authority: Browser, uscc: str, status: int, text: str
) -> None:
    authority.get("/authority/offers")
    answer = authority.post("/authority/offers", uscc=uscc)
    assert answer.status_code == status
    assert text in html.unescape(answer.text).partition('class="field__error"')[2]


@pytest.mark.parametrize(("answer", "carried"), [("agree", "code="), ("refuse", "access_denied")])
def test_the_enterprise_sees_which_wallet_asks_and_answers(
    platform: Platform, agent: Browser, answer: str, carried: str
) -> None:
    wallet = MiniWallet(platform.http)
    pushed = wallet.post_form(f"{ISSUER}/par", authorisation_request()).json()
    asked = {"client_id": "wallet.example", "request_uri": pushed["request_uri"]}
    path = urlsplit(ISSUER).path + "/authorize"
    page = agent.get(f"{path}?{httpx.QueryParams(asked)}")
    for text in ("wallet.example", "localhost:9999", "营业执照", "市场监督管理局"):
        assert text in page
    done = html.unescape(agent.post(path, answer=answer, **asked).text)
    back = re.search(r'href="(http://localhost:9999/callback[^"]+)"', done)
    assert back is not None
    assert carried in back[1]
    again = agent.post(path, answer=answer, **asked)
    assert again.status_code == 400
