"""DID documents of did:ethr as the W3C's DID test suite recorded them.

The published resolver, on our registry, gives for an identity without changes the document on
record, but for the network's name and chain. Identities that changed did so on public chains that
cannot be asked here: they are counted, and `tests/contracts` has the like on our own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from identity.model.encoding import from_b64u
from identity.model.party import did_ethr
from tests.contracts.node import running_node
from tests.contracts.world import World

from . import files

pytestmark = files.present("did_ethr")

SCRIPT = Path(__file__).parents[1] / "contracts" / "resolve.cjs"
RESOLVERS = ["resolver-ethr-dif.json", "universal-resolver-did-ethr.json"]
USED = ["dereferencer-ethr-dif.json", "did-ethr-dif.json", *RESOLVERS]
# A public key and an address, neither of which was ever changed on its chain.
UNCHANGED = [
    "did:ethr:0x037f598b37e51adc9ec8295860f0beaab4d739f65826a1ed0bb524702503b032bd",
    "did:ethr:0xf932e07b8ef841828e219d4f40eead9fad115b6e",
]
LISTS = ("verificationMethod", "authentication", "assertionMethod")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Our contracts on a chain of their own."""
    with running_node("anvil") as node:
        yield World(node)


def resolve(world: World, *dids: str) -> list[dict[str, Any]]:
    found = subprocess.run(
        ["node", SCRIPT, world.node.url, world.dids.address, *dids],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
        cwd=SCRIPT.parents[2],
    )
    return [json.loads(line) for line in found.stdout.splitlines()]


def documents() -> dict[str, list[dict[str, Any]]]:
    """Every recorded document by its DID, from all files and in all forms."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in USED:
        content = files.load("did_ethr", name)
        for execution in content.get("executions", []):
            output = execution["output"]
            stream = output.get("didDocumentStream") or output.get("contentStream") or "null"
            document = output.get("didDocument") or json.loads(stream)
            if document and set(LISTS) <= document.keys():
                found.setdefault(document["id"], []).append(document)
        for did in content.get("dids", []):
            found.setdefault(did, []).append(content[did]["didDocumentDataModel"]["properties"])
    return found


def as_now(document: dict[str, Any]) -> dict[str, Any]:
    """The lists of a document, a key as the compressed point that the resolver writes today."""
    methods = []
    for method in document["verificationMethod"]:
        rest = {name: value for name, value in method.items() if name != "publicKeyJwk"}
        if "publicKeyJwk" in method:
            x, y = (from_b64u(method["publicKeyJwk"][name]) for name in ("x", "y"))
            rest["publicKeyHex"] = bytes([2 + y[-1] % 2, *x]).hex()
        methods.append(rest)
    return {**{name: document[name] for name in LISTS}, "verificationMethod": methods}


def test_every_file_is_used() -> None:
    assert files.names("did_ethr") == sorted(USED)
    found = documents()
    assert set(UNCHANGED) < found.keys()
    assert len(found.keys() - set(UNCHANGED)) == 6 + 1  # six that changed, one deactivated
    assert [len(found[did]) for did in UNCHANGED] == [9, 9]


def test_our_registry_gives_the_document_on_record(world: World) -> None:
    ours = [did.replace("did:ethr:", "did:ethr:qilian:") for did in UNCHANGED]
    for did, result in zip(UNCHANGED, resolve(world, *ours), strict=True):
        text = json.dumps({name: result["didDocument"][name] for name in LISTS})
        text = text.replace("did:ethr:qilian:", "did:ethr:").replace("eip155:1337:", "eip155:1:")
        for recorded in documents()[did]:
            assert json.loads(text) == as_now(recorded)


def test_what_is_no_did_is_refused_as_on_record(world: World) -> None:
    for name in RESOLVERS:
        errors = files.load("did_ethr", name)["expectedOutcomes"]["invalidDidErrorOutcome"]
        for index in errors:
            execution = files.load("did_ethr", name)["executions"][index]
            (result,) = resolve(world, execution["input"]["did"])
            expected = execution["output"]["didResolutionMetadata"]["error"]
            assert result["didResolutionMetadata"]["error"] == expected == "invalidDid"


def test_a_did_on_a_numbered_chain_is_spelled_as_on_record() -> None:
    numbered = [did for did in documents() if did.startswith("did:ethr:0x89:")]
    assert len(numbered) == 2
    for did in numbered:
        assert did_ethr(0x89, did.rpartition(":")[2]) == did
