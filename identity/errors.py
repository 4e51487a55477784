"""Everything that can go wrong in `identity`, one class per cause."""

from __future__ import annotations

from typing import Any, ClassVar


class IdentityError(Exception):
    """Base of all identity errors; carries a stable code, a kind and what was found."""

    code: ClassVar[str] = "identity_error"
    kind: ClassVar[str] = "invalid"
    title_en: ClassVar[str] = "The identity request cannot be carried out"
    title_zh: ClassVar[str] = "身份请求无法执行"
    explanation_zh: ClassVar[str] = ""  # what to do, for pages; `detail_zh=` says it more exactly

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        said = {"detail_zh": self.explanation_zh} if self.explanation_zh else {}
        self.extra = {**said, **extra}


class InvalidUSCC(IdentityError):
    """The unified social credit code breaks GB 32100-2015."""

    code = "invalid_uscc"
    title_en = "The unified social credit code is not valid"
    title_zh = "统一社会信用代码无效"
    explanation_zh = "请按营业执照填写18位代码：不含空格，字母大写，末位为校验码（GB 32100-2015）。"


class EnterpriseNotInRegister(IdentityError):
    """The market-regulation register holds no live company with this code and representative."""

    code = "enterprise_not_in_register"
    title_en = "The register does not confirm this enterprise"
    title_zh = "登记机关未能确认该企业"
    explanation_zh = (
        "代码与法定代表人须与市场监管登记一致；请对照营业执照核对，登记有误请先办理变更。"
    )


class EnterpriseAlreadyRegistered(IdentityError):
    """A live identity exists for this enterprise."""

    code, kind = "enterprise_already_registered", "conflict"
    title_en = "The enterprise is already registered"
    title_zh = "该企业已注册"
    explanation_zh = "请直接登录；如密钥已丢失，请办理身份恢复。"


class EnterpriseNotFound(IdentityError):
    """No registered enterprise has this identifier, or it belongs to another tenant."""

    code, kind = "enterprise_not_found", "not_found"
    title_en = "No such enterprise"
    title_zh = "未找到该企业"


class OrganisationNotFound(IdentityError):
    """No bank, authority or regulator has this code."""

    code, kind = "organisation_not_found", "not_found"
    title_en = "No such organisation"
    title_zh = "未找到该机构"
    explanation_zh = "没有使用该代码的企业或机构，请核对后重试。"


class UnknownCredentialType(IdentityError):
    """The credential type is not in the type registry."""

    code, kind = "unknown_credential_type", "not_found"
    title_en = "Unknown credential type"
    title_zh = "未知的凭证类型"


class InvalidClaims(IdentityError):
    """The claims do not satisfy the credential type's schema."""

    code = "invalid_claims"
    title_en = "The claims do not fit the credential type"
    title_zh = "声明不符合凭证类型的格式"


class IssuerNotAccredited(IdentityError):
    """The issuer holds no live accreditation for this type and jurisdiction."""

    code, kind = "issuer_not_accredited", "forbidden"
    title_en = "The issuer is not accredited for this credential type"
    title_zh = "签发机构未获该类凭证的授权"
    explanation_zh = "签发资格由监管部门授予或恢复。"


class MalformedToken(IdentityError):
    """A JWS or SD-JWT cannot be parsed."""

    code, kind = "malformed_token", "malformed"
    title_en = "The token cannot be read"
    title_zh = "令牌无法解析"


class InvalidSignature(IdentityError):
    """A signature does not verify with the key it names."""

    code = "invalid_signature"
    title_en = "The signature is not valid"
    title_zh = "签名无效"


class InvalidDisclosure(IdentityError):
    """A disclosure matches no digest, is repeated or is malformed (RFC 9901 §7.1)."""

    code = "invalid_disclosure"
    title_en = "A disclosure does not belong to the credential"
    title_zh = "披露项与凭证不符"


class InvalidKeyBinding(IdentityError):
    """The key-binding JWT has a wrong nonce, audience, time, hash or key (RFC 9901 §7.3)."""

    code = "invalid_key_binding"
    title_en = "The presentation is not bound to this request and holder"
    title_zh = "出示未与本次请求或持有人绑定"


