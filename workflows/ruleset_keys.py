"""The keys of a ruleset: families of names, what a value of each looks like, and what it is for.

A name in angle brackets stands for a code that the ruleset chooses itself: a sanction, a status, a level, a time limit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from workflows.calendar import read_limit
from workflows.roles import Role
from workflows.thresholds import Threshold, read_quorum
from workflows.words import Words, words

CODE = r"[a-z][a-z0-9_]*"
Reader = Callable[[Any], Any]


def _typed(kind: type) -> Callable[[Reader], Reader]:
    """The value has this type, and no other that only looks like it."""

    def wrap(read: Reader) -> Reader:
        def checked(value: Any) -> Any:
            if type(value) is not kind:
                raise ValueError(f"takes a value of type {kind.__name__}")
            return read(value)

        return checked

    return wrap


@_typed(int)
def whole(value: int) -> int:
    if value < 0:
        raise ValueError("may not be negative")
    return value


@_typed(bool)
def yes(value: bool) -> bool:
    return value


@_typed(str)
def week(value: str) -> str:
    if len(value) != 7 or set(value) - {"0", "1"} or "1" not in value:
        raise ValueError("takes seven marks 0 or 1, Monday first, at least one of them 1")
    return value


@_typed(str)
def limit(value: str) -> str:
    read_limit(value)
    return value


@_typed(str)
def period(value: str) -> str:
    """A time by the calendar, or `none`: what stands against a person for years is not counted in working days."""
    if value != "none" and read_limit(value)[1] == "wd":
        raise ValueError("takes days (d) or months (m), or none")
    return value


@_typed(str)
def threshold(value: str) -> str:
    Threshold.read(value)
    return value


@_typed(str)
def quorum(value: str) -> str:
    read_quorum(value)
    return value


@_typed(str)
def part(value: str) -> str:
    match = re.fullmatch(r"([1-9][0-9]?)/([1-9][0-9]?)", value)
    if match is None or int(match[1]) > int(match[2]):
        raise ValueError("takes a part of the time limit as a fraction, for example 1/3")
    return value


def part_or_limit(value: Any) -> str:
    """A part of the time limit, or a time of its own."""
    return str(part(value) if isinstance(value, str) and "/" in value else limit(value))


@_typed(str)
def code(value: str) -> str:
    if not re.fullmatch(CODE, value):
        raise ValueError(f"“{value}” is not a code; write small letters, digits and _")
    return value


@_typed(str)
def role(value: str) -> str:
    if value not in set(Role):
        raise ValueError(f"there is no role “{value}”")
    return value


def codes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or any(not isinstance(one, str) or not re.fullmatch(CODE, one) for one in value):
        raise ValueError("takes a list of codes of small letters, digits and _")
    if len(set(value)) < len(value):
        raise ValueError("names a code twice")
    return tuple(value)


def days(value: Any) -> tuple[int, ...]:
    """Numbers of days, the greatest first."""
    if not isinstance(value, list | tuple) or any(type(one) is not int or not 0 <= one <= 60 for one in value) or len(set(value)) < len(value):
        raise ValueError("takes a list of different numbers of days, from 0 to 60")
    return tuple(sorted(value, reverse=True))


def one_of(*possible: str) -> Reader:
    @_typed(str)
    def read(value: str) -> str:
        if value not in possible:
            raise ValueError(f"takes one of: {', '.join(possible)}")
        return value

    return read


@dataclass(frozen=True, slots=True)
class Family:
    """Keys that are alike: their name with codes in angle brackets, how a value is read, and what they are for.

    `terms` is the part of the terms in which the codes of a value are named. A family that is `whole` is replaced as a whole: a ruleset that
    says one of its keys says them all, and takes none from the ruleset below."""

    name: str
    read: Reader
    says: Words
    terms: str = ""
    whole: bool = False

    @property
    def single(self) -> bool:
        return "<" not in self.name


def _family(name: str, read: Reader, en: str, vi: str, terms: str = "", whole: bool = False) -> Family:
    return Family(name, read, words(en=en, vi=vi), terms, whole)


FAMILIES: tuple[Family, ...] = (
    # Inspecting ------------------------------------------------------------------------------------------------------
    _family("team.at_least", whole, "fewest people of a team, its leader included", "số người ít nhất của đoàn, gồm trưởng đoàn"),
    _family("team.at_most", whole, "most people of a team, its leader included", "số người nhiều nhất của đoàn, gồm trưởng đoàn"),
    _family("reminders", whole, "how many recorded reminders come before silence counts", "số lần nhắc được ghi lại trước khi coi là không trả lời"),
    _family("quorum.per_mille", whole, "of a thousand entitled, how many are present when a conclusion is drawn",
            "trong một nghìn người có quyền, số người dự họp khi kết luận"),
    _family("investigators_may_decide", yes, "whether who investigated may decide", "người kiểm tra có được quyết định không"),
    _family("superior_may_investigate", yes, "whether the direct superior or a subordinate of the person concerned may investigate",
            "cấp trên trực tiếp hoặc cấp dưới của người được xem xét có được kiểm tra không"),
    _family("working_week", week, "working days, Monday first", "ngày làm việc trong tuần, bắt đầu từ thứ Hai"),
    _family("remind.days", days, "how many days before a time limit ends those who can still act are reminded",
            "nhắc người còn phải làm trước khi hết thời hạn bao nhiêu ngày"),
    _family("calendar", code, "the calendar of holidays that working days go by", "lịch ngày nghỉ dùng để tính ngày làm việc"),
    # Sanctions -------------------------------------------------------------------------------------------------------
    _family("ladder.<status>", codes, "the sanctions for this status, lightest first", "các hình thức đối với diện này, từ nhẹ đến nặng",
            "sanction", whole=True),
    _family("competence.<level>.decides", codes, "what a body of this level decides", "những hình thức cấp này được quyết định", "sanction", True),
    _family("competence.<level>.proposes", codes, "what a body of this level proposes to the one above",
            "những hình thức cấp này được đề nghị lên cấp trên", "sanction", True),
    _family("competence.<level>.decides_on_organisations", codes, "what a body of this level decides against an organisation",
            "những hình thức cấp này được quyết định đối với tổ chức", "sanction", True),
    _family("competence.<level>.proposes_on_organisations", codes, "what a body of this level proposes against an organisation",
            "những hình thức cấp này được đề nghị đối với tổ chức", "sanction", True),
    _family("competence.<level>.tasks_from_above", yes, "whether it may decide on breaches in a task assigned by a higher body",
            "có được quyết định đối với vi phạm trong nhiệm vụ do cấp trên giao không", whole=True),
    _family("competence.<level>.up_to.<sanction>", codes, "up to which post, title or pay a body of this level decides it",
            "cấp này được quyết định đến chức vụ, cấp bậc, nhóm lương nào", "standing", True),
    _family("standing.<scale>", codes, "posts, titles or pay groups, lowest first", "chức vụ, cấp bậc, nhóm lương, từ thấp đến cao", "standing",
            True),
    _family("sanction.one_per_matter", yes, "whether one act is sanctioned once only", "mỗi vi phạm chỉ bị xử lý một lần"),
    _family("sanction.combined", yes, "whether several violations handled together lead to one sanction",
            "nhiều vi phạm xem xét cùng lúc chỉ áp dụng một hình thức"),
    _family("sanction.names_posts", codes, "sanctions whose decision names the posts it takes", "hình thức phải nêu rõ chức vụ bị cách", "sanction"),
    _family("decision.rule", one_of("vote", "one"), "whether a body votes, or one person decides", "tập thể biểu quyết hay một người quyết định"),
    _family("decision.effective", one_of("service", "announcement"), "when a decision takes effect, unless it names a later day",
            "thời điểm quyết định có hiệu lực, nếu không ghi ngày muộn hơn"),
    _family("minor.measures", codes, "what a minor matter may end with: lowest sanctions of a ladder",
            "mức áp dụng cho việc nhỏ: hình thức thấp nhất của khung", "sanction"),
    _family("measures.other", codes, "what may follow and is no sanction", "biện pháp không phải hình thức kỷ luật", "measure"),
    # Voting ----------------------------------------------------------------------------------------------------------
    _family("vote.base", one_of("roll", "present"), "of whom a threshold is counted: everyone on the roll, or those who vote",
            "mẫu số: toàn bộ danh sách, hay những người bỏ phiếu"),
    _family("vote.quorum", quorum, "the part of the roll that must vote", "tỷ lệ phải tham gia bỏ phiếu"),
    _family("vote.<sanction>.decide", threshold, "votes a decision needs", "số phiếu cần để quyết định"),
    _family("vote.<sanction>.propose", threshold, "votes a proposal needs", "số phiếu cần để đề nghị"),
    _family("vote.accumulate", yes, "whether a deciding vote adds votes from the heaviest form down until one reaches its threshold",
            "khi quyết định, có cộng dồn phiếu từ hình thức nặng nhất xuống không"),
    _family("vote.respondent_votes", yes, "whether the person concerned votes on their own matter", "người được xem xét có được bỏ phiếu không"),
    _family("vote.recusal_lowers_base", yes, "whether somebody who takes no part because of a tie is no longer counted in the roll",
            "người không tham gia vì có quan hệ có được trừ khỏi danh sách không"),
    _family("vote.at_least_voters", whole, "fewest voters with whom a body decides; it refers the matter up where it has fewer",
            "số người bỏ phiếu ít nhất; không đủ thì chuyển cấp trên"),
    _family("vote.none_on_ballot", yes, "whether “no sanction” stands on the ballot", "trên phiếu có ghi “không áp dụng hình thức” không"),
    _family("roll.excluded", codes, "who is not counted in the roll", "những người không tính vào danh sách", "exclusion"),
    _family("roll.excluded_if_absent", codes, "who is not counted in the roll where they do not come",
            "những người không tính vào danh sách nếu vắng mặt", "exclusion"),
    # Limitation and expiry -------------------------------------------------------------------------------------------
    _family("limitation.<sanction>", period, "how long after the act the sanction can be imposed", "thời hiệu áp dụng hình thức"),
    _family("limitation.exempt", codes, "violations that no time bars", "vi phạm không áp dụng thời hiệu", "category"),
    _family("limitation.restarts", yes, "whether a new violation inside the period starts it again",
            "vi phạm mới trong thời hiệu làm tính lại thời hiệu"),
    _family("limitation.start.ended", one_of("end", "act"), "from when an act that has ended counts", "mốc tính đối với hành vi đã chấm dứt"),
    _family("limitation.start.continuing", one_of("discovery", "conclusion"), "from when an act that goes on counts",
            "mốc tính đối với hành vi chưa chấm dứt"),
    _family("limitation.start.unknown_end", one_of("conclusion", "discovery", "act"), "from when an act whose end is unknown counts",
            "mốc tính khi không xác định được thời điểm chấm dứt"),
    _family("expiry.<sanction>", period, "how long after it took effect a sanction is spent", "thời gian sau đó hình thức chấm dứt hiệu lực"),
    _family("expiry.held_by_appeal", yes, "whether an open appeal keeps a sanction from being spent",
            "khiếu nại đang giải quyết làm hoãn việc chấm dứt hiệu lực"),
    _family("expiry.held_by_new_violation", yes, "whether a new violation keeps a sanction from being spent by itself",
            "vi phạm mới làm hình thức không tự chấm dứt hiệu lực"),
    # What is weighed, what waits -------------------------------------------------------------------------------------
    _family("factors.mitigating", codes, "what speaks for the person", "tình tiết giảm nhẹ", "factor"),
    _family("factors.aggravating", codes, "what weighs against the person", "tình tiết tăng nặng", "factor"),
    _family("exemption.grounds", codes, "why a violation is not sanctioned, or less", "trường hợp được miễn hoặc giảm", "exemption"),
    _family("deferral.grounds", codes, "why a matter waits", "lý do chưa xem xét", "ground"),
    _family("deferral.review", limit, "after how long a deferral is looked at again", "thời gian phải xem lại việc chưa xem xét"),
    _family("deferral.ends_on_request", yes, "whether the person concerned may ask in writing to go on",
            "người được xem xét có thể đề nghị bằng văn bản để tiếp tục"),
    _family("freeze.acts", codes, "what is not done with a person while a matter is open", "việc tạm dừng đối với người đang được xem xét", "freeze"),
    _family("suspension.first", limit, "how long a suspension lasts at most before it is looked at again",
            "thời gian tạm đình chỉ lần đầu nhiều nhất"),
    _family("suspension.longest", limit, "how long a suspension lasts at most, extension included",
            "thời gian tạm đình chỉ nhiều nhất, kể cả gia hạn"),
    _family("suspension.organisation", limit, "how long an organisation is suspended at most", "thời gian đình chỉ tổ chức nhiều nhất"),
    _family("suspension.review", limit, "how often a suspension is looked at again", "định kỳ xem lại việc tạm đình chỉ"),
    _family("suspension.follows_criminal", yes, "whether a suspension lasts as long as a criminal proceeding",
            "thời gian đình chỉ theo thời hạn tố tụng hình sự"),
    # Appeal and after ------------------------------------------------------------------------------------------------
    _family("appeal.increase", yes, "whether an appeal may end heavier: within competence, with notice and hearing of its own",
            "khiếu nại có thể dẫn đến hình thức nặng hơn: đúng thẩm quyền, có thông báo và nghe riêng"),
    _family("appeal.suspends", yes, "whether a sanction waits for the appeal", "hình thức có tạm dừng khi khiếu nại không"),
    _family("appeal.inadmissible", codes, "why an appeal is not taken", "trường hợp không giải quyết khiếu nại", "inadmissible"),
    _family("appeal.last_instance", codes, "levels whose answer is final", "cấp giải quyết cuối cùng", "level"),
    _family("redress.restores", codes, "what is restored when a sanction is revoked", "quyền lợi được phục hồi khi hủy quyết định", "redress"),
    _family("redress.apology", codes, "forms of apology among which the person chooses", "các cách xin lỗi để người đó chọn", "apology"),
    _family("announce.audience", one_of("person", "unit", "line"), "to whom a decision is announced", "phạm vi công bố quyết định"),
    _family("retention.<what>", period, "how long it is kept", "thời gian lưu giữ"),
    # Time limits, beside their length in `clocks` ---------------------------------------------------------------------
    _family("extension.times", whole, "how often a time limit may be lengthened", "số lần được gia hạn"),
    _family("extension.early", part, "for which part of the time a party takes more without asking",
            "phần đầu thời hạn được tự gia hạn không phải xin"),
    _family("extension.<clock>", part_or_limit, "by how much the time limit may be lengthened", "thời hạn có thể gia hạn thêm"),
    _family("extension.<clock>.approver", role, "who alone may lengthen the time limit", "người duy nhất được cho gia hạn"),
    _family("pauses.<clock>", codes, "what interrupts the time limit", "lý do tạm dừng thời hạn", "pause"),
)
"""The closed table of keys. The more exact name comes first: `limitation.exempt` is no sanction."""

SINGLE: dict[str, Family] = {family.name: family for family in FAMILIES if family.single}
"""The keys that every ruleset has."""
_PATTERNS = tuple((re.compile(re.sub(r"<\w+>", f"({CODE})", re.escape(f.name))), f) for f in FAMILIES if not f.single)
OF_SANCTIONS = ("vote.<sanction>.decide", "vote.<sanction>.propose", "limitation.<sanction>", "expiry.<sanction>")
"""Families whose code is a sanction: what is said of one that stands on no ladder is not taken over."""


@cache
def family_of(key: str) -> Family | None:
    """The family a key belongs to, or None where there is no such key."""
    return SINGLE.get(key) or next((family for pattern, family in _PATTERNS if pattern.fullmatch(key)), None)


@cache
def codes_in(key: str) -> tuple[str, ...]:
    """Every code a key speaks of: `company` and `warning` for `competence.company.up_to.warning`."""
    return () if key in SINGLE else next((m.groups() for pattern, _ in _PATTERNS if (m := pattern.fullmatch(key))), ())


@cache
def code_in(key: str) -> str:
    """The first code a key speaks of: `reprimand` for `vote.reprimand.decide`; empty for a single key."""
    return next(iter(codes_in(key)), "")
