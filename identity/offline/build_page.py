"""The offline verifier as one file, put together from the sources in `page/`.

The page may load nothing (Content Security Policy Level 3): its one script and one style are named
by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from identity.offline.report import messages

HERE = Path(__file__).parent
SOURCES = HERE / "page"
TOKENS = HERE.parents[1] / "web" / "static" / "css" / "tokens.css"
# In this order: each file uses what stands before it.
CORE = (
    *("bytes", "json", "keccak", "chain", "events", "x509"),
    *("tokens", "status", "facts", "steps", "verify"),
)
_POLICY = re.compile(r'http-equiv="Content-Security-Policy"\s+content="([^"]*)"')
_NO_TRUST = '<script type="application/json" id="trust">null</script>'
_NO_LANGUAGE = '<html lang="zh-CN">'


def core_script() -> str:
    """Return the verifier's functions, without the page."""
    return "\n".join((SOURCES / f"{name}.js").read_text(encoding="utf-8") for name in CORE)


@cache
def build() -> str:
    """Return the page; it holds no trust anchors yet."""
    texts = json.dumps(messages(), ensure_ascii=False, indent=1)
    parts = [core_script(), f"const MESSAGES = {texts};", _source("page.js")]
    script = '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"
    style = TOKENS.read_text(encoding="utf-8") + _source("page.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    page = _source("page.html")
    for name, text in (("policy", policy), ("style", style), ("script", script)):
        page = page.replace(f"@@{name}@@", text)
    return page


def policy_of(page: str) -> str:
    """Return the page's own policy, for a server to send along."""
    found = _POLICY.search(page)
    assert found is not None
    return f"{found[1]}; frame-ancestors 'none'"


def with_trust(page: str, trust: Mapping[str, Any], *, language: str) -> str:
    """Return the page with an installation's trust anchors inside, in a language to start with."""
    text = json.dumps(trust, ensure_ascii=False).replace("<", "\\u003c")
    filled = _NO_TRUST.replace("null", text)
    html_language = "en" if language == "en" else "zh-CN"
    return page.replace(_NO_TRUST, filled).replace(
        _NO_LANGUAGE, f'<html lang="{html_language}" data-language="{language}">'
    )


def _source(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