class VerificationFailed(IdentityError):
    """A step of the verification failed; carries all steps with their outcomes."""

    code = "verification_failed"
    title_en = "The presentation was refused"
    title_zh = "出示未通过核验"
    explanation_zh = "有核验步骤未通过，未作任何更改。请查看未通过的步骤，更新凭证后重新出示。"


class RequestNotFound(IdentityError):
    """No presentation request has this identifier."""

    code, kind = "presentation_request_not_found", "not_found"
    title_en = "No such presentation request"
    title_zh = "未找到该出示请求"


class RequestAlreadyAnswered(IdentityError):
    """The presentation request was answered before; a request is good for one response."""

    code, kind = "presentation_request_used", "conflict"
    title_en = "The presentation request was already answered"
    title_zh = "该出示请求已被使用"
    explanation_zh = "每个请求只能答复一次，请重新发起请求。"


class RequestExpired(IdentityError):
    """The presentation request's lifetime is over."""

    code, kind = "presentation_request_expired", "gone"
    title_en = "The presentation request has expired"
    title_zh = "该出示请求已过期"
    explanation_zh = "请重新发起请求。"


class PresentationNotFound(IdentityError):
    """No verified presentation has this identifier for this reader."""

    code, kind = "presentation_not_found", "not_found"
    title_en = "No such presentation"
    title_zh = "未找到该出示"


class CredentialMissing(IdentityError):
    """The wallet lacks a credential that the request requires."""

    code, kind = "credential_missing", "conflict"
    title_en = "The wallet lacks a required credential"
    title_zh = "钱包缺少必需的凭证"
    explanation_zh = "请先向签发机构领取所缺的凭证，再重新出示。"


class ConsentMissing(IdentityError):
    """No consent covers this recipient, purpose and data."""

    code, kind = "consent_missing", "forbidden"
    title_en = "The enterprise has not consented to this"
    title_zh = "企业尚未就此授权"
    explanation_zh = "请企业先在“授权”中就该用途授权本机构。"


class ConsentExpired(IdentityError):
    """The consent's validity is over."""

    code, kind = "consent_expired", "forbidden"
    title_en = "The consent has expired"
    title_zh = "授权已过期"
    explanation_zh = "请企业重新授权后再试。"


class ConsentRevoked(IdentityError):
    """The enterprise has revoked or paused the consent."""

    code, kind = "consent_revoked", "forbidden"
    title_en = "The enterprise has withdrawn the consent"
    title_zh = "企业已撤回授权"
    explanation_zh = "企业已撤回或暂停授权，数据不能再读取；如需继续，请企业重新授权。"


class ConsentNotFound(IdentityError):
    """No consent has this identifier, or it belongs to another tenant."""

    code, kind = "consent_not_found", "not_found"
    title_en = "No such consent"
    title_zh = "未找到该授权"


class KeyStoreError(IdentityError):
    """A key cannot be unwrapped: the key-encryption key is missing or not the one used."""

    code, kind = "key_store_error", "unavailable"
    title_en = "The key store cannot serve this key"
    title_zh = "密钥库无法提供该密钥"


class VerificationInconclusive(IdentityError):
    """A step of the verification could not be checked now; this is not a refusal."""

    code, kind = "verification_inconclusive", "unavailable"
    title_en = "The presentation cannot be checked right now"
    title_zh = "目前无法核验该出示"
    explanation_zh = "链上索引或状态暂不可用，这不表示被拒绝；请稍后重试。"


class UntrustedCertificate(IdentityError):
    """An `x5c` certificate is not the consortium CA's, is out of date or names another host."""

    code = "untrusted_certificate"
    title_en = "The certificate is not trusted"
    title_zh = "证书不受信任"


class UnknownPurpose(IdentityError):
    """No such purpose is defined."""

    code = "unknown_purpose"
    title_en = "Unknown purpose"
    title_zh = "未知用途"
    explanation_zh = "请从页面所列用途中选择。"


class ProtocolError(IdentityError):
    """A request of an OAuth 2.0 or OpenID protocol is refused, in the protocol's own words.

    `error` is the protocol's code (RFC 6749 §5.2, OpenID4VCI 1.0 §8.3.1.2), `status` the HTTP
    status; the detail is ASCII, as the protocols demand.
    """

    code, kind = "protocol_error", "malformed"
    title_en = "The request does not follow the protocol"
    title_zh = "请求不符合协议"

    def __init__(
        self, error: str, detail: str, *, status: int = 400, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail, error=error)
        self.error = error
        self.status = status
        self.headers = headers or {}


