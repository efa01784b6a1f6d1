"""What people say in the whole matter, in each language, and how the two houses differ: one person decides, or a body votes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom the administrator enters."""

    name: str
    called: str
    login: str
    unit: str


@dataclass(frozen=True)
class Told:
    """One house, one language, and every word that is typed."""

    house: str
    language: str
    concerned: Newcomer
    above: Newcomer
    auditor: str
    unit: str
    office: str
    lead: str
    team: tuple[str, str]
    determiner: str
    status: str
    level: str
    decider: dict[str, str]
    appeal_level: str
    above_office: str
    presides: str
    minutes_by: str
    mitigating: str
    votes: bool
    mandate: str
    title: str
    what: str
    more: str
    assessment: str
    proposal: str
    plan: str
    evidence: str
    reference: str
    explanation: str
    finding: str
    norm: str
    speaks_for: str
    views: str
    report: str
    answers: str
    conclusion: str
    shortcoming: str
    cause: str
    measure: str
    allegations: tuple[str, str]
    owed: str
    summary: str
    statement: str
    determined: str
    finished: str
    seen: str
    place: str
    answer: str
    minutes: str
    proven: str
    not_proven: str
    degree: str
    reasons: str
    proof: str
    grounds: str
    verified: str
    heard_above: str
    varied: str
    observation: str
    outcome: str
    roll: list[dict[str, Any]] = field(default_factory=list)
    appeal_roll: list[dict[str, Any]] = field(default_factory=list)
    password: str = "a long walk by the river"

    def ballot(self, sanction: str) -> dict[str, Any]:
        """A tally in which four of five vote for one sanction, and one for none."""
        return {"present": 5, "issued": 5, "returned": 5, "spoiled": 0, "none": 1, "votes": [{"sanction": sanction, "votes": 4}]}


ENGLISH = Told(
    house="hospital", language="en",
    concerned=Newcomer("Grace Holloway", "Ms Holloway", "grace", "ASH"), above=Newcomer("Edwin Thorne", "Dr Thorne", "thorne", "HGH"),
    auditor="Ingrid Solheim", unit="MED", office="head-med", lead="Ngozi Adeleke", team=("Aoife Brannigan", "Desmond Oyelaran"), determiner="ACP",
    status="without_post", level="body", decider={"decider": "Rashid Farouqi"}, appeal_level="body",
    above_office="head-hgh", presides="Chief Executive", minutes_by="Miriam Castell",
    mitigating="helped_clarify", votes=False,
    mandate="Order 12 of the Inspectorate: keeping of controlled drugs",
    title="Drug keys of Ash Ward without a handover",
    what="On two nights this month the drug keys of Ash Ward changed hands without an entry in the key book, and the evening count was "
         "signed in advance.",
    more="The second night was the one on which the lift was out of order.",
    assessment="Two dates and a place are named; the key book and the rota can be compared.",
    proposal="The entries can be checked against the rota; a small team can do it in two weeks.",
    plan="Compare the key book with the rota of two months, visit the ward once at night, hear four colleagues and the head of the division.",
    evidence="Key book and count sheets of the month", reference="Ward file 7, pages 3 to 9",
    explanation="On both nights the ward was one nurse short. I had asked for the handover sheet to be kept, and did not look whether it was.",
    finding="On two nights the keys were handed over without an entry, and the evening count was signed before it was made.",
    norm="Policy on controlled drugs, section 4", speaks_for="The ward was one nurse short, and nothing was missing.",
    views="I agree with the findings, and ask that the shortage on both nights be named.",
    report="The findings stand. The shortage is named on page 2.", answers="The shortage on both nights is now named.",
    conclusion="The rule was known and not kept on two nights. Nothing was missing. The handover is mended at once; who answers for it is "
         "looked at separately.",
    shortcoming="The keys change hands without anybody looking at the key book.", cause="Nobody was named to read the key book.",
    measure="The nurse in charge reads and signs the key book at each handover.",
    allegations=("Signed the evening count of controlled drugs before it was made.", "Handed over the drug keys without an entry in the key book."),
    owed="Say how you saw to it that the key book was kept, and what is different now.",
    summary="In Ash Ward the drug keys changed hands twice without an entry, and a count was signed in advance.",
    statement="I take this on. From Monday I read the key book myself each week until a month is complete.",
    determined="The head knew of the shortage and could have looked. That it was taken on at once counts for the head.",
    finished="The book lies at the handover, and the nurse in charge signs it. Three weeks are complete.",
    seen="Visited at night without notice: the book was complete for three weeks.", place="Ash Ward",
    answer="I signed early because we were two. The keys I gave to the nurse in charge, who wrote it down elsewhere.",
    minutes="The ward was short on both nights. The handover is written on the rota of that night.",
    proven="The times on the sheet and on the door differ.",
    not_proven="The rota of that night has the handover, signed by both.",
    degree="Twice in a month, without harm; the cause was haste on a short night.",
    reasons="The count says that it was made. It was not. Nothing was missing, and it was said openly.", proof="Receipt 14 in the personal file",
    grounds="The second point is not true: the handover is written on the rota of that night. I ask for a lighter measure.",
    verified="The rota of the night, which was not in the file.", heard_above="The rota was lying in the ward office all along.",
    varied="The second point is not proven: the handover was written down. For the first alone a reprimand is enough.",
    observation="The rota was not asked for before the decision. Say how the file will be complete next time.", outcome="reprimand")

