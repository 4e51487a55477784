"""Administrative divisions: names, GB/T 2260 codes and postcodes of Beijing's districts.

The postcode is that of the district's main post office: good for a form, not for routing.
"""

from __future__ import annotations

from dataclasses import dataclass

from stdnum import numdb


@dataclass(frozen=True, slots=True)
class District:
    """A county-level division."""

    name: str
    area_code: str
    postcode: str


_BEIJING = (
    District("东城区", "110101", "100010"),
    District("西城区", "110102", "100032"),
    District("朝阳区", "110105", "100020"),
    District("丰台区", "110106", "100071"),
    District("石景山区", "110107", "100043"),
    District("海淀区", "110108", "100089"),
    District("门头沟区", "110109", "102300"),
    District("房山区", "110111", "102488"),
    District("通州区", "110112", "101149"),
    District("顺义区", "110113", "101300"),
    District("昌平区", "110114", "102200"),
    District("大兴区", "110115", "102600"),
    District("怀柔区", "110116", "101400"),
    District("平谷区", "110117", "101200"),
    District("密云区", "110118", "101500"),
    District("延庆区", "110119", "102100"),
)
_TOWNSHIPS = {"北京经济技术开发区": "大兴区", "亦庄": "大兴区"}


def district_of(address: str) -> District | None:
    """Return the Beijing district that an address names, or None."""
    if "北京" not in address and not address.startswith(tuple(d.name for d in _BEIJING)):
        return None
    named = [(address.find(d.name), d) for d in _BEIJING if d.name in address]
    if named:
        return min(named, key=lambda pair: pair[0])[1]
    for place, district in _TOWNSHIPS.items():
        if place in address:
            return next(d for d in _BEIJING if d.name == district)
    return None


def is_division(code: str) -> bool:
    """Say whether six digits are a county-level division of GB/T 2260, present or past."""
    found = numdb.get("cn/loc").info(code)
    return len(found) == 2 and bool(found[1][1].get("county"))
