"""What one enterprise does, request by request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journey.client import Client
from journey.parties import Bank, Enterprise

OPENING, LOAN = "account-opening", "loan-application"


def register(anonymous: Client, uscc: str, legal_representative: str) -> Enterprise:
    """Register an enterprise; it gets a DID, keys in the hosted wallet and an agent's account."""
    body = {"uscc": uscc, "legal_representative": legal_representative}
    answer = anonymous.post("/enterprises", body)
    return Enterprise(uscc, anonymous.as_bearer(answer["account"]["access_token"]))


def take_offer(enterprise: Enterprise, authority: Client) -> list[str]:
    """Let an authority offer what it has recorded and the hosted wallet take it; return the types.

    OpenID4VCI 1.0: offer, token, nonce, key proof and credential are the protocol's own messages.
    """
    made = authority.post("/credential-offers", {"enterprise": enterprise.uscc})
    taken = enterprise.client.post("/wallet/credential-offers", {"link": made["link"]})
    return [item["type"] for item in taken["collected"] if item["state"] == "issued"]


def present(enterprise: Enterprise, bank: str, purpose: str) -> str:
    """Consent, let the hosted wallet answer the bank's request, post its answer; return its id.

    OpenID4VP 1.0: a signed request object is fetched, and the answer is posted encrypted.
    """
    client = enterprise.client
    client.post("/consents", {"recipient": bank, "purpose": purpose})
    asked = {"purpose": purpose, "bank": bank, "response_mode": "direct_post.jwt"}
    request = client.post("/presentation-requests", asked)
    token = client.fetch(request["request_uri"])
    answer = client.post("/wallet/presentations", {"request": token})
    client.post_form(answer["response_uri"], answer["form"])
    return str(client.get(f"/presentation-requests/{request['id']}")["presentation_id"])


def file_case(enterprise: Enterprise, bank: str, form: str) -> dict[str, Any]:
    """Open a pre-filled case, fill what is left, sign it and hand it in; return it as submitted."""
    client = enterprise.client
    presentation_id = present(enterprise, bank, form)
    body = {"form": form, "bank_code": bank, "presentation_id": presentation_id}
    case = client.post("/cases", body)
    path = f"/cases/{case['id']}"
    while case["progress"]["missing"]:
        values = residual_values(case)
        case = client.patch(f"{path}/fields", {"values": values, "version": case["version"]})
    client.post(f"{path}/signature", {"version": case["version"]})
    submitted: dict[str, Any] = client.post(f"{path}/submission")
    return submitted


def residual_values(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person would type or choose for the fields that are still missing."""
    by_key = {field["key"]: field for field in case["fields"]}
    return {key: _typed(by_key[key]) for key in case["progress"]["missing"]}


def _typed(field: Mapping[str, Any]) -> Any:
    if "example" in field:
        return field["example"]
    if field["type"] == "boolean":
        return True
    choices = [choice["value"] for choice in field["choices"]]
    return choices[: field.get("min_items", 1)] if field["type"] == "multi_choice" else choices[0]


def open_account(enterprise: Enterprise, bank: Bank) -> None:
    """File the account opening; the bank's desk reads and approves it."""
    case = file_case(enterprise, bank.code, OPENING)
    path = f"/cases/{case['id']}"
    bank.desk.get(path)
    # The desk has verified the legal representative's wish, face to face or by video.
    body = {"decision": "approve", "bank_values": {"will_verification": "passed"}}
    enterprise.opening_case = bank.desk.post(f"{path}/decision", body)


def apply_for_loan(enterprise: Enterprise, bank: Bank) -> dict[str, Any]:
    """File a loan application; the credit officer decides; an offer is accepted."""
    case = file_case(enterprise, bank.code, LOAN)
    enterprise.loan_case = case
    application = bank.credit.post("/loan-applications", {"case_id": case["id"]})
    path = f"/loan-applications/{application['id']}"
    decision = bank.credit.post(f"{path}/decision")
    if decision["outcome"] == "approved":
        enterprise.client.post(f"{path}/acceptance")
    decided: dict[str, Any] = bank.credit.get(path)
    return decided
