"""Guards of the decision: who is on the roll, who is competent, what was concluded, what the vote came to, and what may follow from it."""

from __future__ import annotations

from typing import Any

from workflows.acts import Act, Facts
from workflows.computed import NONE, NOT_REACHED, ballot_forms, ballot_of, has_thresholds, in_ladder, is_organisation, roll_now, roll_of
from workflows.guards import given, guard, speaker
from workflows.guards_concern import ANOTHER
from workflows.guards_discipline import rows
from workflows.sanctions import Competence, Imposed, competence_of, sanctioned_before
from workflows.votes import body_can_decide, defects
from workflows.words import BESIDE, words

STANDING = ("post", "service_title", "pay")
"""Inputs that say where somebody stands, where a level's power depends on it."""
REPEATED = "repeated"
"""The factor that speaks of an earlier sanction."""

# The roll -----------------------------------------------------------------------------------------------------------------


@guard(needs=("known",), inputs=True, vi="Mỗi người trong danh sách biểu quyết được ghi một lần và có trong tổ chức.")
def roll_names_everyone_once(case: Facts, act: Act) -> bool:
    """Everyone on the roll is named once, and known to the organisation."""
    people = [str(row.get("person")) for row in rows(act, "roll")]
    return bool(people) and len(people) == len(set(people)) and set(people) <= set(case.known)


@guard(inputs=True, vi="Ai không được biểu quyết đều có lý do ghi trong danh sách.")
def every_exclusion_has_its_reason(case: Facts, act: Act) -> bool:
    """Whoever has no vote is on the roll with the reason."""
    return all(row.get("why") for row in rows(act, "roll") if row.get("mark") or row.get("recused"))


@guard(needs=("ties", "investigators", "people", "ruleset"), inputs=True,
       vi="Không ai có quan hệ, xung đột lợi ích hoặc đã thẩm tra vụ việc được biểu quyết.", outer=ANOTHER)
def nobody_conflicted_has_a_vote(case: Facts, act: Act) -> bool:
    """Nobody votes who has a close tie or conflict, or who investigated the matter."""
    respondents = set(case.people.get("respondent", ()))
    barred = (set(case.ties) | (set() if case.ruleset["investigators_may_decide"] else set(case.investigators))) - respondents
    return not set(roll_now(act, respondents, case.ruleset).entitled) & barred


@guard(needs=("took_part", "people", "ruleset"), inputs=True, vi="Không ai đã tham gia ở cấp dưới được biểu quyết.", outer=ANOTHER)
def nobody_from_below_has_a_vote(case: Facts, act: Act) -> bool:
    """Nobody votes who took part in the decision below."""
    return not set(roll_now(act, case.people.get("respondent", ()), case.ruleset).entitled) & set(case.took_part)


@guard(needs=("took_part",), vi="Người thực hiện không tham gia việc xem xét ở cấp dưới.", outer=ANOTHER)
def actor_took_no_part_below(case: Facts, act: Act) -> bool:
    """Whoever acts took no part in the matter below."""
    return speaker(act) not in case.took_part and act.actor.id not in case.took_part


@guard(needs=("took_part", "drawn_in"), inputs=True, vi="Không ai được cử đã tham gia ở cấp dưới.", outer=ANOTHER)
def nobody_named_took_part_below(case: Facts, act: Act) -> bool:
    """Nobody named took part in the matter below."""
    return not set(case.drawn_in) & set(case.took_part)


@guard(needs=("investigators", "ruleset"), vi="Người quyết định không phải là người đã thẩm tra.", outer=ANOTHER)
def decider_did_not_investigate(case: Facts, act: Act) -> bool:
    """Whoever decides did not investigate the matter, in this case or in the one it came from."""
    return bool(case.ruleset["investigators_may_decide"]) or not {speaker(act), act.actor.id} & set(case.investigators)


@guard(needs=("said", "people", "ruleset"), inputs=True,
       vi="Đủ số người có quyền biểu quyết cho mọi hình thức; nếu không, chuyển cấp trên trước khi nghe.")
def enough_may_vote(case: Facts, act: Act) -> bool:
    """Enough may vote for every sanction on offer, or the matter goes up before it is heard."""
    roll, decides = roll_now(act, case.people.get("respondent", ()), case.ruleset), ballot_forms(case.said, case.ruleset, proposing=False)
    proposes = ballot_forms(case.said, case.ruleset, proposing=True)
    could_decide = bool(decides) and body_can_decide(roll, decides, case.ruleset).ok
    return could_decide or (bool(proposes) and body_can_decide(roll, proposes, case.ruleset, proposing=True).ok)


