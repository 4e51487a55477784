"""Is this the chain our records speak of? Compares what was recorded with what the node serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from chain.errors import ChainWentBackwards, CodeMismatch, NotDeployed, OtherChain
from chain.node import BlockHead, Chain
from chain.settlement import TransactionState
from chain.tables import CheckpointRow, DeploymentRow, TransactionRow
from db import db


@dataclass(frozen=True)
class ChainState:
    """A chain that passed the check."""

    chain_id: int
    genesis_hash: str
    head_number: int


@dataclass(frozen=True)
class CodeCheck:
    """One contract's code: as compiled, as recorded at deployment, as the node serves it."""

    contract: str
    address: str
    compiled: str
    recorded: str
    served: str

    @property
    def agrees(self) -> bool:
        """Whether all three are the same."""
        return self.compiled == self.recorded == self.served


def check_node(chain: Chain) -> None:
    """Check that a node answers and serves the configured chain id.

    Raises:
        NodeUnreachable: nothing answers.
        OtherChain: it serves another chain id.
    """
    found = int(chain.connection.request("eth_chainId"), 16)
    if found != chain.chain_id:
        raise OtherChain(
            f"the node at {chain.connection.url} serves chain id {found}, expected "
            f"{chain.chain_id}; set CHAIN_RPC_URL to the right node"
        )


def check_chain(chain: Chain) -> ChainState:
    """Check that the node serves the chain this database was made with, and all of it.

    Only reads, and ends the database transaction it began.

    Raises:
        NodeUnreachable, OtherChain, ChainWentBackwards, CodeMismatch: see those.
        NotDeployed: a step of the deployment has not been done.
    """
    done = set(
        db.session.scalars(
            select(DeploymentRow.step).where(DeploymentRow.block_number.is_not(None))
        )
    )
    db.session.commit()
    missing = [key for key in chain.plan.keys if key not in done]
    if missing:
        what = f"{len(missing)} steps of the deployment are missing, the first is {missing[0]}"
        raise NotDeployed(f"{what}; run 'flask --app app chain deploy'")
    return check_history(chain)


def check_history(chain: Chain) -> ChainState:
    """Check that the chain holds every block and all the code that was recorded, if any was.

    Raises:
        NodeUnreachable, OtherChain, ChainWentBackwards, CodeMismatch: see those.
    """
    relied_on = _relied_on()
    recorded = _recorded_code()
    db.session.commit()
    check_node(chain)
    genesis = _require(chain, 0)
    if relied_on and genesis.hash != relied_on[0]:
        raise OtherChain(
            f"the node's chain begins with block {genesis.hash}, this database was made with "
            f"{relied_on[0]}: the chain's directory was deleted, or another node listens at "
            f"{chain.connection.url}. Start the right node, or begin anew with an empty database"
        )
    for number, block_hash in relied_on.items():
        found = chain.block(number)
        if found is None or found.hash != block_hash:
            raise ChainWentBackwards(_backwards(chain, number, block_hash, found))
    _check_code(chain, recorded)
    return ChainState(chain.chain_id, genesis.hash, chain.head_number())


def verify_code(chain: Chain) -> list[CodeCheck]:
    """Compare the code of every deployed contract with the compiled artifact and the record."""
    recorded = _recorded_code()
    db.session.commit()
    served = deployed_code_hashes(chain, {name: address for name, (address, _) in recorded.items()})
    return [
        CodeCheck(name, address, chain.artifact(name).runtime_hash, code_hash, served[name])
        for name, (address, code_hash) in recorded.items()
    ]


def deployed_code_hashes(chain: Chain, addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the hash of the code at each address, immutable values blanked, by contract name."""
    requests = [("eth_getCode", (address, "latest")) for address in addresses.values()]
    codes = chain.request_all(requests)
    return {
        name: chain.artifact(name).code_hash(bytes.fromhex(code[2:]))
        for name, code in zip(addresses, codes, strict=True)
    }


def remember_chain(chain: Chain) -> None:
    """Record genesis and the newest block as what this database relies on; the caller commits."""
    genesis = _require(chain, 0)
    newest = _require(chain, max(0, chain.head_number() - chain.profile.confirmations))
    db.session.merge(
        CheckpointRow(
            id=1,
            chain_id=chain.chain_id,
            genesis_hash=genesis.hash,
            block_number=newest.number,
            block_hash=newest.hash,
        )
    )


def _require(chain: Chain, number: int) -> BlockHead:
    found = chain.block(number)
    if found is None:
        raise ChainWentBackwards(f"the node has no block {number}")
    return found


def _relied_on() -> dict[int, str]:
    """Return hashes by number: genesis, checkpoint, and the newest final transaction's block."""
    checkpoint = db.session.get(CheckpointRow, 1)
    if checkpoint is None:
        return {}
    blocks = {0: checkpoint.genesis_hash, checkpoint.block_number: checkpoint.block_hash}
    newest = db.session.execute(
        select(TransactionRow.block_number, TransactionRow.block_hash)
        .where(TransactionRow.state == TransactionState.FINAL)
        .order_by(TransactionRow.block_number.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None:
        blocks[newest.block_number] = newest.block_hash
    return blocks


def _recorded_code() -> dict[str, tuple[str, str]]:
    rows = db.session.execute(
        select(DeploymentRow.contract, DeploymentRow.address, DeploymentRow.code_hash)
        .where(DeploymentRow.code_hash.is_not(None))
        .order_by(DeploymentRow.block_number)
    )
    return {name: (address, found) for name, address, found in rows if address and found}


def _backwards(chain: Chain, number: int, expected: str, found: BlockHead | None) -> str:
    served = f"serves {found.hash} there" if found else f"ends at block {chain.head_number()}"
    return (
        f"this database relies on block {number} ({expected}), the node at "
        f"{chain.connection.url} {served}: the chain lost blocks. Restore the chain's directory, "
        "or begin anew with an empty database"
    )


def _check_code(chain: Chain, recorded: Mapping[str, tuple[str, str]]) -> None:
    served = deployed_code_hashes(chain, {name: address for name, (address, _) in recorded.items()})
    for name, (address, code_hash) in recorded.items():
        if served[name] != code_hash:
            raise CodeMismatch(
                f"{name} at {address} has code {served[name]}, recorded was {code_hash}",
                contract=name,
            )


def first_deployment_block() -> int | None:
    """Return the block of the first deployment, before which no log concerns us."""
    found: int | None = db.session.scalar(
        select(func.min(DeploymentRow.block_number)).where(DeploymentRow.block_number.is_not(None))
    )
    return found
