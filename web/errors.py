"""What can go wrong before a request reaches a use case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class WebError(Exception):
    """Base of all errors of the shell; ``kind`` decides the HTTP status."""

    code: ClassVar[str] = "web_error"
    kind: ClassVar[str] = "invalid"
    title_en: ClassVar[str] = "The request cannot be processed."
    title_zh: ClassVar[str] = "无法处理该请求。"

    def __init__(
        self, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra


class NotSignedIn(WebError):
    """The route needs a signed-in actor and the request carries no live session."""

    code, kind = "not_signed_in", "unauthenticated"
    title_en = "Sign in to continue."
    title_zh = "请先登录。"


class SignInRefused(WebError):
    """Login and password do not match; says the same for an unknown login."""

    code, kind = "sign_in_refused", "unauthenticated"
    title_en = "The login or the password is wrong."
    title_zh = "登录名或密码不正确。"


class RoleRequired(WebError):
    """The actor is signed in but holds none of the roles the route declares."""

    code, kind = "role_required", "forbidden"
    title_en = "Your role does not allow this."
    title_zh = "您的角色无权进行此操作。"


class AccessUndeclared(WebError):
    """The route declares neither roles nor a reason to be public, so nobody may use it."""

    code, kind = "access_undeclared", "forbidden"
    title_en = "Nobody may use this address yet."
    title_zh = "该地址尚未开放。"


class CSRFTokenInvalid(WebError):
    """An unsafe request with a cookie does not prove that it came from our own page."""

    code, kind = "csrf_token_invalid", "forbidden"
    title_en = "The form has expired. Reload the page and try again."
    title_zh = "表单已过期，请刷新页面后重试。"


class MalformedInput(WebError):
    """The request holds characters or numbers that no field can hold."""

    code, kind = "malformed_input", "malformed"
    title_en = "The request is malformed."
    title_zh = "请求格式有误。"


class DuplicateAccount(WebError):
    """An organisation code or a login exists already."""

    code, kind = "duplicate_account", "conflict"
    title_en = "This account exists already."
    title_zh = "该账户已存在。"


class NotReady(WebError):
    """A part the service depends on does not answer."""

    code, kind = "not_ready", "unavailable"
    title_en = "The service is not ready."
    title_zh = "服务尚未就绪。"