@guard(needs=("said", "steps"), vi="Danh sách biểu quyết đã được chốt cho cấp đang xem xét.")
def roll_is_frozen(case: Facts, act: Act) -> bool:
    """The roll is frozen for the body that has the matter now."""
    done = [step.trigger for step in case.steps if step.trigger in ("freeze_roll", "take_up", "refer_up", "accept")]
    return bool(case.said.get("voters")) and bool(done) and done[-1] == "freeze_roll"


@guard(needs=("said", "steps", "ruleset"), vi="Danh sách biểu quyết đã được chốt trước khi nghe, trừ khi một người quyết định.")
def roll_is_frozen_or_one_decides(case: Facts, act: Act) -> bool:
    """Before the hearing the roll is frozen, unless one person decides."""
    done = [step.trigger for step in case.steps if step.trigger in ("freeze_roll", "take_up", "refer_up", "accept")]
    return case.ruleset["decision.rule"] == "one" or (bool(case.said.get("voters")) and done[-1:] == ["freeze_roll"])


# Competence ------------------------------------------------------------------------------------------------------------------


def _offered(act: Act) -> set[str]:
    """The sanctions an act is about: those on the ballot, or the one decided."""
    named = {str(row.get("sanction")) for row in rows(act, "votes")}
    return named | ({str(given(act, "sanction"))} if given(act, "sanction") else set())


def _may(case: Facts, sanction: str) -> str:
    level = str(case.said.get("level"))
    if f"competence.{level}.decides" not in case.ruleset:
        return ""
    found: Competence = competence_of(level, sanction, case.ruleset, organisation=is_organisation(case.said),
                                      task_from_above=case.said.get("task") == "from_above",
                                      standing=tuple(str(case.said[name]) for name in STANDING if case.said.get(name)))
    return found.may


@guard(needs=("said", "ruleset"), inputs=True,
       vi="Cấp này có thẩm quyền quyết định mọi hình thức được đưa ra đối với loại nhiệm vụ này và người ở chức vụ, cấp bậc này; nếu không, đề nghị "
          "hoặc chuyển cấp trên.")
def level_may_decide(case: Facts, act: Act) -> bool:
    """This level may decide every sanction on offer, for this kind of task and somebody of this standing; else it proposes, or the matter goes up."""
    return all(_may(case, sanction) == "decides" for sanction in _offered(act))


@guard(needs=("said", "ruleset"), inputs=True,
       vi="Cấp này có thẩm quyền đề nghị hoặc quyết định mọi hình thức được đưa ra, kể cả đối với loại nhiệm vụ này.")
def level_may_propose(case: Facts, act: Act) -> bool:
    """This level may propose or decide every sanction on offer, also for this kind of task."""
    return all(_may(case, sanction) for sanction in _offered(act))


@guard(needs=("said", "ruleset"), inputs=True, vi="Hình thức nằm trong khung áp dụng cho người này cả khi xảy ra việc và hiện nay.")
def sanction_is_in_the_ladder(case: Facts, act: Act) -> bool:
    """The sanction is on the ladder of the person's status, at the time of the act and now."""
    return _offered(act) <= set(in_ladder(case.said, case.ruleset))


@guard(needs=("said",), inputs=True, vi="Khi cấp trên quyết định mà cấp dưới không đề nghị, phải nêu căn cứ pháp lý.")
def missing_proposal_has_its_basis(case: Facts, act: Act) -> bool:
    """Where a sanction was proposed and not reached below, whoever decides it all the same states the legal basis."""
    sanction = case.said.get("outcome")
    wanted = sanction is not None and case.said.get("proposes") == sanction != case.said.get("proposal")
    return not wanted or bool(given(act, "legal_basis"))


@guard(needs=("ruleset",), vi="Quy định cho phép một người quyết định.")
def one_may_decide(case: Facts, act: Act) -> bool:
    """The ruleset lets one decider decide."""
    return bool(case.ruleset.get("decision.rule") == "one")


@guard(needs=("said",), vi="Hình thức này không tự hết hiệu lực sau một thời hạn.")
def sanction_does_not_expire(case: Facts, act: Act) -> bool:
    """The sanction is not one that is spent after a time."""
    return not case.said.get("expires_on")


