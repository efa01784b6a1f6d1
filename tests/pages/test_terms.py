"""A part is called what it is in cases of its workflow: nobody who appeals is the target of an inspection."""

from __future__ import annotations

import pytest

from inspect_app.i18n import role_label
from inspect_app.services.house import House

CALLED = {("generic", "discipline"): "người bị xem xét kỷ luật", ("generic", "appeal"): "người khiếu nại",
          ("vn_party", "inspection"): "đối tượng kiểm tra", ("vn_party", "discipline"): "người bị xem xét kỷ luật",
          ("vn_party", "appeal"): "người khiếu nại", ("vn_party", "redress"): "người được xin lỗi, phục hồi quyền lợi",
          ("vn_army", "appeal"): "người khiếu nại"}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_person_concerned_is_called_what_they_are_there(house: House) -> None:
    rules, laws = house.catalogue.rulesets_by_name, house.catalogue.by_name
    assert {key: role_label(rules[key[0]], "vi", "respondent", laws[key[1]]) for key in CALLED} == CALLED
    for name, law in laws.items():
        assert name == "inspection" or role_label(rules["vn_party"], "vi", "respondent", law) != "đối tượng kiểm tra"
    assert role_label(rules["vn_party"], "vi", "officer", laws["appeal"]) == role_label(rules["vn_party"], "vi", "officer")
