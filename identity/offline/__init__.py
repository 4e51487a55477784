"""The offline verifier: checks an evidence bundle against trust anchors, and asks nobody.

`python -m identity.offline`, `flask --app app verify`, and the page at `/verify` are its faces.
"""

from identity.offline.check import Judgement
from identity.offline.report import CredentialReport, Report, Step, Verdict
from identity.offline.trust import Trust, parse_trust
from identity.offline.verifier import parse_bundle, verify

__all__ = [
    "CredentialReport",
    "Judgement",
    "Report",
    "Step",
    "Trust",
    "Verdict",
    "parse_bundle",
    "parse_trust",
    "verify",
]
