"""Acts that decide, the same at every level: freezing the roll, concluding each allegation, voting, deciding alone."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_decision as gd
from workflows.definition import Transition
from workflows.effects import Effect
from workflows.guards import Guard, Rule
from workflows.inputs import HANDLERS, PARTIES, Choice, Computed, Input, Klass, Listed, Many, Number, Person, Text, Yes
from workflows.roles import Role
from workflows.words import words

COUNT = (Role.RECORDER, Role.OFFICER)
"""Who takes the minutes."""
DECIDE = (Role.DECIDER, Role.CHAIR)

def reasons(name: str, en: str, vi: str, *, readers: tuple[Role, ...] = PARTIES, required: bool = True, at_most: int = 20_000) -> Text:
    """Words of those who decide, which the person concerned reads."""
    return Text(name=name, label=words(en=en, vi=vi), at_least=5, at_most=at_most, lines=at_most > 400, klass=Klass.PERSONAL, readers=readers,
                required=required)


ROLL = (
    Many(name="roll", label=words(en="Roll", vi="Danh sách biểu quyết"), at_most=300, klass=Klass.PERSONAL, readers=HANDLERS, of=(
        Person(name="person", label=words(en="Person", vi="Người"), readers=HANDLERS),
        Listed(name="mark", of="roll.*", label=words(en="Not counted because", vi="Không tính vì"), required=False, klass=Klass.SENSITIVE,
               readers=HANDLERS),
        Yes(name="absent", label=words(en="Does not come", vi="Vắng mặt"), required=False, readers=HANDLERS),
        Yes(name="recused", label=words(en="Takes no part: tie, conflict, or an earlier part in the matter",
                                        vi="Không tham gia: có quan hệ, xung đột lợi ích hoặc đã tham gia việc này"), required=False,
                                        readers=HANDLERS),
        Text(name="why", label=words(en="Reason", vi="Lý do"), required=False, at_most=400, klass=Klass.SEALED, readers=(Role.CHAIR, *COUNT)))),
    Computed(name="voters", of="roll.voters", label=words(en="May vote", vi="Được biểu quyết"), klass=Klass.PERSONAL, readers=HANDLERS),
    Computed(name="base", of="roll.base", label=words(en="Thresholds are counted of", vi="Số để tính tỷ lệ"), readers=HANDLERS),
)
"""The person concerned is left out by the law itself, unless the ruleset gives them a vote; all others as the recorder marks them."""

BALLOT: tuple[Input, ...] = (
    Number(name="present", label=words(en="Present", vi="Số người dự"), at_most=1000, readers=HANDLERS),
    Number(name="issued", label=words(en="Ballots issued", vi="Số phiếu phát ra"), at_most=1000, readers=HANDLERS),
    Number(name="returned", label=words(en="Valid ballots returned", vi="Số phiếu hợp lệ thu về"), at_most=1000, readers=HANDLERS),
    Number(name="spoiled", label=words(en="Ballots spoiled", vi="Số phiếu không hợp lệ"), at_most=1000, readers=HANDLERS),
    Many(name="votes", label=words(en="Votes", vi="Kết quả kiểm phiếu"), klass=Klass.SENSITIVE, readers=HANDLERS, of=(
        Listed(name="sanction", of="ladder.*", label=words(en="Sanction", vi="Hình thức"), readers=HANDLERS),
        Number(name="votes", label=words(en="Votes", vi="Số phiếu"), at_most=1000, readers=HANDLERS))),
    Number(name="none", label=words(en="Votes for no sanction", vi="Số phiếu không kỷ luật"), required=False, at_most=1000, readers=HANDLERS),
)
"""Totals only: a secret ballot keeps nothing of who voted what."""

CONCLUSIONS = (
    Many(name="conclusions", label=words(en="Conclusion on each allegation", vi="Kết luận từng nội dung"), at_most=50, klass=Klass.PERSONAL,
         readers=PARTIES, of=(
             Number(name="allegation", label=words(en="Allegation number", vi="Nội dung số"), at_least=1, at_most=50, readers=PARTIES),
             Choice(name="result", label=words(en="Result", vi="Kết quả"), readers=PARTIES, options=(
                 ("proven", words(en="proven", vi="có vi phạm")), ("not_proven", words(en="not proven", vi="không chứng minh được")))),
             Text(name="why", label=words(en="Why", vi="Vì sao"), at_least=3, at_most=8000, klass=Klass.PERSONAL, readers=PARTIES),
             Text(name="speaks_for", label=words(en="What speaks for the person", vi="Tình tiết có lợi cho người được xem xét"), at_least=2,
                  at_most=8000, klass=Klass.PERSONAL, readers=PARTIES))),
    reasons("degree", "Nature, degree, harm, cause", "Tính chất, mức độ, tác hại, nguyên nhân"),
)

FACTORS = (
    Listed(name="mitigating", of="factors.mitigating", several=True, required=False, label=words(en="Mitigating", vi="Tình tiết giảm nhẹ"),
           readers=PARTIES),
    Listed(name="aggravating", of="factors.aggravating", several=True, required=False, label=words(en="Aggravating", vi="Tình tiết tăng nặng"),
           readers=PARTIES),
    Yes(name="factors_considered", label=words(en="Both lists were considered", vi="Đã xem xét cả hai danh mục tình tiết"), readers=PARTIES),
)
"""The lists are considered, even where nothing on them applies."""

OUTCOME = (
    Computed(name="outcome", of="vote.decides", label=words(en="Outcome", vi="Kết quả"), klass=Klass.SENSITIVE, readers=HANDLERS),
    Computed(name="barred", of="limitation.barred", label=words(en="Limitation has run out", vi="Đã hết thời hiệu"), readers=HANDLERS),
)


def freeze_roll(source: str | tuple[str, ...], dest: str, *more: Guard | Rule, who: tuple[Role, ...] = COUNT,
                effects: tuple[Effect, ...] = ()) -> Transition:
    """Who may vote is fixed, with the reason of each exclusion; where too few are left, the matter goes up first."""
    return Transition(
        trigger="freeze_roll", label=words(en="Freeze the roll", vi="Chốt danh sách biểu quyết"), source=source, dest=dest, who=who, standing=True,
        guards=(g.actor_has_no_tie, gd.roll_names_everyone_once, gd.every_exclusion_has_its_reason, gd.nobody_conflicted_has_a_vote,
                gd.enough_may_vote, *more),
        inputs=ROLL, effects=effects)


def conclude(source: str, *more: Guard | Rule, who: tuple[Role, ...] = (*DECIDE, Role.RECORDER)) -> Transition:
    """Each allegation is concluded, with what speaks for the person."""
    return Transition(
        trigger="conclude", label=words(en="Conclude on each allegation", vi="Kết luận từng nội dung"), source=source, dest=source,
        who=who, standing=True, guards=(g.actor_has_no_tie, gd.decider_did_not_investigate, gd.every_allegation_is_concluded, *more),
        inputs=CONCLUSIONS)


def vote(source: str, dest: str, *more: Guard | Rule, who: tuple[Role, ...] = COUNT, effects: tuple[Effect, ...] = ()) -> Transition:
    """A deciding vote: the outcome is computed from the tally, and its limitation compared."""
    return Transition(
        trigger="vote", label=words(en="Record the vote", vi="Ghi kết quả biểu quyết"), source=source, dest=dest, who=who, standing=True,
        guards=(g.actor_has_no_tie, gd.roll_is_frozen, gd.conclusions_are_there, gd.something_is_proven, gd.sanction_is_in_the_ladder,
                gd.level_may_decide, gd.ruleset_says_how_many_votes(verb="decide"), gd.tally_adds_up, *more),
        inputs=(*BALLOT, *OUTCOME), effects=effects)


def decide_alone(source: str, dest: str, *more: Guard | Rule, who: tuple[Role, ...] = (Role.DECIDER,),
                 effects: tuple[Effect, ...] = ()) -> Transition:
    """One decider decides; the reasons are theirs."""
    return Transition(
        trigger="decide_alone", label=words(en="Decide", vi="Quyết định"), source=source, dest=dest, who=who, standing=True,
        guards=(g.actor_has_no_tie, gd.one_may_decide, gd.decider_did_not_investigate, gd.conclusions_are_there, gd.something_is_proven,
                gd.sanction_is_in_the_ladder, gd.level_may_decide, *more),
        inputs=(Listed(name="sanction", of="ladder.*", label=words(en="Sanction, if any", vi="Hình thức, nếu có"), required=False,
                       klass=Klass.SENSITIVE,
                       readers=HANDLERS),
                Computed(name="outcome", of="one.decides", label=words(en="Outcome", vi="Kết quả"), klass=Klass.SENSITIVE, readers=HANDLERS),
                OUTCOME[1]),
        effects=effects)


RECORD_DISSENT = Transition(
    trigger="record_dissent", label=words(en="Record a dissent", vi="Ghi ý kiến bảo lưu"), source="*", dest="*", while_paused=True,
    who=(*DECIDE, *COUNT, Role.APPEAL_DECIDER, Role.RESPONDENT),
    inputs=(Text(name="dissent", label=words(en="Reserved opinion", vi="Ý kiến bảo lưu"), at_most=8000, lines=True, klass=Klass.PERSONAL,
                 readers=PARTIES),),
    help=words(en="It reaches the deciders word for word, and counts against nobody.",
               vi="Được báo cáo nguyên văn đến cấp quyết định, và không bị coi là vi phạm."))
