"""What the columns of a register usually mean, and by which names: the ground on which a mapping is proposed. Names in both languages."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import NamedTuple

from workflows.words import Words, words


class Fact(NamedTuple):
    """One meaning: its code, what it is called, the type its cells have, and the names that columns with it go by (folded)."""

    code: str
    label: Words
    type: str
    names: tuple[str, ...]


FACTS = (
    Fact("inspected_on", words(en="Day of the inspection", vi="Ngày kiểm tra"), "day",
         ("inspection date", "date of inspection", "inspected on", "visit date", "audit date", "ngay kiem tra", "ngay thanh tra")),
    Fact("occasion", words(en="Kind of inspection", vi="Loại hình kiểm tra"), "text",
         ("inspection type", "type of inspection", "occasion", "loai hinh", "loai kiem tra", "hinh thuc kiem tra", "ly do kiem tra")),
    Fact("inspector", words(en="Who inspected", vi="Người kiểm tra"), "text",
         ("inspector", "inspector id", "inspectorid", "inspected by", "nguoi kiem tra", "can bo kiem tra", "kiem tra vien")),
    Fact("unit", words(en="Unit of this organisation", vi="Đơn vị của tổ chức"), "text",
         ("unit", "unit code", "unit name", "department", "don vi", "ma don vi", "ten don vi", "don vi duoc kiem tra")),
    Fact("subject", words(en="What was inspected", vi="Đối tượng kiểm tra"), "text",
         ("name", "establishment", "facility", "business", "premises", "co so", "ten co so", "doi tuong")),
    Fact("result", words(en="Result", vi="Kết quả"), "text",
         ("result", "outcome", "in compliance", "passed", "ket qua", "ket luan", "dat yeu cau")),
    Fact("found_on", words(en="Day of the finding", vi="Ngày phát hiện"), "day",
         ("violation date", "found on", "date found", "finding date", "ngay phat hien", "ngay vi pham", "ngay lap bien ban")),
    Fact("norm", words(en="Rule that was broken", vi="Quy định bị vi phạm"), "text",
         ("violation code", "code", "rule", "article", "provision", "regulation", "norm", "dieu khoan", "quy dinh", "can cu", "ma vi pham",
          "ma loi")),
    Fact("finding", words(en="What was found", vi="Nội dung phát hiện"), "text",
         ("violation description", "finding", "violation", "defect", "nonconformity", "description", "noi dung vi pham", "noi dung", "khuyet diem",
          "sai pham", "vi pham")),
    Fact("severity", words(en="How serious it is", vi="Mức độ"), "text",
         ("violation type", "severity", "risk", "level", "class", "muc do", "tinh chat")),
    Fact("place", words(en="Where", vi="Nơi phát hiện"), "text", ("location", "place", "area", "vi tri", "dia diem", "noi phat hien", "khu vuc")),
    Fact("due", words(en="To be remedied by", vi="Hạn khắc phục"), "day",
         ("due", "due date", "deadline", "correct by", "target date", "han", "han khac phuc", "thoi han", "han hoan thanh")),
    Fact("days", words(en="Days to remedy it", vi="Số ngày khắc phục"), "number",
         ("days to correct", "days", "days allowed", "so ngay", "so ngay khac phuc")),
    Fact("done_on", words(en="Remedied on", vi="Ngày khắc phục"), "day",
         ("corrected date", "date corrected", "corrected on", "completed on", "closed on", "completion date", "ngay khac phuc", "ngay hoan thanh",
          "ngay thuc hien")),
    Fact("measure", words(en="Measure", vi="Biện pháp"), "text",
         ("correction description", "corrective action", "measure", "action", "remedy", "bien phap", "bien phap khac phuc", "cach khac phuc")),
    Fact("person", words(en="Person who was sanctioned", vi="Người bị xử lý"), "text",
         ("person", "full name", "employee", "respondent", "ho ten", "ho va ten", "nguoi vi pham", "nguoi bi ky luat")),
    Fact("sanction", words(en="Sanction", vi="Hình thức kỷ luật"), "text",
         ("sanction", "penalty", "punishment", "disciplinary measure", "hinh thuc", "hinh thuc ky luat", "ky luat")),
    Fact("imposed_on", words(en="Day of the sanction", vi="Ngày quyết định"), "day",
         ("decision date", "imposed on", "effective date", "date of sanction", "ngay quyet dinh", "ngay ky", "ngay ky luat", "ngay hieu luc")),
    Fact("until", words(en="The sanction stands until", vi="Có hiệu lực đến"), "day",
         ("until", "expires", "expiry date", "spent on", "in force until", "het hieu luc", "hieu luc den", "ngay het hieu luc")),
)
BY_CODE = {fact.code: fact for fact in FACTS}
ENOUGH = 0.6
"""So well a name has to match for a meaning to be proposed."""
_PARTS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def bare(name: str) -> str:
    """A name of a column in lower case without diacritics, words apart."""
    spaced = _CAMEL.sub(" ", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in unicodedata.normalize("NFD", spaced) if not unicodedata.combining(c))
    return " ".join(part for part in _PARTS.split(plain.lower()) if part)


def likeness(name: str, fact: Fact) -> float:
    """How well a column's name says a meaning, from 0 to 1."""
    said = bare(name)
    best = 0.0
    for known in fact.names:
        if said == known:
            return 1.0
        mine, theirs = set(said.split()), set(known.split())
        if theirs <= mine or (len(theirs) > 1 and mine <= theirs and len(mine) > 1):
            best = max(best, 0.6 + 0.3 * len(theirs & mine) / len(theirs | mine))
        else:
            ratio = SequenceMatcher(None, said, known).ratio()
            best = max(best, ratio * 0.9 if ratio > 0.9 else 0.0)
    return best
