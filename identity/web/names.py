"""What credential types and their coded values are called, for the pages of any package.

Where identity is not part of the application, codes stand for themselves.
"""

from __future__ import annotations

import re

from flask import current_app

from identity.model.credential import CredentialType
from web.language import t

_UNIT = re.compile(r"\s*[(（](分|基点|万分之一|fen|bps|basis points)[)）]$")


def type_label(code: str) -> str:
    """Return a credential type's name in the page's language; an unknown code as it is."""
    known = _known(code)
    return t(known.label_zh, known.label_en) if known else code


def value_label(type_code: str, claim: str, value: str) -> str:
    """Return what a coded claim value means in the page's language; else the value as it is."""
    known = _known(type_code)
    declared = known.claims.get(claim) if known else None
    pair = declared.values.get(value) if declared else None
    return t(*pair) if pair else value


def claim_label(path: str) -> str:
    """Return the name of a claim written as "type.claim"; an unknown one as it is."""
    type_code, _, claim = path.partition(".")
    known = _known(type_code)
    declared = known.claims.get(claim) if known else None
    if known is None or declared is None:
        return path
    label = t(declared.label_zh, declared.label_en)
    return f"{t(known.label_zh, known.label_en)} · {_UNIT.sub('', label)}"


def _known(code: str) -> CredentialType | None:
    service = current_app.extensions.get("qilian.identity")
    if service is None:
        return None
    return next((item for item in service.types.all() if item.code == code), None)
