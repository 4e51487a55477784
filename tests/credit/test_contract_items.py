"""The items credit and oversight queue fit the contracts' structs."""

from __future__ import annotations

from typing import Any

import pytest

from chain import ItemNotEncodable
from chain.abi import as_json, decode_arguments, encode_arguments, from_json
from chain.compile import load_artifact
from tests.credit.harness import INVOICE, World


def struct_of(intent: dict[str, Any]) -> dict[str, Any]:
    abi = load_artifact(intent["contract"]).abi
    function = next(entry for entry in abi if entry.get("name") == intent["function"])
    (batch,) = function["inputs"]
    return {**batch, "type": batch["type"].removesuffix("[]")}


@pytest.fixture
def intents(world: World) -> list[dict[str, Any]]:
    loan = world.granted()
    body = {"loan_id": loan["id"], "credential_digest": INVOICE.credential_digest}
    assert world["officer-a"].post("/pledges", body).status_code == 202
    world.outbox.mine()
    review = {"outcome": "accepted", "reason": "r"}
    world["regulator"].post(f"/oversight/attestations/{loan['id']}/review", review)
    order = {"suspended": True, "reason": "r"}
    world["regulator"].post("/oversight/issuers/tax/suspension", order)
    return list(world.outbox.items.values())


def test_every_item_encodes_as_its_struct(intents: list[dict[str, Any]]) -> None:
    functions = [intent["function"] for intent in intents]
    assert functions == ["recordBatch", "pledgeBatch", "reviewBatch", "setSuspendedBatch"]
    for intent in intents:
        struct = struct_of(intent)
        data = encode_arguments([struct], [from_json(intent["item"], struct)])
        (read,) = decode_arguments([struct], data)
        assert as_json(read, struct)


def test_an_item_of_another_shape_does_not_encode(intents: list[dict[str, Any]]) -> None:
    with pytest.raises(ItemNotEncodable):
        from_json(intents[0]["item"][:-1], struct_of(intents[0]))
