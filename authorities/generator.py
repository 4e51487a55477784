"""Made-up registrations in the register's form, recognisable as made up.

Every name begins with 北京拟 ("simulated"), every organisation code with XN (虚拟, "virtual"). The
codes pass both check characters and carry real Beijing divisions, so that all rules run on them.
"""

from __future__ import annotations

from datetime import date, timedelta

from authorities.model.draw import Draw
from authorities.model.registration import Capital, Registration, make_uscc
from authorities.model.trade import TRADES, Trade

# Division code and weight of each district, after the real register's shares.
_DISTRICTS = (
    ("海淀", "110108", 19),
    ("朝阳", "110105", 19),
    ("西城", "110102", 9),
    ("东城", "110101", 8),
    ("丰台", "110106", 8),
    ("大兴", "110115", 6),
    ("通州", "110112", 5),
    ("昌平", "110114", 5),
    ("顺义", "110113", 4),
    ("房山", "110111", 4),
    ("门头沟", "110109", 3),
    ("怀柔", "110116", 3),
    ("平谷", "110117", 3),
    ("石景山", "110107", 2),
)
_TRADE_WEIGHTS = {"building": 5, "technology": 4, "trading": 5, "transport": 2}
_BRAND = "安宝昌辰诚达德鼎东方丰福冠光广海浩和恒宏华汇嘉建金京景凯康朗乐联隆茂铭宁鹏启庆瑞润盛泰"
_STREETS = ("拟安路", "拟和大街", "拟兴路", "拟景东路", "拟华西街", "拟平北路", "拟源中路")
_CAPITALS_YUAN = (100_000, 300_000, 500_000, 500_000, 1_000_000, 1_000_000, 2_000_000)
_LARGE_CAPITALS_YUAN = (3_000_000, 5_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def generated_registrations(count: int) -> list[Registration]:
    """Return that many registrations; the first n of a larger city are the smaller city."""
    weighted = [t for t in TRADES for _ in range(_TRADE_WEIGHTS.get(t.code, 1))]
    names: set[str] = set()
    made = []
    for number in range(1, count + 1):
        registration = _registration(number, weighted, names)
        names.add(registration.name)
        made.append(registration)
    return made


def _registration(number: int, trades: list[Trade], names: set[str]) -> Registration:
    draw = Draw(f"generated company {number}")
    trade = draw.pick("trade", trades)
    districts = [(name, code) for name, code, weight in _DISTRICTS for _ in range(weight)]
    district, division = draw.pick("district", districts)
    registered_on = date(1995, 1, 1) + timedelta(days=draw.between("registered", 0, 20 * 365))
    return Registration(
        uscc=make_uscc(division, "XN" + _organisation_body(number)),
        name=_name(draw, trade, names),
        registered_on=registered_on,
        capital=None if draw.chance("no_capital", 300) else Capital(_capital_fen(draw), "CNY"),
        scope=trade.scope,
        district=district,
        address=f"北京市{district}区{draw.pick('street', _STREETS)}"
        f"{draw.between('house', 1, 299)}号{draw.between('room', 101, 1899)}室",
    )


def _organisation_body(number: int) -> str:
    """Return six characters that look random and differ for every number below 31**6."""
    value, body = number * 3**18 % 31**6, ""
    for _ in range(6):
        value, place = divmod(value, 31)
        body += _ORGANISATION_ALPHABET[place]
    return body


def _name(draw: Draw, trade: Trade, names: set[str]) -> str:
    kind = draw.pick("brand_kind", trade.brands)
    for attempt in range(1_000):
        brand = draw.pick(f"brand_a {attempt}", _BRAND) + draw.pick(f"brand_b {attempt}", _BRAND)
        if draw.chance("bracketed", 800):
            name = f"拟{brand}(北京){kind}有限公司"
        else:
            name = f"北京拟{brand}{kind}有限公司"
        if name not in names:
            return name
    raise ValueError("the city has more companies than the generator has names")


def _capital_fen(draw: Draw) -> int:
    large = draw.chance("large_capital", 2_500)
    return draw.pick("capital", _LARGE_CAPITALS_YUAN if large else _CAPITALS_YUAN) * 100
