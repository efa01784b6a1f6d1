"""Guards for testimony: who may record that a witness was heard, and who may be one."""

from __future__ import annotations

from workflows.acts import Act, Facts
from workflows.guards import given, guard
from workflows.guards_concern import ANOTHER
from workflows.roles import Role

CONDUCT = frozenset({Role.CHAIR, Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.DECIDER})
SPOKE = frozenset({Role.REPORTER, Role.PROTECTED})


@guard(needs=("parts_above",), vi="Người ghi lời chứng là người đang tiến hành vụ việc.", outer=ANOTHER)
def hearer_conducts_the_matter(case: Facts, act: Act) -> bool:
    """Whoever records a testimony conducts the matter."""
    return bool(case.parts_above & CONDUCT)


@guard(needs=("parts_above", "people_above"), inputs=True, vi="Người làm chứng không giữ phần việc nào khác trong vụ việc.")
def witness_has_no_other_part(case: Facts, act: Act) -> bool:
    """The witness plays no other part in the matter."""
    if not case.parts_above & CONDUCT:
        return True  # nobody else may try names: who plays a part is not theirs to know
    return given(act, "person") not in {uid for role, people in case.people_above.items() if role not in SPOKE for uid in people}
