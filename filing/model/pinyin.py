"""Chinese names and addresses in Latin letters (汉语拼音, without tones)."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin

_COMPOUND_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
)


@lru_cache(maxsize=4096)
def address_in_pinyin(address: str) -> str:
    """Return an address syllable by syllable, numbers kept: `Bei Jing Shi … 1 Hao`."""
    return " ".join(part.strip().capitalize() for part in lazy_pinyin(address) if part.strip())


@lru_cache(maxsize=4096)
def name_in_pinyin(name: str) -> str:
    """Return a personal name as surname and given name: `Zhang Ming`, `Ouyang Feifei`."""
    if not any("\u4e00" <= character <= "\u9fff" for character in name):
        return name
    split = 2 if name.startswith(_COMPOUND_SURNAMES) and len(name) > 2 else 1
    parts = (
        "".join(lazy_pinyin(part)).strip().capitalize() for part in (name[:split], name[split:])
    )
    return " ".join(part for part in parts if part)