VIETNAMESE = Told(
    house="depot", language="vi",
    concerned=Newcomer("Lò Văn Chẩn", "đồng chí Chẩn", "chan", "QTR"), above=Newcomer("Vi Thế Duyệt", "đồng chí Duyệt", "duyet", "TK"),
    auditor="Đinh Công Hoạch", unit="PK1", office="head-pk1", lead="Hoàng Văn Tấu", team=("Lương Thị Thơ", "Mạc Thị Dung"), determiner="BTV",
    status="without_post", level="base", decider={"body": "UBKT"}, appeal_level="base", above_office="btv-chu-tri",
    presides="Chủ trì Ban Thường vụ", minutes_by="Ninh Thế Vọng",
    mitigating="reported_by_self", votes=True,
    mandate="Quyết định số 12 của Ủy ban Kiểm tra Đảng ủy Cục: việc giữ chìa khóa kho",
    title="Giao nhận chìa khóa Kho Quân trang không ghi sổ",
    what="Hai đêm trong tháng, chìa khóa Kho Quân trang được giao nhận mà không ghi sổ; phiếu kiểm đếm buổi tối được ký trước khi kiểm đếm.",
    more="Đêm thứ hai là đêm mất điện.",
    assessment="Nêu rõ hai ngày và địa điểm; đối chiếu được sổ chìa khóa với lịch trực.",
    proposal="Có thể đối chiếu sổ với lịch trực; một đoàn nhỏ làm rõ trong hai tuần.",
    plan="Đối chiếu sổ chìa khóa với lịch trực hai tháng; kiểm tra tại kho một lần ban đêm; làm việc với bốn đồng chí và nghe người đứng "
         "đầu phân kho.",
    evidence="Sổ chìa khóa và phiếu kiểm đếm trong tháng", reference="Hồ sơ kho, tập 7, trang 3-9",
    explanation="Cả hai đêm kho thiếu một người trực. Tôi đã yêu cầu giữ sổ giao nhận nhưng không kiểm tra lại.",
    finding="Hai đêm giao nhận chìa khóa không ghi sổ, phiếu kiểm đếm buổi tối ký trước khi kiểm đếm.",
    norm="Quy định giữ chìa khóa kho, điều 4", speaks_for="Kho thiếu một người trực; không thất thoát.",
    views="Nhất trí với các phát hiện; đề nghị ghi rõ việc thiếu người trực trong cả hai đêm.",
    report="Các phát hiện được giữ nguyên. Việc thiếu người trực được ghi ở trang 2.", answers="Đã ghi rõ việc thiếu người trực trong cả hai đêm.",
    conclusion="Quy định đã biết mà không thực hiện trong hai đêm. Không thất thoát. Khắc phục ngay việc giao nhận; trách nhiệm người đứng "
         "đầu xem xét riêng.",
    shortcoming="Chìa khóa được giao nhận mà không ai xem sổ.", cause="Chưa phân công ai xem sổ chìa khóa.",
    measure="Trực chỉ huy xem và ký sổ chìa khóa mỗi lần giao ca.",
    allegations=("Ký phiếu kiểm đếm buổi tối trước khi kiểm đếm.", "Giao chìa khóa kho mà không ghi sổ chìa khóa."),
    owed="Trình bày đã kiểm tra việc ghi sổ chìa khóa thế nào và từ nay thay đổi gì.",
    summary="Tại Kho Quân trang, chìa khóa hai lần được giao nhận không ghi sổ, một phiếu kiểm đếm ký trước.",
    statement="Tôi nhận trách nhiệm. Từ thứ hai, tôi trực tiếp xem sổ chìa khóa hằng tuần cho đến khi đủ một tháng.",
    determined="Người đứng đầu biết việc thiếu người và có điều kiện kiểm tra. Ghi nhận việc đã nhận trách nhiệm ngay.",
    finished="Sổ để tại nơi giao ca, trực chỉ huy ký. Đã đủ ba tuần.", seen="Kiểm tra ban đêm, không báo trước: sổ đủ ba tuần.",
    place="Kho Quân trang", answer="Tôi ký trước vì chỉ có hai người. Chìa khóa tôi giao cho trực chỉ huy, đồng chí ấy ghi ở lịch trực.",
    minutes="Cả hai đêm thiếu người. Việc giao nhận có ghi ở lịch trực đêm đó.", proven="Giờ ghi trên phiếu và giờ mở cửa kho không khớp.",
    not_proven="Lịch trực đêm đó có ghi việc giao nhận, đủ hai chữ ký.", degree="Hai lần trong tháng, không gây hậu quả; do làm vội khi thiếu người.",
    reasons="Phiếu ghi đã kiểm đếm, thực tế chưa. Không thất thoát, đã tự nhận.", proof="Giấy nhận số 14, hồ sơ cá nhân",
    grounds="Nội dung thứ hai không đúng: việc giao nhận có ghi ở lịch trực đêm đó. Đề nghị áp dụng hình thức nhẹ hơn.",
    verified="Lịch trực đêm đó, chưa có trong hồ sơ.", heard_above="Lịch trực vẫn để ở phòng trực từ đầu.",
    varied="Nội dung thứ hai không chứng minh được: việc giao nhận đã được ghi. Riêng nội dung thứ nhất, khiển trách là đủ.",
    observation="Chưa yêu cầu lịch trực trước khi quyết định. Đề nghị nêu cách bảo đảm hồ sơ đầy đủ lần sau.", outcome="khiển trách",
    roll=[{"person": "Lương Thị Thơ", "recused": True, "why": "đã tham gia đoàn kiểm tra"},
          *({"person": one} for one in ("Phạm Đức Khoan", "Đỗ Thị Hải Miên", "Cao Xuân Lẫm", "Vũ Thanh Nhàn", "Nguyễn Hữu Trác"))],
    appeal_roll=[{"person": one} for one in ("Vi Thế Duyệt", "Bùi Thị Lan Chi", "Lê Quang Thụy", "Tạ Minh Nguyệt", "Ninh Thế Vọng")])

TOLD = {told.language: told for told in (ENGLISH, VIETNAMESE)}