@guard(needs=("clocks", "now"), vi="Thời hạn khiếu nại đã hết.")
def time_to_appeal_is_over(case: Facts, act: Act) -> bool:
    """The time to appeal is over."""
    clock = case.clocks.get("appeal_window")
    return clock is not None and clock.due_at < case.now


# What was concluded, and the vote ---------------------------------------------------------------------------------------------


@guard(needs=("said",), inputs=True, vi="Mỗi nội dung xem xét đều được kết luận một lần.")
def every_allegation_is_concluded(case: Facts, act: Act) -> bool:
    """Every allegation is concluded, each once."""
    told = [int(str(row.get("allegation") or 0)) for row in rows(act, "conclusions")]
    return sorted(told) == list(range(1, len(case.said.get("allegations") or ()) + 1))


@guard(needs=("steps",), vi="Các nội dung xem xét đã được kết luận sau khi nghe.")
def conclusions_are_there(case: Facts, act: Act) -> bool:
    """The allegations were concluded after the hearing."""
    done = [step.trigger for step in case.steps if step.trigger in ("hear", "conclude")]
    return bool(done) and done[-1] == "conclude"


def proven(said: dict[str, Any]) -> list[int]:
    """The numbers of the allegations that were found proven."""
    return [int(row.get("allegation") or 0) for row in said.get("conclusions") or () if row.get("result") == "proven"]


@guard(needs=("said",), vi="Có ít nhất một vi phạm được chứng minh.")
def something_is_proven(case: Facts, act: Act) -> bool:
    """At least one allegation was found proven."""
    return bool(proven(case.said))


@guard(needs=("said",), vi="Không vi phạm nào được chứng minh.")
def nothing_is_proven(case: Facts, act: Act) -> bool:
    """No allegation was found proven."""
    return not proven(case.said)


@guard(needs=("said", "ruleset"), inputs=True, vi="Số phiếu khớp: phát ra bằng thu về cộng hỏng, và không quá số người có quyền biểu quyết.")
def tally_adds_up(case: Facts, act: Act) -> bool:
    """The tally adds up: ballots issued are those returned and spoiled, and no more than may vote."""
    forms = ballot_forms(case.said, case.ruleset, proposing=act.trigger == "vote_to_propose")
    return not defects(ballot_of(act), roll_of(case.said), forms, case.ruleset)


for _language, _names in BESIDE.items():
    _names["verb propose"] = words(en="to be proposed", vi="đề nghị").say(_language)
    _names["verb decide"] = words(en="to be decided", vi="quyết định").say(_language)


@guard(needs=("said", "ruleset"), vi="Quy định nêu số phiếu cần để {verb} từng hình thức trên phiếu.")
def ruleset_says_how_many_votes(case: Facts, act: Act, *, verb: str) -> bool:
    """The ruleset says how many votes each sanction on the ballot needs {verb}."""
    proposing = verb == "propose"
    return has_thresholds(ballot_forms(case.said, case.ruleset, proposing=proposing), case.ruleset, proposing=proposing)


@guard(needs=("said",), vi="Kết quả là một hình thức kỷ luật.")
def outcome_is_a_sanction(case: Facts, act: Act) -> bool:
    """What was decided is a sanction."""
    return case.said.get("outcome") not in (None, NONE, NOT_REACHED)


@guard(needs=("said",), vi="Kết quả là không kỷ luật, hoặc không hình thức nào đủ phiếu.")
def outcome_is_without_sanction(case: Facts, act: Act) -> bool:
    """It was decided that there is no sanction, or none was reached."""
    return case.said.get("outcome") in (NONE, NOT_REACHED)


@guard(needs=("said",), vi="Thời hiệu đối với hình thức này đã hết cho mọi vi phạm được chứng minh.")
def limitation_has_run_out(case: Facts, act: Act) -> bool:
    """For this sanction the limitation has run out on every violation proven."""
    return bool(case.said.get("barred"))


@guard(needs=("said",), vi="Thời hiệu đối với hình thức này chưa hết.")
def limitation_has_not_run_out(case: Facts, act: Act) -> bool:
    """For this sanction the limitation has not run out on some violation proven."""
    return not case.said.get("barred")


def act_of(row: dict[str, Any]) -> str:
    """What makes two acts the same: their day and the provision."""
    return f"{row.get('committed_on')} {row.get('provision')}"


