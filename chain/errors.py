"""What can go wrong between us and an EVM chain: one class per cause."""

from __future__ import annotations

from typing import Any


class ChainError(Exception):
    """Base of all chain errors."""

    code = "chain_error"
    kind = "unavailable"
    title_en = "The chain could not do what was asked."
    title_zh = "区块链未能完成请求。"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class NodeUnreachable(ChainError):
    """Nothing answers as a node at the configured address."""

    code = "node_unreachable"
    title_en = "The chain node does not answer."
    title_zh = "区块链节点没有响应。"


class RPCFailed(ChainError):
    """The node answered a request with an error; carries its message and data."""

    code = "rpc_failed"
    title_en = "The chain node refused the request."
    title_zh = "区块链节点拒绝了请求。"

    def __init__(self, method: str, error: Any) -> None:
        self.method = method
        self.error = error if isinstance(error, dict) else {"message": str(error)}
        self.message = str(self.error.get("message", ""))
        super().__init__(f"{method}: {self.message}")

    @property
    def data(self) -> Any:
        """The error's data member as the node sent it, the place where revert data arrives."""
        return self.error.get("data")


class ContractReverted(ChainError):
    """A contract refused; carries the decoded error's name and arguments.

    ``error_name`` is the custom error's name, ``Error`` for a reason string, ``Panic`` for a
    compiler check, ``OutOfGas``, or ``Revert`` when the contract gave nothing. ``error_args``
    are JSON values: bytes as 0x-hex, addresses as checksummed hex.
    """

    code = "contract_reverted"
    kind = "conflict"
    title_en = "The contract refused the change."
    title_zh = "智能合约拒绝了该变更。"

    def __init__(self, error_name: str, error_args: tuple[Any, ...] = ()) -> None:
        self.error_name = error_name
        self.error_args = error_args
        shown = ", ".join(str(value) for value in error_args)
        super().__init__(
            f"the contract refused with {error_name}({shown})",
            error_name=error_name,
            error_args=list(error_args),
        )


class OtherChain(ChainError):
    """The node serves another chain than the one this database was made with."""

    code = "other_chain"
    title_en = "The node serves another chain."
    title_zh = "节点所服务的是另一条链。"


class ChainWentBackwards(ChainError):
    """The chain no longer holds a block that this database has already relied on."""

    code = "chain_went_backwards"
    title_en = "The chain went backwards."
    title_zh = "区块链发生了回退。"


class CodeMismatch(ChainError):
    """The code at a recorded address is not the code that was deployed there."""

    code = "code_mismatch"
    title_en = "A contract's code is not the one that was deployed."
    title_zh = "合约代码与部署时不一致。"


class NotDeployed(ChainError):
    """The contract has no recorded address in this database."""

    code = "not_deployed"
    title_en = "The contract is not deployed."
    title_zh = "合约尚未部署。"


class DeploymentFailed(ChainError):
    """A step of the deployment was mined and failed, or its plan cannot be followed."""

    code = "deployment_failed"
    title_en = "The contracts could not be deployed."
    title_zh = "合约部署失败。"


class CompileError(ChainError):
    """The contracts could not be compiled, or a compiled contract is missing."""

    code = "compile_error"
    title_en = "The contracts could not be compiled."
    title_zh = "智能合约编译失败。"


class UnknownSigner(ChainError):
    """No key is configured for the named signer."""

    code = "unknown_signer"
    kind = "not_found"
    title_en = "There is no key for this signer."
    title_zh = "没有该签名人的密钥。"


class UnknownEngine(ChainError):
    """No engine profile has the configured name."""

    code = "unknown_engine"
    kind = "invalid"
    title_en = "The chain engine is unknown."
    title_zh = "未知的区块链引擎。"


class IntentConflict(ChainError):
    """A dedupe key was used again for a different write."""

    code = "intent_conflict"
    kind = "conflict"
    title_en = "The same key was used for two different chain writes."
    title_zh = "同一去重键被用于两次不同的上链写入。"


class ItemNotEncodable(ChainError):
    """An item does not fit the contract function it is meant for."""

    code = "item_not_encodable"
    kind = "invalid"
    title_en = "The item does not fit the contract's function."
    title_zh = "数据项与合约函数不匹配。"


class LeaseLost(ChainError):
    """Another worker has taken over a signer; what this one prepared is dropped unsent."""

    code = "lease_lost"
    title_en = "Another worker has taken over."
    title_zh = "已由其他工作进程接管。"


class OutboxNotIdle(ChainError):
    """Writes were still waiting when the time to land them was over."""

    code = "outbox_not_idle"
    title_en = "Chain writes are still waiting."
    title_zh = "仍有上链写入等待处理。"


class ReorganisationTooDeep(ChainError):
    """The chain replaced more blocks than are remembered; the index must be rebuilt."""

    code = "reorganisation_too_deep"
    title_en = "The chain replaced more blocks than are remembered."
    title_zh = "区块链重组深度超出记录范围。"
