"""Invented natural persons, recognisable as invented.

Every given name begins with 拟 ("simulated"), and every identity number begins with 990000, an
area that GB/T 2260 never assigned, while its birth date and check character are well formed
(GB 11643-1999), so that the forms' checks run on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.iso7064 import mod_11_2

from authorities.model.draw import Draw

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
    "云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤"
)
GIVEN = (
    "安宁平和康乐成达明远志诚信义嘉瑞文武刚毅勤敏慧静雅淑芳兰梅竹菊松柏岩峰川江海洋波涛"
    "云霞晨旭辉光耀星辰宇航博学思源"
)
AREA_NEVER_ASSIGNED = "990000"
BIRTH_PLACE = "模拟省模拟市"


@dataclass(frozen=True)
class Person:
    """One invented person with an identity card."""

    name: str
    gender: str
    birth_date: date
    id_no: str
    id_from: date
    id_to: date


def person(subject: str, role: str, as_of: date) -> Person:
    """Return the person who plays a role for a subject, the same one on every call."""
    draw = Draw(f"{subject}/{role}")
    gender = draw.pick("gender", ("male", "male", "female"))
    born = as_of.replace(day=1) - timedelta(days=draw.between("age_days", 27 * 366, 64 * 365))
    # 2 % let the card lapse: a bank has to notice.
    years_left = -1 if draw.chance("lapsed", 200) else draw.between("years_left", 9, 19)
    valid_to = date(as_of.year + years_left, born.month, min(born.day, 28))
    return Person(
        name=draw.pick("surname", SURNAMES) + "拟" + draw.pick("given", GIVEN),
        gender=gender,
        birth_date=born,
        id_no=identity_number(born, draw.between("sequence", 0, 499) * 2 + (gender == "male")),
        id_from=valid_to.replace(year=valid_to.year - 20),
        id_to=valid_to,
    )


def identity_number(born: date, sequence: int) -> str:
    """Return an 18-character number of the never assigned area; odd sequences are male."""
    body = f"{AREA_NEVER_ASSIGNED}{born:%Y%m%d}{sequence:03d}"
    return body + mod_11_2.calc_check_digit(body)
