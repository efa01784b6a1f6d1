"""A pack is read strictly: every unknown key, guard, effect and role is named, and an unsound workflow is not let
in."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.catalogue import BUILT_IN, Catalogue, load_catalogue
from workflows.errors import BadDefinition
from workflows.pack import load_pack, load_workflow, read_workflow

LABEL = 'label = { en = "A", vi = "B" }\n'
HEAD = 'name = "ward_round"\nversion = 1\ntitle = { en = "Ward round", vi = "Đi buồng" }\n'
STATES = ('[states]\nopened = { label = { en = "A", vi = "B" } }\n'
          'closed = { label = { en = "C", vi = "D" }, final = true }\n')
OPEN = f'[[transitions]]\ntrigger = "open"\nsource = ""\ndest = "opened"\nwho = ["officer"]\n{LABEL}'
CLOSE = f'[[transitions]]\ntrigger = "close"\nsource = "opened"\ndest = "closed"\nwho = ["chair"]\n{LABEL}'
SOUND = HEAD + STATES + OPEN + CLOSE


def an_input(lines: str) -> str:
    return f'[[transitions.inputs]]\nname = "why"\n{lines}'


def found(text: str) -> tuple[str, ...]:
    with pytest.raises(BadDefinition) as caught:
        read_workflow(text, "ward_round.toml")
    assert str(caught.value).startswith(("ward_round.toml: ", "ward_round@1: "))
    return caught.value.defects


GOOD = 'kind = "text"\nclass = "plain"\nreaders = "everyone"\n' + LABEL


@pytest.mark.parametrize(("text", "sentence"), [
    ("colour = 1\n" + SOUND, "the workflow: unknown key “colour”; possible: entries, fast"),
    (HEAD + STATES.replace("final = true", "last = true, final = true") + OPEN + CLOSE,
     "state “closed”: unknown key “last”"),
    (SOUND + "colour = 1\n", "transition “close”: unknown key “colour”"),
    (SOUND + 'guards = ["is_nice"]\n', "transition “close”: there is no guard “is_nice”; the guards are: "),
    (SOUND + "guards = [{ guard = [1] }]\n", "transition “close”: there is no guard “[1]”"),
    (SOUND + 'guards = ["os.getcwd"]\n', "transition “close”: there is no guard “os.getcwd”"),
    (SOUND + 'guards = ["came_before"]\n', "transition “close”: the guard “came_before” takes exactly: trigger"),
    (SOUND + 'guards = [{ guard = "case_is_paused", loudly = true }]\n',
     "transition “close”: the guard “case_is_paused” takes exactly: nothing"),
    (SOUND + 'effects = ["explode"]\n',
     "transition “close”: there is no such effect; the effects are: appoint, attach"),
    (SOUND + 'effects = [{ effect = "serve", role = "respondent" }]\n',
     "transition “close”: the effect takes letter, role"),
    (SOUND + 'effects = [{ effect = "pause", for = 3 }]\n', "transition “close”: the effect takes nothing"),
    (SOUND + 'effects = [{ effect = "serve", role = "king", letter = "x" }]\n',
     "transition “close”: there is no role “king”"),
    (SOUND + 'effects = [{ effect = "open", workflow = "w", trigger = "t", copy = ["what"] }]\n',
     "transition “close”: “copy” takes pairs"),
    (SOUND.replace('["chair"]', '["chair", "king"]'), "transition “close”: there is no role “king”"),
    (SOUND.replace('source = "opened"\n', ""), "transition “close”: “source” is missing"),
    (SOUND.replace('trigger = "close"\n', ""), "transition “?”: “trigger” is missing"),
    (SOUND + an_input(GOOD.replace("text", "picture")),
     "transition “close”, input “why”: unknown kind; the kinds are: case, choice, day"),
    (SOUND + an_input(GOOD.replace("plain", "secret")),
     "transition “close”, input “why”: needs class, one of: plain, personal, sensitive, sealed"),
    (SOUND + an_input(GOOD.replace('class = "plain"\n', "")), "transition “close”, input “why”: needs class"),
    (SOUND + an_input(GOOD.replace("everyone", "all")),
     "transition “close”, input “why”: needs readers, one of: everyone, parties, handlers"),
    (SOUND + an_input(GOOD.replace('readers = "everyone"\n', "")), "transition “close”, input “why”: needs readers"),
    (SOUND + an_input(GOOD + "colour = 1\n"), "transition “close”, input “why”: unknown key “colour”"),
    (SOUND + an_input(GOOD.replace("text", "choice")), "transition “close”, input “why”: "),
    (SOUND + an_input(GOOD.replace(LABEL, "")),
     "transition “close”, input “why”: needs a text in every shipped language"),
    (SOUND.replace("version = 1", 'version = "one"'), "it needs a name and a version number"),
    (SOUND.replace('vi = "Đi buồng"', 'fr = "Visite"'), "title: needs a text in every shipped language"),
    ("name =", "it is not TOML: "),
    (SOUND.replace('"closed"\n', '"shut"\n'), "“close” speaks of a state “shut” that does not exist"),
])
def test_a_defect_of_a_workflow_file_is_named(text: str, sentence: str) -> None:
    assert [d for d in found(text) if d.startswith(sentence)]


def test_every_defect_of_a_file_is_named_at_once() -> None:
    text = SOUND + 'colour = 1\nguards = ["is_nice"]\neffects = ["explode"]\n' + an_input(GOOD.replace("text",
                                                                                                       "picture"))
    assert len(found(text)) == 4


def test_a_sound_file_becomes_a_workflow_with_the_entries_of_every_case() -> None:
    w = read_workflow(SOUND, "ward_round.toml")
    assert (w.name, [s.name for s in w.states]) == ("ward_round", ["opened", "closed"])
    assert "add_evidence" in w.triggers
    assert read_workflow("entries = false\n" + SOUND, "x").entries == ()


def test_a_sanction_without_notice_cannot_come_in_through_a_pack() -> None:
    text = SOUND + 'effects = [{ effect = "sanction", input = "why" }]\n' + an_input(GOOD)
    assert found(text) == ("“close” imposes a sanction that can be reached without notice",
                           "“close” imposes a sanction that can be reached without hearing",
                           "“close” imposes a sanction and leads to “closed”, which does not say that it punishes")
    assert found("fast = true\n" + text) == ("“close” imposes a sanction in a fast workflow",)


def test_a_transition_without_anybody_is_not_given_to_somebody() -> None:
    assert found(SOUND.replace('["chair"]', "[]")) == ("“close” names nobody who may do it",)


def pack(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_a_pack_brings_its_workflows_and_its_ruleset(tmp_path: Path) -> None:
    rules = 'name = "ward"\nversion = 1\ntitle = { en = "Ward", vi = "Khoa" }\n[keys]\nreminders = 1\n'
    found = load_pack(pack(tmp_path / "ward", pack='name = "ward"\n', ward_round=SOUND, ruleset=rules))
    assert (found.name, [w.name for w in found.workflows]) == ("ward", ["ward_round"])
    assert found.ruleset is not None and found.ruleset.values["reminders"] == 1


@pytest.mark.parametrize(("files", "sentence"), [
    ({}, "needs a file pack.toml"),
    ({"pack": "version = 1\n"}, "it needs a name"),
    ({"pack": "name ="}, "it is not TOML"),
    ({"pack": 'name = "p"\n', "w": "colour = 1\n"}, "unknown key “colour”"),
    ({"pack": 'name = "p"\nrecorded = 1\n'}, "“recorded” is true or false"),
])
def test_an_unsound_pack_is_refused(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadDefinition, match=sentence):
        load_pack(pack(tmp_path / "p", **files))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("w.toml", "gone.toml"):
        with pytest.raises(BadDefinition, match="it cannot be read"):
            load_workflow(tmp_path / name)


def test_the_shipped_packs_load() -> None:
    assert {w.name for w in BUILT_IN} <= {w.name for w in load_catalogue().workflows}


def test_a_catalogue_finds_by_name_the_newest_and_by_hash_the_very_one(tmp_path: Path) -> None:
    newer = SOUND.replace("version = 1", "version = 2")
    catalogue = load_catalogue([pack(tmp_path / "p", pack='name = "p"\n', ward_round=SOUND, later=newer)])
    assert catalogue.by_name["ward_round"].version == 2
    assert {catalogue.by_hash[w.law_hash].version for w in catalogue.workflows if w.name == "ward_round"} == {1, 2}
    generic = catalogue.rulesets_by_name["generic"]
    assert catalogue.rulesets_by_hash[generic.law_hash] is generic


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="ward_round@1 is defined twice"):
        load_catalogue([pack(tmp_path / "p", pack='name = "p"\n', one=SOUND),
                        pack(tmp_path / "q", pack='name = "q"\n', one=SOUND)])


@pytest.mark.parametrize("target",
                         ['workflow = "nowhere", trigger = "open"', 'workflow = "inspection", trigger = "assess"'])
def test_a_case_that_no_workflow_opens_is_refused(tmp_path: Path, target: str) -> None:
    text = SOUND + f'effects = [{{ effect = "open", {target} }}]\n'
    with pytest.raises(BadDefinition, match="“close” opens a case that no workflow knows"):
        load_catalogue([pack(tmp_path / "p", pack='name = "p"\n', one=text)])


SOUND_PACK = 'name = "p"\n'


@pytest.mark.parametrize(("text", "sentence"), [
    (SOUND + 'effects = [{ effect = "startclock", name = "nap" }]\n', "no ruleset says how long the clock “nap” runs"),
    (SOUND + 'effects = [{ effect = "startclock", name = "ack", times = "naps" }]\n',
     "no ruleset says how many times the clock “ack” runs out: “naps”"),
    (SOUND.replace("version = 1", 'version = 1\nparents = ["nowhere"]'), "it stands under “nowhere”, which no workflow is called"),
    (SOUND + 'effects = [{ effect = "open", workflow = "inspection", trigger = "register", copy = [["=x", "colour"]] }]\n',
     "“close” gives “colour” to “inspection”, which does not ask for it"),
    (SOUND + 'effects = [{ effect = "open", workflow = "responsibility", trigger = "identify" }]\n',
     "“close” opens a case of “responsibility”, which cannot stand under one of “ward_round”"),
    (SOUND.replace('who = ["officer"]', 'who = ["officer"]\neffects = [{ effect = "open", workflow = "ward_round", trigger = "open" }]'),
     "an act brings itself about again without end: ward_round.open → ward_round.open"),
])
def test_what_no_workflow_shows_alone_is_found_among_the_others(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        load_catalogue([pack(tmp_path / "p", pack=SOUND_PACK, one=text)])
    assert (caught.value.name, caught.value.defects) == ("ward_round", (sentence,))


def test_a_recorded_pack_is_exempt_and_nothing_live_opens_a_case_of_it(tmp_path: Path) -> None:
    bare = SOUND + 'effects = [{ effect = "sanction", input = "why" }]\n' + an_input(GOOD)
    bare = bare.replace("final = true", "final = true, punishes = true")
    recorded = pack(tmp_path / "p", pack=SOUND_PACK + "recorded = true\n", one=bare)
    assert [w.recorded for w in load_pack(recorded).workflows] == [True]
    opens = SOUND.replace("ward_round", "live") + 'effects = [{ effect = "open", workflow = "ward_round", trigger = "open" }]\n'
    with pytest.raises(BadDefinition, match="“close” opens a case of “ward_round”, which is for recorded histories alone"):
        load_catalogue([recorded, pack(tmp_path / "q", pack='name = "q"\n', one=opens)])


def test_the_core_alone_is_a_catalogue() -> None:
    assert sorted(Catalogue().by_name) == sorted(w.name for w in BUILT_IN)
