"""Verify an evidence bundle offline: numbered steps, each with its outcome.

For every credential of the bundle:
 1. structure and disclosures (RFC 9901 §7.1), and the digest that the bundle names
 2. the issuer's signature, by a key that a trusted CA certified for `iss` (RFC 7515, RFC 5280 §6.1)
 3. blocks: headers have their hashes, receipts are in them, and the blocks are trust anchors or
    lead to one (Yellow Paper §4.3, Appendix D)
 4. inclusion: the Merkle proof leads to the root that the issuer anchored
    (CredentialRegistry.verifyInclusion)
 5. the issuer's key: its DID had published it when the credential was anchored (DIDRegistry)
 6. accreditation for type and jurisdiction when it was anchored (AccreditationRegistry)
 7. validity period, at the time judged (RFC 7519 §4.1.4, §4.1.5)
 8. status, from the issuer's signed list, if it says something about the time judged
    (Token Status List §8.3)
 9. holder binding, where the presentation has one or is expected to (RFC 9901 §7.3)

What a bundle lacks cannot be checked; what it has and contradicts itself, or the trust anchors,
fails. Step 4 rests on 3; that the contract took the batch proves by its own rule that the issuer
was accredited, so that step 6 cannot be passed by leaving out a suspension. A key revoked before
the anchor and a revocation left out of the bundle would go unnoticed by step 5 alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from identity.errors import IdentityError, MalformedEvidence
from identity.model.encoding import parse_json_object
from identity.model.evidence import BUNDLE_TYPE
from identity.model.verification import Outcome
from identity.offline import chain_steps, content_steps
from identity.offline.chain_facts import read_chain
from identity.offline.check import Check, Judgement
from identity.offline.reading import Absent
from identity.offline.report import CredentialReport, Report, Step, Unknown, Wrong
from identity.offline.trust import Trust

# The reason given where a part has another form than it should, and where it is absent.
_BROKEN = {
    "structure": ("structure_broken", "digest_only"),
    "issuer_signature": ("signature_wrong", "digest_only"),
    "blocks": ("receipt_not_proved", "block_missing"),
    "inclusion": ("leaf_not_in_batch", "inclusion_missing"),
    "issuer_key": ("key_differs", "key_missing"),
    "accreditation": ("event_foreign", "accreditation_missing"),
    "validity": ("times_wrong", "digest_only"),
    "status": ("status_broken", "status_missing"),
    "holder_binding": ("holder_wrong", "holder_missing"),
}


_STEPS: dict[str, Callable[[Check], str]] = {
    "structure": content_steps.structure,
    "issuer_signature": content_steps.issuer_signature,
    "blocks": chain_steps.blocks,
    "inclusion": chain_steps.inclusion,
    "issuer_key": chain_steps.issuer_key,
    "accreditation": chain_steps.accreditation,
    "validity": content_steps.validity,
    "status": content_steps.status,
    "holder_binding": content_steps.holder_binding,
}


def parse_bundle(data: bytes) -> dict[str, Any]:
    """Return an evidence bundle; raises MalformedEvidence or MalformedToken where it is none."""
    bundle = parse_json_object(data, "evidence bundle")
    if bundle.get("type") != BUNDLE_TYPE:
        raise MalformedEvidence(f"found type {bundle.get('type')!r}, expected {BUNDLE_TYPE!r}")
    return bundle


def verify(bundle: dict[str, Any], trust: Trust, judgement: Judgement) -> Report:
    """Return the steps and the verdict of every credential of a bundle."""
    chain = read_chain(bundle, trust)
    listed = bundle.get("credentials")
    found = listed if isinstance(listed, list) else []
    reports = [_report(Check(item, chain, trust, judgement)) for item in found]
    return Report(judgement.at, reports)


def _report(check: Check) -> CredentialReport:
    taken: list[Step] = []
    for name, step in _STEPS.items():
        if name == "holder_binding" and not check.has_binding:
            continue
        taken.append(_take(name, step, check))
        check.outcomes[name] = taken[-1].outcome
    return CredentialReport(check.scope, tuple(taken), check.facts, check.claims)


def _take(name: str, step: Callable[[Check], str], check: Check) -> Step:
    broken, absent = _BROKEN[name]
    try:
        return Step(name, Outcome.PASSED, step(check))
    except Wrong as error:
        return Step(name, Outcome.FAILED, error.reason)
    except Unknown as error:
        return Step(name, Outcome.CANNOT_CHECK, error.reason)
    except Absent:
        return Step(name, Outcome.CANNOT_CHECK, absent)
    except IdentityError:
        return Step(name, Outcome.FAILED, broken)
