"""Public security: the identity verification of the (invented) legal representative."""

from __future__ import annotations

from authorities.model.company import Company
from authorities.model.person import BIRTH_PLACE
from authorities.model.record import Claims

NOT_VERIFIED_BPS = 200


def person_id(company: Company) -> list[Claims]:
    """Return the verification result; 2 % have none."""
    if company.draw.chance("not_verified", NOT_VERIFIED_BPS):
        return []
    person = company.legal_representative
    return [
        {
            "person_role": "legal-representative",
            "legal_rep_name": person.name,
            "id_type": "resident-id",
            "id_no": person.id_no,
            "id_from": person.id_from.isoformat(),
            "id_to": person.id_to.isoformat(),
            "gender": person.gender,
            "nationality": "CHN",
            "birth_date": person.birth_date.isoformat(),
            "birth_place": BIRTH_PLACE,
        }
    ]
