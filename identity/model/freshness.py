"""How fresh a status must be: passed, failed, or cannot be checked now."""

from __future__ import annotations

from dataclasses import dataclass

from identity.model.verification import Outcome

CLOCK_SKEW_S = 60


@dataclass(frozen=True)
class Freshness:
    """A judgement about the age of a status, in words."""

    outcome: Outcome
    detail_en: str
    detail_zh: str


_FRESH = Freshness(Outcome.PASSED, "the status is fresh", "状态信息足够新")


@dataclass(frozen=True)
class FreshnessRule:
    """A verifier's rule: the oldest status it relies on.

    A status that is too old says nothing: the answer is "cannot check", never "failed". Failed is
    a statement about its own time that cannot be true.
    """

    age_s_max: int

    def of_age(self, age_s: int) -> Freshness:
        """Judge a status that was level with its source `age_s` seconds ago."""
        if age_s <= self.age_s_max:
            return _FRESH
        return Freshness(
            Outcome.CANNOT_CHECK,
            f"the status is {age_s} s old, at most {self.age_s_max} s are accepted; "
            "try again when it is back",
            f"状态信息已有{age_s}秒,最多接受{self.age_s_max}秒,请稍后再试",
        )

    def of_token(
        self, *, iat: int, exp: int | None, ttl: int | None, fetched_at: int, now: int
    ) -> Freshness:
        """Judge a status list token (draft-ietf-oauth-status-list §5.1, §8.3, §13.7).

        1. Issued in the future, or expired when issued: failed, its times cannot be true.
        2. Expired: cannot check, whatever status it states.
        3. Kept longer than its `ttl` since it was fetched: cannot check, fetch it again.
        4. Issued longer ago than this rule accepts: cannot check.

        Args:
            iat, exp: the token's times, UTC epoch seconds; ttl: seconds.
            fetched_at: when we fetched it.
            now: the time of the verification.
        """
        if iat > now + CLOCK_SKEW_S or (exp is not None and exp <= iat):
            detail = f"the status list says it was issued at {iat} and expires at {exp}"
            return Freshness(Outcome.FAILED, detail, f"状态列表时间有误:签发{iat},失效{exp}")
        if exp is not None and now >= exp:
            return Freshness(Outcome.CANNOT_CHECK, "the status list has expired", "状态列表已过期")
        if ttl is not None and now - fetched_at > ttl:
            detail = f"the status list was fetched {now - fetched_at} s ago, its ttl is {ttl} s"
            zh = f"状态列表获取于{now - fetched_at}秒前,超出有效时长{ttl}秒"
            return Freshness(Outcome.CANNOT_CHECK, detail, zh)
        return self.of_age(max(0, now - iat))
