"""Every administrative act as a form: what it asks for, which verb carries it out, and where one is led afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_app.exports.papers import Sheet
from inspect_app.services import offices, organisation, organisation_views, persons
from inspect_app.services.administering import Done
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from workflows.acts import Actor
from workflows.inputs import Choice, Day, Input, Klass, Listed, Number, Office, Person, Text, Unit, Yes
from workflows.roles import GRANTED, LABELS
from workflows.words import Words, words

Told = Mapping[str, Any]
Carry = Callable[[House, Actor, Told, Told, Key], Done]
"""house, actor, what the form says, what its address says, its key"""
Look = Callable[[House, Actor, Told, Told], Sheet]
"""house, actor, what the form says, what its address says"""


@dataclass(frozen=True)
class Doing:
    """One form. `needs` are the parts of its address it cannot do without; `after` is the kind of page one is led to."""

    label: Words
    inputs: tuple[Input, ...]
    carry: Carry
    after: str
    needs: tuple[str, ...] = ()
    before: Callable[[House, Told], Mapping[str, Any]] = lambda house, at: {}
    help: Words | None = None
    look: Look | None = None
    """How what was typed would read, before it is carried out; None where there is nothing to show."""


CODE = Text(
    name="code",
    label=words(en="Code", vi="Mã"),
    at_most=60,
    help=words(en="Letters, digits, dots, hyphens; it stays.", vi="Chữ, số, dấu chấm, gạch nối; không đổi về sau."),
)
NAME = Text(name="name", label=words(en="Name", vi="Tên"), at_most=300)
UNDER = Unit(name="under", label=words(en="Under", vi="Trực thuộc"), required=False)
TITLE = Text(name="title", label=words(en="Title", vi="Tên chức vụ"), at_most=300)
UNIT = Unit(name="unit", label=words(en="Unit", vi="Đơn vị"))
LINE = Choice(
    name="line",
    label=words(en="Line", vi="Tuyến"),
    options=(("unit", words(en="line of units", vi="tuyến đơn vị")), ("body", words(en="line of bodies", vi="tuyến cơ quan"))),
)
SUPERIOR = Office(name="superior", label=words(en="Office above on this line", vi="Chức vụ cấp trên cùng tuyến"), required=False)
SEATS = Number(name="seats", label=words(en="Seats", vi="Số vị trí"), at_least=1, at_most=500)
WHO = Person(name="person", label=words(en="Person", vi="Người"), klass=Klass.PLAIN)
SINCE = Day(
    name="since", label=words(en="From", vi="Từ ngày"), required=False, help=words(en="Today, where it stays empty.", vi="Để trống: hôm nay.")
)
FROM_DAY = Day(name="since", label=words(en="From", vi="Từ ngày"))
UNTIL = Day(name="until", label=words(en="Last day", vi="Ngày cuối"), required=False)
LAST = Day(name="until", label=words(en="Last day", vi="Ngày cuối"))
AT_ONCE = Day(
    name="until",
    label=words(en="Last day", vi="Ngày cuối"),
    required=False,
    help=words(en="Where it stays empty, it is over at once.", vi="Để trống: chấm dứt ngay."),
)
KIND = Choice(
    name="kind", label=words(en="Kind", vi="Loại"), options=(("unit", words(en="unit", vi="đơn vị")), ("body", words(en="body", vi="cơ quan")))
)
EXTERNAL = Yes(
    name="external", label=words(en="It stands outside and has no accounts here", vi="Ở ngoài, không có tài khoản tại đây"), required=False
)
REASON = Text(name="reason", label=words(en="Reason", vi="Lý do"), at_most=1000)
ROLE = Choice(name="role", label=words(en="Role", vi="Vai trò"), options=tuple((r.value, LABELS[r]) for r in GRANTED))
SCOPE = Listed(
    name="scope",
    label=words(en="Only these matters", vi="Chỉ những loại việc sau"),
    of="workflows",
    several=True,
    required=False,
    help=words(en="Where nothing is ticked, all matters.", vi="Không chọn: mọi loại việc."),
)


def _unit(house: House, at: Told) -> Mapping[str, Any]:
    row = organisation_views.unit_page(house, at["unit"])["unit"]
    return {name: row[name] for name in ("name", "external", "dissolved_on", "successor")} | {"under": row["parent"]}


def _office(house: House, at: Told) -> Mapping[str, Any]:
    row = organisation_views.office_page(house, at["office"])["office"]
    return {name: row[name] for name in ("title", "unit", "line", "superior", "seats")}


def _person(house: House, at: Told) -> Mapping[str, Any]:
    row = organisation_views.person_page(house, at["person"])["person"]
    return {"full_name": row["full_name"], "called": row["called"]}


def _here(*names: str) -> Callable[[House, Told], Mapping[str, Any]]:
    """Fields that are filled in with what the address says."""
    return lambda house, at: {name: at[name] for name in names if at.get(name)}


DOINGS: Mapping[str, Doing] = {
    "add-unit": Doing(
        words(en="Add a unit or body", vi="Thêm đơn vị hoặc cơ quan"),
        (CODE, NAME, KIND, UNDER, EXTERNAL),
        lambda h, a, t, at, k: organisation.add_unit(
            h, a, t.get("code", ""), t.get("name", ""), t.get("under"), kind=t.get("kind", ""), external="external" in t, key=k
        ),
        "unit",
        before=lambda house, at: {"under": at.get("under"), "kind": "body" if at.get("kind") == "body" else "unit"},
    ),
    "change-unit": Doing(
        words(en="Change name or standing", vi="Sửa tên hoặc tư cách"),
        (NAME, EXTERNAL),
        lambda h, a, t, at, k: organisation.change_unit(h, a, at["unit"], {"name": t.get("name"), "external": "external" in t}),
        "unit",
        ("unit",),
        _unit,
    ),
    "move-unit": Doing(
        words(en="Move", vi="Chuyển"),
        (UNDER,),
        lambda h, a, t, at, k: organisation.change_unit(h, a, at["unit"], {"under": t.get("under")}),
        "unit",
        ("unit",),
        _unit,
        words(
            en="Everything below moves with it. Where nothing is chosen, it stands at the top.",
            vi="Mọi đơn vị trực thuộc chuyển theo. Không chọn: đứng ở cấp cao nhất.",
        ),
    ),
    "dissolve-unit": Doing(
        words(en="Dissolve", vi="Giải thể"),
        (
            Day(name="dissolved_on", label=words(en="Last day", vi="Ngày cuối")),
            Unit(name="successor", label=words(en="Successor", vi="Đơn vị kế tục"), required=False),
        ),
        lambda h, a, t, at, k: organisation.change_unit(h, a, at["unit"], {"dissolved_on": t.get("dissolved_on"), "successor": t.get("successor")}),
        "unit",
        ("unit",),
        _unit,
        words(
            en="Its appointments and delegations end with that day, its people go over to the successor, and its cases stay: "
            "they are for those above the successor too.",
            vi="Bổ nhiệm và ủy quyền kết thúc cùng ngày, người chuyển sang đơn vị kế tục, vụ việc được giữ nguyên: cấp trên "
            "của đơn vị kế tục cũng được xem.",
        ),
    ),
    "restore-unit": Doing(
        words(en="Take the dissolution back", vi="Hủy việc giải thể"),
        (),
        lambda h, a, t, at, k: organisation.change_unit(h, a, at["unit"], {"dissolved_on": None, "successor": None}),
        "unit",
        ("unit",),
        help=words(
            en="The unit goes on. Whoever went over to the successor stays there, and what ended stays ended: enter anew what is to be again.",
            vi="Đơn vị tiếp tục hoạt động. Người đã chuyển vẫn ở đơn vị kế tục, bổ nhiệm đã kết thúc vẫn kết thúc: nhập lại những gì cần khôi phục.",
        ),
    ),
    "add-office": Doing(
        words(en="Add an office", vi="Thêm chức vụ"),
        (CODE, TITLE, UNIT, LINE, SUPERIOR, SEATS),
        lambda h, a, t, at, k: offices.add_office(
            h,
            a,
            t.get("code", ""),
            t.get("title", ""),
            t.get("unit", ""),
            line=t.get("line"),
            superior=t.get("superior"),
            seats=t.get("seats", 0),
            key=k,
        ),
        "office",
        before=lambda house, at: {"unit": at.get("unit"), "line": "unit", "seats": 1},
    ),
    "change-office": Doing(
        words(en="Change the office", vi="Sửa chức vụ"),
        (TITLE, UNIT, LINE, SUPERIOR, SEATS),
        lambda h, a, t, at, k: offices.change_office(h, a, at["office"], {"superior": None, "seats": 0, "title": "", **t}),
        "office",
        ("office",),
        _office,
    ),
    "appoint": Doing(
        words(en="Appoint", vi="Bổ nhiệm"),
        (
            WHO,
            SINCE,
            UNTIL,
            Yes(name="acting", label=words(en="They act in it, they do not hold it", vi="Giao quyền, không phải bổ nhiệm"), required=False),
        ),
        lambda h, a, t, at, k: offices.appoint(h, a, at["office"], t.get("person", ""), t.get("since"), t.get("until"), acting="acting" in t, key=k),
        "office",
        ("office",),
        help=words(
            en="Who holds an office of one seat leaves it the day before.", vi="Người đang giữ chức vụ một vị trí thôi giữ từ ngày hôm trước."
        ),
    ),
    "end-appointment": Doing(
        words(en="End the appointment, or move its last day", vi="Kết thúc bổ nhiệm hoặc đổi ngày cuối"),
        (LAST,),
        lambda h, a, t, at, k: offices.end_appointment(h, a, int(at["number"]), t.get("until")),
        "office",
        ("office", "number"),
        _here("until"),
    ),
    "delegate": Doing(
        words(en="Delegate", vi="Ủy quyền"),
        (
            Person(name="from", label=words(en="Who answers and delegates", vi="Người ủy quyền"), klass=Klass.PLAIN),
            Person(name="to", label=words(en="Who answers meanwhile", vi="Người được ủy quyền"), klass=Klass.PLAIN),
            SINCE,
            LAST,
            SCOPE,
            Yes(name="may_pass_on", label=words(en="They may pass it on", vi="Được ủy quyền lại"), required=False),
            REASON,
        ),
        lambda h, a, t, at, k: offices.delegate(
            h,
            a,
            at["office"],
            t.get("from", ""),
            t.get("to", ""),
            t.get("since"),
            t.get("until"),
            scope=" ".join(t.get("scope") or ["*"]),
            may_pass_on="may_pass_on" in t,
            reason=t.get("reason", ""),
            key=k,
        ),
        "office",
        ("office",),
    ),
    "end-delegation": Doing(
        words(en="End the delegation, or move its last day", vi="Kết thúc ủy quyền hoặc đổi ngày cuối"),
        (AT_ONCE,),
        lambda h, a, t, at, k: offices.end_delegation(h, a, int(at["number"]), t.get("until")),
        "office",
        ("office", "number"),
        _here("until"),
    ),
    "add-person": Doing(
        words(en="Add a person", vi="Thêm người"),
        (
            Text(name="name", label=words(en="Full name", vi="Họ và tên"), at_most=300),
            Text(name="called", label=words(en="How they are called", vi="Cách gọi"), at_most=100, required=False),
            UNIT,
            SINCE,
            Text(
                name="login",
                label=words(en="Name of their account", vi="Tên tài khoản"),
                at_most=100,
                required=False,
                help=words(en="An administrator sets no password.", vi="Quản trị không đặt mật khẩu."),
            ),
        ),
        lambda h, a, t, at, k: persons.add_person(
            h, a, t.get("name", ""), t.get("unit", ""), called=t.get("called"), login=t.get("login"), language=a.language, since=t.get("since"), key=k
        ),
        "person",
        before=_here("unit"),
    ),
    "change-person": Doing(
        words(en="Change the name", vi="Sửa tên"),
        (
            Text(name="full_name", label=words(en="Full name", vi="Họ và tên"), at_most=300),
            Text(name="called", label=words(en="How they are called", vi="Cách gọi"), at_most=100),
        ),
        lambda h, a, t, at, k: persons.change_person(h, a, at["person"], {"full_name": "", "called": "", **t}),
        "person",
        ("person",),
        _person,
    ),
    "move-person": Doing(
        words(en="Move to another unit", vi="Chuyển đơn vị"),
        (UNIT, SINCE),
        lambda h, a, t, at, k: persons.move_person(h, a, at["person"], t.get("unit", ""), t.get("since")),
        "person",
        ("person",),
    ),
    "grant": Doing(
        words(en="Grant a role", vi="Trao vai trò"),
        (ROLE, UNIT, SINCE, UNTIL, Text(name="reason", label=words(en="Reason or mandate", vi="Lý do hoặc căn cứ"), required=False, at_most=1000)),
        lambda h, a, t, at, k: persons.grant(
            h, a, at["person"], t.get("role", ""), t.get("unit", ""), since=t.get("since"), until=t.get("until"), reason=t.get("reason"), key=k
        ),
        "person",
        ("person",),
        help=words(
            en="For the unit and everything below it. An auditor's names the mandate and a last day.",
            vi="Cho đơn vị và mọi đơn vị trực thuộc. Với kiểm toán viên phải ghi căn cứ và ngày cuối.",
        ),
    ),
    "end-grant": Doing(
        words(en="End the grant, or move its last day", vi="Thu hồi vai trò hoặc đổi ngày cuối"),
        (AT_ONCE,),
        lambda h, a, t, at, k: persons.end_grant(h, a, int(at["number"]), t.get("until")),
        "person",
        ("person", "number"),
        _here("until"),
    ),
    "absence": Doing(
        words(en="Record an absence", vi="Ghi vắng mặt"),
        (
            Choice(
                name="kind",
                label=words(en="Kind", vi="Loại"),
                options=(("leave", words(en="leave", vi="nghỉ phép")), ("illness", words(en="illness", vi="ốm"))),
            ),
            FROM_DAY,
            LAST,
        ),
        lambda h, a, t, at, k: persons.record_absence(h, a, at["person"], t.get("kind", ""), t.get("since", ""), t.get("until", ""), key=k),
        "person",
        ("person",),
        help=words(en="What they owe waits meanwhile.", vi="Thời hạn của người đó tạm dừng."),
    ),
    "end-absence": Doing(
        words(en="They are back", vi="Đã trở lại"),
        (AT_ONCE,),
        lambda h, a, t, at, k: persons.end_absence(h, a, int(at["number"]), t.get("until")),
        "person",
        ("person", "number"),
        _here("until"),
    ),
    "tie": Doing(
        words(en="Note a close tie", vi="Ghi quan hệ thân thiết"),
        (
            Person(name="other", label=words(en="With", vi="Với"), klass=Klass.PLAIN),
            SINCE,
            Text(
                name="reason",
                label=words(en="Reason", vi="Lý do"),
                at_most=4000,
                lines=True,
                klass=Klass.SEALED,
                help=words(en="It is kept and shown nowhere.", vi="Được lưu và không hiển thị ở đâu."),
            ),
        ),
        lambda h, a, t, at, k: persons.tie(h, a, at["person"], t.get("other", ""), t.get("reason", ""), t.get("since")),
        "person",
        ("person",),
    ),
    "untie": Doing(
        words(en="End the tie", vi="Chấm dứt quan hệ"),
        (Day(name="until", label=words(en="Last day", vi="Ngày cuối"), required=False),),
        lambda h, a, t, at, k: persons.untie(h, a, at["person"], at["other"], t.get("until")),
        "person",
        ("person", "other"),
    ),
    "same": Doing(
        words(en="The same person entered twice", vi="Một người được nhập hai lần"),
        (
            Person(
                name="same_as",
                label=words(en="This record is of the same person as", vi="Bản ghi này là của cùng người với"),
                klass=Klass.PLAIN,
                required=False,
            ),
        ),
        lambda h, a, t, at, k: persons.mark_same(h, a, at["person"], t.get("same_as")),
        "person",
        ("person",),
        before=_here("same_as"),
        help=words(
            en="What excludes one excludes the other. Where nothing is chosen, it is taken back.",
            vi="Điều gì loại trừ bản ghi này thì cũng loại trừ bản ghi kia. Không chọn: gỡ ghi nhận.",
        ),
    ),
}
"""Forms by the last part of their address."""

def units(house: House, keep: Collection[str | None] = ()) -> Sequence[tuple[str, str]]:
    """(code, name) of every unit and body that goes on, inside and outside, as the lists of forms show them; and of those to `keep`."""
    return [
        (row["code"], f"{'– ' * row['depth']}{row['name']} ({row['code']})")
        for row in organisation_views.tree(house)
        if row["dissolved_on"] is None or row["code"] in keep
    ]
