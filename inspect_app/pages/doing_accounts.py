"""What an administrator does with somebody's account, as forms. None of them sets a password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_app import http
from inspect_app.pages.doing import Doing, Told
from inspect_app.services import account_keeping
from inspect_app.services.house import House
from workflows.inputs import Choice, Text
from workflows.words import words

LOGIN = Text(
    name="login",
    label=words(en="Name of their account", vi="Tên tài khoản"),
    at_most=100,
    help=words(en="What they type to sign in, without blanks. An administrator sets no password.",
               vi="Tên dùng để đăng nhập, không có dấu cách. Quản trị không đặt mật khẩu."),
)
LANGUAGE = Choice(
    name="language",
    label=words(en="Language of their pages and letters", vi="Ngôn ngữ của trang và thư"),
    options=(("vi", words(en="Vietnamese", vi="Tiếng Việt")), ("en", words(en="English", vi="Tiếng Anh"))),
)


def _account(house: House, at: Told) -> Mapping[str, Any]:
    found = account_keeping.kept(house, at["person"])
    return {"login": found.login, "language": found.language} if found else {}


ACCOUNTS: Mapping[str, Doing] = {
    "give-account": Doing(
        words(en="Give an account", vi="Cấp tài khoản"),
        (LOGIN, LANGUAGE),
        lambda h, a, t, at, k: account_keeping.give(h, a, at["person"], t.get("login", ""), t.get("language", ""), key=k),
        "person",
        ("person",),
        lambda house, at: {"language": http.language()},
        words(en="Afterwards you hand over a one-time link, with which they choose a password of their own.",
              vi="Sau đó giao liên kết dùng một lần để người đó tự đặt mật khẩu."),
    ),
    "change-account": Doing(
        words(en="Change name or language of the account", vi="Sửa tên hoặc ngôn ngữ tài khoản"),
        (LOGIN, LANGUAGE),
        lambda h, a, t, at, k: account_keeping.change(h, a, at["person"], t.get("login", ""), t.get("language", "")),
        "person",
        ("person",),
        _account,
    ),
    "close-account": Doing(
        words(en="Close the account", vi="Khóa tài khoản"),
        (),
        lambda h, a, t, at, k: account_keeping.close(h, a, at["person"]),
        "person",
        ("person",),
        help=words(
            en="From this moment nobody comes in by it: sessions and tokens end, links are void, nothing is mailed. Offices, roles and parts in "
            "cases stay as they are until each is ended, so that nothing is left without whoever answers for it.",
            vi="Từ lúc này không ai vào được bằng tài khoản: phiên và mã truy cập chấm dứt, liên kết hết hiệu lực, không gửi thư. Chức vụ, "
            "vai trò và phần việc giữ nguyên cho đến khi kết thúc từng mục, để không việc nào thiếu người chịu trách nhiệm.",
        ),
    ),
    "open-account": Doing(
        words(en="Open the account again", vi="Mở lại tài khoản"),
        (),
        lambda h, a, t, at, k: account_keeping.open_again(h, a, at["person"]),
        "person",
        ("person",),
        help=words(en="With the password it had. Sessions and tokens of before stay ended.",
                   vi="Với mật khẩu đã có. Phiên và mã truy cập trước đó vẫn chấm dứt."),
    ),
    "sign-out-person": Doing(
        words(en="Sign them out everywhere", vi="Đăng xuất ở mọi nơi"),
        (),
        lambda h, a, t, at, k: account_keeping.sign_out(h, a, at["person"]),
        "person",
        ("person",),
        help=words(en="Every session of theirs ends now. They can sign in again.",
                   vi="Mọi phiên của người này chấm dứt ngay. Họ có thể đăng nhập lại."),
    ),
    "revoke-tokens": Doing(
        words(en="Revoke the tokens of their programs", vi="Thu hồi mã truy cập của chương trình"),
        (),
        lambda h, a, t, at, k: account_keeping.revoke_tokens(h, a, at["person"]),
        "person",
        ("person",),
        help=words(en="Every program that acts in their name stops now.", vi="Mọi chương trình làm thay người này dừng ngay."),
    ),
}
