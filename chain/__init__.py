"""EVM plumbing without a business word: deploy, write, read, follow."""

from chain.accounts import DEVELOPMENT_MNEMONIC, Signers
from chain.artifacts import Artifact, artifact_from_json
from chain.check import ChainState, check_chain, check_node, verify_code
from chain.cli import chain_cli
from chain.deploy import Deployed, deploy
from chain.errors import (
    ChainError,
    ChainWentBackwards,
    CodeMismatch,
    ContractReverted,
    DeploymentFailed,
    IntentConflict,
    ItemNotEncodable,
    NodeUnreachable,
    NotDeployed,
    OtherChain,
    OutboxNotIdle,
    RPCFailed,
    UnknownEngine,
    UnknownSigner,
)
from chain.events import DecodedEvent
from chain.follower import Follower
from chain.history import RawBlock, blocks_with_events, raw_blocks, raw_receipts, recorded_events
from chain.node import Chain
from chain.outbox import (
    FailedIntent,
    IntentState,
    IntentStatus,
    Outbox,
    TransactionTotals,
)
from chain.plan import DeploymentPlan, load_plan, plan_from_data
from chain.profiles import EngineProfile, engine_profile
from chain.threads import OutboxThread
from chain.worker import OutboxWorker, Progress

__all__ = [
    "DEVELOPMENT_MNEMONIC",
    "Artifact",
    "Chain",
    "ChainError",
    "ChainState",
    "ChainWentBackwards",
    "CodeMismatch",
    "ContractReverted",
    "DecodedEvent",
    "Deployed",
    "DeploymentFailed",
    "DeploymentPlan",
    "EngineProfile",
    "FailedIntent",
    "Follower",
    "IntentConflict",
    "IntentState",
    "IntentStatus",
    "ItemNotEncodable",
    "NodeUnreachable",
    "NotDeployed",
    "OtherChain",
    "Outbox",
    "OutboxNotIdle",
    "OutboxThread",
    "OutboxWorker",
    "Progress",
    "RPCFailed",
    "RawBlock",
    "Signers",
    "TransactionTotals",
    "UnknownEngine",
    "UnknownSigner",
    "artifact_from_json",
    "blocks_with_events",
    "chain_cli",
    "check_chain",
    "check_node",
    "deploy",
    "engine_profile",
    "load_plan",
    "plan_from_data",
    "raw_blocks",
    "raw_receipts",
    "recorded_events",
    "verify_code",
]