@guard(needs=("said", "earlier", "ruleset"), vi="Chưa có kỷ luật nào còn giá trị đối với chính việc này.")
def act_was_not_sanctioned_before(case: Facts, act: Act) -> bool:
    """No sanction that was not annulled was imposed for the same act before."""
    told = case.said.get("allegations") or ()
    acts = {act_of(told[n - 1]) for n in proven(case.said) if 0 < n <= len(told)}
    earlier = [Imposed(one_act, one.sanction, not (one.stands or one.spent)) for one in case.earlier for one_act in map(" ".join, one.acts)]
    return sanctioned_before(acts, earlier, case.ruleset).ok


@guard(needs=("said", "earlier"), inputs=True, vi="Tái phạm chỉ được tính khi còn một kỷ luật chưa hết hiệu lực theo cùng quy định.")
def repetition_is_unspent(case: Facts, act: Act) -> bool:
    """Repetition counts only where a sanction under the same provision is not spent."""
    norms = {str(row.get("provision")) for row in case.said.get("allegations") or ()}
    unspent = any(one.stands and {norm for _, norm in one.acts} & norms for one in case.earlier)
    return unspent or REPEATED not in (given(act, "aggravating") or ())


@guard(needs=("said", "ruleset"), inputs=True, vi="Hình thức cách chức, thôi giữ chức vụ phải nêu rõ từng chức vụ.")
def posts_are_listed(case: Facts, act: Act) -> bool:
    """A sanction that takes posts away lists them."""
    return case.said.get("outcome") not in case.ruleset["sanction.names_posts"] or bool(given(act, "posts"))


@guard(needs=("on",), inputs=True, vi="Quyết định không có hiệu lực trước ngày ra quyết định.")
def effect_is_not_backdated(case: Facts, act: Act) -> bool:
    """The decision has no effect before its day."""
    return bool(str(given(act, "effective_on")) >= case.on.isoformat())


@guard(needs=("children", "ruleset"), vi="Nếu quy định hoãn việc chấm dứt hiệu lực khi có khiếu nại: không có khiếu nại nào chưa giải quyết.")
def no_appeal_holds_it(case: Facts, act: Act) -> bool:
    """Where the ruleset lets an open appeal keep a sanction from being spent, none is open."""
    return not case.ruleset["expiry.held_by_appeal"] or _none_is_pending(case)


@guard(needs=("said", "earlier", "ruleset"),
       vi="Nếu quy định hoãn việc chấm dứt hiệu lực khi có vi phạm mới: không có vi phạm mới nào bị kỷ luật mà kỷ luật đó còn hiệu lực.")
def no_new_violation_holds_it(case: Facts, act: Act) -> bool:
    """Where the ruleset lets a new violation keep a sanction from being spent, none after it took effect led to one that still stands."""
    begun, over = str(case.said.get("effective_on")), str(case.said.get("expires_on"))
    return not case.ruleset["expiry.held_by_new_violation"] or not any(
        begun < day <= over for one in case.earlier if one.stands for day in one.proven)


@guard(needs=("steps",), vi="Kỷ luật đã hết hiệu lực hoặc đã thi hành xong.")
def sanction_has_run_its_course(case: Facts, act: Act) -> bool:
    """The sanction is spent, or filed as carried out."""
    return any(step.trigger in ("spend", "complete") for step in case.steps)


@guard(needs=("said",), vi="Quyết định này đã tính một kỷ luật trước là tình tiết tái phạm.")
def repetition_was_counted(case: Facts, act: Act) -> bool:
    """The decision counted an earlier sanction as a repetition."""
    return REPEATED in (case.said.get("aggravating") or ())


@guard(needs=("said",), vi="Khi xem xét lại đã kết luận quyết định không còn đứng vững.")
def review_found_it_falls(case: Facts, act: Act) -> bool:
    """The review found that the decision does not stand without the earlier one."""
    return bool(case.said.get("review_result") == "falls")


def _none_is_pending(case: Facts) -> bool:
    return all(child.settled or child.is_final for child in case.children if child.workflow == "appeal")


@guard(needs=("children",), vi="Không có khiếu nại nào chưa giải quyết.")
def no_appeal_is_pending(case: Facts, act: Act) -> bool:
    """No appeal against it is pending."""
    return _none_is_pending(case)
