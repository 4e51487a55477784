"""The dictionary of record types: complete, bilingual, valid JSON Schema."""

from __future__ import annotations

from jsonschema import Draft202012Validator

from authorities import AUTHORITIES
from authorities.adapters.record_types import load_record_types

TYPES = load_record_types()


def test_every_type_an_authority_issues_is_defined() -> None:
    issued = {code for authority in AUTHORITIES for code in authority.record_types}
    assert issued <= set(TYPES)


def test_every_claim_has_labels_and_a_valid_schema() -> None:
    for record_type in TYPES.values():
        assert record_type.fields["uscc"].required
        assert record_type.key is None or record_type.fields[record_type.key].required
        for field in record_type.fields.values():
            assert field.label_zh
            assert field.label_en
            Draft202012Validator.check_schema(field.schema)
            assert set(field.values) == set(field.schema.get("enum", ()))


def test_labels_tell_columns_apart() -> None:
    for record_type in TYPES.values():
        fields = record_type.fields.values()
        assert len({field.label_zh for field in fields}) == len(fields)
        assert len({field.label_en for field in fields}) == len(fields)


def test_personal_claims_are_marked_sensitive() -> None:
    personal = {"legal_rep_name", "cfo_name", "id_no", "birth_date", "shareholders"}
    for record_type in TYPES.values():
        for name in personal & set(record_type.fields):
            assert record_type.fields[name].sensitive