class OfferNotFound(IdentityError):
    """No credential offer of this issuer has this identifier."""

    code, kind = "credential_offer_not_found", "not_found"
    title_en = "No such credential offer"
    title_zh = "未找到该领取邀请"


class NothingToOffer(IdentityError):
    """The issuer does not issue a type that was asked, or keeps no record to issue."""

    code, kind = "nothing_to_offer", "conflict"
    title_en = "There is nothing to issue"
    title_zh = "没有可签发的内容"
    explanation_zh = "该机构不签发此类凭证，或登记簿中没有该企业的记录。"


class CredentialNotFound(IdentityError):
    """No credential has this digest, or another organisation issued it."""

    code, kind = "credential_not_found", "not_found"
    title_en = "No such credential"
    title_zh = "未找到该凭证"
    explanation_zh = "请核对凭证摘要；只能查看或更改本机构签发的凭证。"


class RevokedIsFinal(IdentityError):
    """The credential is revoked; no other status can follow."""

    code, kind = "revoked_is_final", "conflict"
    title_en = "The credential is revoked, which is final"
    title_zh = "凭证已撤销，不可恢复"
    explanation_zh = "撤销不可逆；如事实恢复，请签发新凭证。"


class StatusListNotFound(IdentityError):
    """The issuer has no status list of this number or purpose."""

    code, kind = "status_list_not_found", "not_found"
    title_en = "No such status list"
    title_zh = "未找到该状态列表"


class StatusIndexOutOfRange(IdentityError):
    """A credential's status index lies beyond its status list (Token Status List §8.3)."""

    code = "status_index_out_of_range"
    title_en = "The credential's status index is not in its list"
    title_zh = "凭证的状态索引不在状态列表中"


class MalformedQuery(IdentityError):
    """A DCQL query breaks the rules of OpenID4VP 1.0 §6."""

    code, kind = "malformed_query", "malformed"
    title_en = "The query cannot be read"
    title_zh = "查询无法解析"


class UntrustedRequest(IdentityError):
    """A presentation request is not from whom it names, or has expired."""

    code, kind = "untrusted_request", "malformed"
    title_en = "The request is not from the verifier it names"
    title_zh = "该请求并非来自其声称的验证方"
    explanation_zh = "请勿出示；请让对方重新发起请求。"


class IssuerUnresolved(IdentityError):
    """The key of a credential's issuer cannot be found under the name it gives."""

    code = "issuer_unresolved"
    title_en = "The issuer's key cannot be found"
    title_zh = "找不到签发机构的密钥"


class MalformedEvidence(IdentityError):
    """An evidence bundle, or a part of it, has another form than `urn:qilian:evidence:1` says."""

    code, kind = "malformed_evidence", "malformed"
    title_en = "The evidence cannot be read"
    title_zh = "证据包无法解析"


class EvidenceMismatch(IdentityError):
    """A part of an evidence bundle contradicts another: a hash, a proof or an event."""

    code = "evidence_mismatch"
    title_en = "The evidence contradicts itself"
    title_zh = "证据包前后不符"


class CheckpointTooFar(IdentityError):
    """Evidence cannot lead to this block by headers: it is too far from what it rests on."""

    code = "checkpoint_too_far"
    title_en = "The evidence cannot lead to this block"
    title_zh = "证据包无法延伸到该区块"
    explanation_zh = "请选择凭证上链之后不久的区块，或不指定区块。"


class EvidenceNotReady(IdentityError):
    """Evidence of a credential cannot be made yet or now; this says nothing against it."""

    code, kind = "evidence_not_ready", "unavailable"
    title_en = "The evidence cannot be made right now"
    title_zh = "目前无法出具证据包"
    explanation_zh = "凭证尚未上链，或链暂不可用；这不表示凭证有问题，请稍后重试。"


class SM2Unavailable(IdentityError):
    """An SM2 key signs or verifies where the optional SM2 library is not installed."""

    code, kind = "sm2_unavailable", "unavailable"
    title_en = "SM2 signatures are not available here"
    title_zh = "此处无法使用SM2签名"
