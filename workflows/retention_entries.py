"""The entries by which a case is held, and by which content goes: proposed by one person, carried out by another."""

from __future__ import annotations

from workflows import guards_retention as g
from workflows.definition import ANY, Transition
from workflows.effects import Dispose, Erase
from workflows.guards import actor_has_no_tie
from workflows.inputs import HANDLERS, Choice, Computed, Klass, Many, Number, Text
from workflows.roles import Role
from workflows.words import words

KEEPERS = (Role.DATA_OFFICER, Role.CHAIR, Role.DECIDER)
"""Who holds, and who carries out what another proposed. In a closed circle, which no grant reaches, that is whoever decides there."""
PROPOSERS = (*KEEPERS, Role.OFFICER)
READERS = (*HANDLERS, Role.DATA_OFFICER)
_PERSON = (g.actor_is_not_concerned, g.case_is_not_disposed)

HOLD = Transition(
    trigger="hold", label=words(en="Hold: nothing is erased", vi="Giữ hồ sơ: không xóa gì"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, who=KEEPERS, guards=(*_PERSON, g.no_hold_stands),
    inputs=(Text(name="reason", label=words(en="Why", vi="Lý do"), at_least=3, at_most=2000, lines=True, klass=Klass.PERSONAL, readers=READERS),),
    help=words(en="For proceedings elsewhere, an audit or a claim. Until it is lifted nothing of the case is erased or disposed of.",
               vi="Dùng khi có tố tụng, kiểm toán hoặc yêu cầu ở nơi khác. Trước khi bỏ lệnh giữ, không nội dung nào của vụ việc bị xóa hoặc hủy."),
)

LIFT_HOLD = Transition(
    trigger="lift_hold", label=words(en="Lift the hold", vi="Bỏ lệnh giữ hồ sơ"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, who=KEEPERS, guards=(*_PERSON, g.a_hold_stands),
    inputs=(Text(name="reason", label=words(en="Why", vi="Lý do"), at_least=3, at_most=2000, lines=True, klass=Klass.PERSONAL, readers=READERS),),
)

PROPOSE_ERASURE = Transition(
    trigger="propose_erasure", label=words(en="Propose to erase content", vi="Đề nghị xóa nội dung"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, who=PROPOSERS,
    guards=(*_PERSON, g.no_hold_stands, g.no_proposal_waits, g.pieces_can_be_erased, g.case_under_way_keeps_its_words),
    inputs=(
        Choice(name="basis", label=words(en="On what basis", vi="Căn cứ"), options=(
            ("third_person", words(en="a third person is named", vi="có nêu người thứ ba")),
            ("period_over", words(en="the time of being kept is over", vi="đã hết thời hạn lưu")),
            ("asked", words(en="the person asked for it and is right", vi="người liên quan đề nghị, có căn cứ")),
            ("mistaken", words(en="it was entered by mistake", vi="nhập nhầm")),
            ("unlawful", words(en="it may not be kept", vi="không được phép lưu"))), readers=READERS),
        Many(name="pieces", label=words(en="What is erased", vi="Nội dung xóa"), at_most=50, readers=READERS, of=(
            Number(name="seq", label=words(en="Event (0: the case itself)", vi="Sự kiện (0: chính vụ việc)"), at_most=999_999_999, readers=READERS),
            Text(name="field", label=words(en="Field", vi="Mục"), at_most=300, readers=READERS),
            Text(name="instead", label=words(en="Words in its place", vi="Lời thay thế"), required=False, lines=True, klass=Klass.PERSONAL,
                 readers=READERS))),
    ),
    help=words(en="Each piece by the number of its event and the name of its field, as the retention page lists them. Nothing is erased before "
                  "another person agrees.",
               vi="Mỗi mục gồm số sự kiện và tên mục như trang lưu trữ liệt kê. Không nội dung nào bị xóa trước khi người khác đồng ý."),
)

ERASE = Transition(
    trigger="erase", label=words(en="Erase what was proposed", vi="Xóa nội dung đã đề nghị"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, who=KEEPERS, standing=True, approves="propose_erasure",
    guards=(*_PERSON, actor_has_no_tie, g.no_hold_stands, g.a_proposal_waits(trigger="propose_erasure"), g.another_person_proposed),
    inputs=(Computed(name="erased", of="retention.erased", label=words(en="Erased", vi="Đã xóa"), readers=READERS),
            Computed(name="basis", of="retention.basis", label=words(en="On what basis", vi="Căn cứ"), readers=READERS),
            Computed(name="proposed_by", of="retention.proposer", label=words(en="Proposed by", vi="Người đề nghị"), klass=Klass.PERSONAL,
                     readers=READERS)),
    effects=(Erase("erased"),),
    help=words(en="It cannot be undone. Every proof of the case stays valid.",
               vi="Không thể hoàn tác. Mọi bằng chứng của vụ việc vẫn kiểm chứng được."),
)

DECLINE_PROPOSAL = Transition(
    trigger="decline_proposal", label=words(en="Decline or withdraw the proposal", vi="Từ chối hoặc rút đề nghị"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, who=PROPOSERS, guards=(*_PERSON, g.some_proposal_waits),
)

PROPOSE_DISPOSAL = Transition(
    trigger="propose_disposal", label=words(en="Propose to dispose of the case", vi="Đề nghị hủy hồ sơ vụ việc"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, who=PROPOSERS,
    guards=(*_PERSON, g.no_hold_stands, g.no_proposal_waits, g.retention_is_over),
    inputs=(Computed(name="rule", of="retention.rule", label=words(en="Under the rule", vi="Theo quy định"), readers=READERS),
            Computed(name="due_on", of="retention.due_on", label=words(en="Kept until", vi="Lưu đến hết ngày"), readers=READERS)),
)

DISPOSE = Transition(
    trigger="dispose", label=words(en="Dispose of the case", vi="Hủy hồ sơ vụ việc"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, who=KEEPERS, standing=True, approves="propose_disposal",
    guards=(*_PERSON, actor_has_no_tie, g.no_hold_stands, g.retention_is_over, g.a_proposal_waits(trigger="propose_disposal"),
            g.another_person_proposed),
    inputs=(Computed(name="rule", of="retention.rule", label=words(en="Under the rule", vi="Theo quy định"), readers=READERS),
            Computed(name="due_on", of="retention.due_on", label=words(en="Kept until", vi="Lưu đến hết ngày"), readers=READERS),
            Computed(name="proposed_by", of="retention.proposer", label=words(en="Proposed by", vi="Người đề nghị"), klass=Klass.PERSONAL,
                     readers=READERS),
            Computed(name="through", of="retention.events", label=words(en="Events whose content went", vi="Số sự kiện đã hủy nội dung"),
                     readers=READERS),
            Computed(name="files", of="retention.files", label=words(en="Files that went (SHA-256)", vi="Tệp đã hủy (SHA-256)"), readers=READERS),
            Computed(name="elsewhere", of="retention.elsewhere", label=words(en="Words elsewhere that went (commitments)",
                                                                            vi="Nội dung ở nơi khác đã hủy (cam kết)"), readers=READERS)),
    effects=(Dispose(),),
    help=words(en="It cannot be undone. What stays is the bare course of the case, every proof, and a certificate.",
               vi="Không thể hoàn tác. Chỉ còn lại diễn biến trần của vụ việc, mọi bằng chứng và biên bản hủy."),
)

_LEAF = Text(name="leaf", label=words(en="The first time, by its leaf", vi="Lần đầu, theo mã băm"), at_most=64, readers=READERS)

ERASE_AGAIN = Transition(
    trigger="erase_again", label=words(en="Erased again after a restore", vi="Xóa lại sau khi phục hồi"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
    inputs=(_LEAF, Many(name="erased", label=words(en="Erased", vi="Đã xóa"), readers=READERS, of=(
        Number(name="seq", label=words(en="Event", vi="Sự kiện"), readers=READERS),
        Text(name="digest", label=words(en="Commitment", vi="Cam kết"), readers=READERS))),
            Text(name="proposed_by", label=words(en="Proposed by", vi="Người đề nghị"), klass=Klass.PERSONAL, readers=READERS),
            Text(name="carried_out_by", label=words(en="Carried out by", vi="Người thực hiện"), klass=Klass.PERSONAL, readers=READERS)),
    effects=(Erase("erased"),))

DISPOSE_AGAIN = Transition(
    trigger="dispose_again", label=words(en="Disposed of again after a restore", vi="Hủy lại sau khi phục hồi"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
    inputs=(_LEAF, Text(name="rule", label=words(en="Under the rule", vi="Theo quy định"), readers=READERS),
            Number(name="through", label=words(en="Events whose content went", vi="Số sự kiện đã hủy nội dung"), readers=READERS,
                   at_most=999_999_999),
            Text(name="proposed_by", label=words(en="Proposed by", vi="Người đề nghị"), klass=Klass.PERSONAL, readers=READERS),
            Text(name="carried_out_by", label=words(en="Carried out by", vi="Người thực hiện"), klass=Klass.PERSONAL, readers=READERS)),
    effects=(Dispose(),))
"""The system does again what had been done before a backup was brought back; no person may send either."""

RETENTION_ENTRIES = (HOLD, LIFT_HOLD, PROPOSE_ERASURE, ERASE, DECLINE_PROPOSAL, PROPOSE_DISPOSAL, DISPOSE, ERASE_AGAIN, DISPOSE_AGAIN)
