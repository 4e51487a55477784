"""Gas of our contracts beside that of published ones, on one node in one run.

The peers are what their npm packages ship: the Ethereum Attestation Service, the uPort registry of
ERC-1056 and ONCHAINID, each deployed and used as its documentation says. `BareBitmap` is the limit:
a word of statuses that anybody may set, without any check.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.peers import Peers
from bench.row import Row
from tests.contracts.gas import MEASURES
from tests.contracts.node import running_node
from tests.contracts.world import World

BATCH = 10_000
EAS_ATTEST, EAS_ATTEST_50 = "EAS attest", "EAS multiAttest of 50, each"
EAS_REVOKE, EAS_REVOKE_50 = "EAS revoke", "EAS multiRevoke of 50, each"
TIMESTAMP = "EAS timestamp of a root"
ERC1056 = "ERC-1056 setAttribute and addDelegate"
PROXY, CLAIM = "ONCHAINID proxy of an identity", "ONCHAINID addClaim"

# Which of our operations is compared with which of the peers', and by which figure of `gas.json`.
COMPARED: dict[str, tuple[str, str | None]] = {
    "anchor_batch": ("anchor_batch", TIMESTAMP),
    "revoke_first": ("revoke_first", EAS_REVOKE),
    "revoke_later": ("revoke_later", EAS_REVOKE),
    "revoke_untouched_each": ("revoke_50_untouched_words_each", EAS_REVOKE_50),
    "revoke_touched_each": ("revoke_50_touched_words_each", EAS_REVOKE_50),
    "revoke_dense_each": ("revoke_dense_each", EAS_REVOKE_50),
    "register_enterprise": ("register_enterprise", ERC1056),
    "register_enterprise_batch50_each": ("register_enterprise_batch50_each", ERC1056),
    "record_loan": ("record_loan", EAS_ATTEST),
    "record_loan_batch50_each": ("record_loan_batch50_each", EAS_ATTEST_50),
    "pledge_merkle14": ("pledge_merkle14", None),
    "grant_consent": ("grant_consent", EAS_ATTEST),
    "revoke_consent": ("revoke_consent", EAS_REVOKE),
    "anchor_log": ("anchor_log", TIMESTAMP),
}
# The same figures beside a second peer, or beside the bare limit.
ALSO: dict[str, tuple[str, str]] = {
    "anchor_batch_to_claim": ("anchor_batch", CLAIM),
    "register_enterprise_to_onchainid": ("register_enterprise", PROXY),
    "revoke_first_to_bare": ("revoke_first", "bare bitmap, first in a word"),
    "revoke_later_to_bare": ("revoke_later", "bare bitmap, later in a word"),
    "revoke_dense_each_to_bare": ("revoke_dense_each", "bare bitmap, eight new words, each status"),
}


def rows() -> Iterator[Row]:
    """Yield our figures with their ratio to the peers', then the peers' own."""
    with running_node("anvil") as node:
        world = World(node)
        ours: dict[str, float] = {}
        for measure in MEASURES:
            snapshot = node.snapshot()
            ours |= measure(world)
            node.revert(snapshot)
        peers = Peers(node).measure()
    for name, (figure, peer) in (COMPARED | ALSO).items():
        ratio = None if peer is None else ours[figure] / peers[peer]
        yield Row(f"gas.{name}", ours[figure], "gas", ratio, peer)
    each = ours["anchor_batch"] / BATCH
    yield Row("gas.anchor_each_of_10000", each, "gas", each / peers[EAS_ATTEST_50], EAS_ATTEST_50)
    for name, gas in peers.items():
        slug = "_".join(name.lower().replace(",", "").replace("-", "").split())
        yield Row(f"gas.peer.{slug}", gas, "gas")
