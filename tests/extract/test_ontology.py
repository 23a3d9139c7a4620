"""The shipped ontologies, the lookups, and what a user's own file is told when it is wrong."""

from pathlib import Path

import pytest

from eventclip.errors import EventClipError, UsageError
from eventclip_extract.ontology import COMMON_ROLES, load_ontology
from eventclip_extract.ontology_file import ENTITY_TYPES
from eventclip_extract.slots import parse_template

OWN = """
types:
  Space.Dock:
    description: A craft joins a station.
    roles: {Craft: [VEH], Station: [FAC, VEH]}
    frame: {subject: Craft, object: Station, with: Station}
    verbs: [dock, berth]
    templates: ["{Craft} <dock> [with {Station}]"]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_news_covers_the_33_types_of_ace_and_forty_visible_ones_more() -> None:
    news = load_ontology("news")
    assert len({event_type.ace for event_type in news.types.values()} - {None}) == 33
    assert sum(event_type.visual and event_type.ace is None for event_type in news.types.values()) >= 40


def test_ace_keeps_33_types_and_takes_back_what_news_splits_off() -> None:
    ace = load_ontology("ace")
    assert len(ace.types) == 33
    assert "Movement.Arrive" not in ace
    assert ace.lookup("arrive", "VERB")[0].type == "Movement.Transport"


SHIPPED = pytest.mark.parametrize("name", ["news", "ace", "imsitu"])


def test_the_shipped_ontologies_have_their_sizes() -> None:
    assert len(load_ontology("ace").types) == 33
    assert len(load_ontology("imsitu").types) == 504
    assert len(load_ontology("news").types) >= 120


@SHIPPED
def test_roles_frames_and_templates_of_every_type_agree(name: str) -> None:
    for event_type in load_ontology(name).types.values():
        roles = set(event_type.roles)
        assert all(types and types <= set(ENTITY_TYPES) for types in event_type.roles.values()), event_type.name
        assert event_type.core | event_type.symmetric <= roles, event_type.name
        assert event_type.frame.roles <= roles, event_type.name
        assert all(trigger.frame.roles <= roles for trigger in event_type.triggers), event_type.name
        assert event_type.templates, event_type.name
        for template in event_type.templates:
            assert set(parse_template(template).roles) <= roles, template


@SHIPPED
def test_entailment_has_no_cycle_and_exclusion_is_mutual_and_never_of_what_is_entailed(name: str) -> None:
    ontology = load_ontology(name)
    for one in ontology.types:
        above = ontology.entailed(one)
        assert all(one not in ontology.entailed(other) for other in above - {one}), one
        assert not above & ontology[one].incompatible, one
        assert all(one in ontology[other].incompatible for other in ontology[one].incompatible), one


@SHIPPED
def test_no_type_has_a_trigger_twice(name: str) -> None:
    for event_type in load_ontology(name).types.values():
        entries = list(event_type.triggers)
        assert all(entry not in entries[:place] for place, entry in enumerate(entries)), event_type.name


def test_what_one_side_excludes_the_other_excludes_too(tmp_path: Path) -> None:
    more = OWN + OWN.split("types:\n")[1].replace("Space.Dock", "Space.Leave") + "    incompatible: [Space.Dock]\n"
    own = load_ontology(write(tmp_path, more))
    assert own["Space.Dock"].incompatible == {"Space.Leave"}


@pytest.mark.parametrize("name", ["news", "ace", "imsitu"])
def test_every_type_has_triggers_and_place_and_time(name: str) -> None:
    for event_type in load_ontology(name).types.values():
        assert event_type.triggers, event_type.name
        assert list(event_type.roles)[-2:] == ["Place", "Time"]
        assert parse_template(event_type.templates[0]).subject in event_type.roles


def test_a_type_that_entails_another_never_excludes_it() -> None:
    news = load_ontology("news")
    for event_type in news.types.values():
        assert not news.entailed(event_type.name) & event_type.incompatible, event_type.name


def test_lookup_gives_the_more_specific_entry_first() -> None:
    entries = load_ontology("news").lookup("take", "VERB")
    assert [entry.specificity for entry in entries] == sorted((entry.specificity for entry in entries), reverse=True)
    assert any(entry.particle == "to" and entry.noun == "street" for entry in entries)


def test_particle_and_light_verb_are_read_from_the_trigger() -> None:
    news = load_ontology("news")
    assert news.lookup("pick", "VERB")[0].particle == "up"
    assert next(entry for entry in news.lookup("shake", "VERB")).noun == "hand"


def test_noun_frame_follows_from_the_verb_frame() -> None:
    (entry,) = load_ontology("news").lookup("airstrike", "NOUN")
    assert entry.frame.prepositions["by"] == "Attacker"
    assert entry.frame.prepositions["on"] == "Target"
    assert entry.frame.possessive == "Attacker"


def test_entailment_is_transitive_and_reflexive() -> None:
    assert load_ontology("news").entailed("Medical.Bandage") == {"Medical.Bandage", "Medical.Treat"}


def test_co_occurrence_may_name_a_whole_parent() -> None:
    news = load_ontology("news")
    assert news.may_co_occur("Contact.Speak", "Posture.Stand")
    assert not news.may_co_occur("Movement.Push", "Justice.Arrest")


def test_own_file_extends_news_and_adds_triggers(tmp_path: Path) -> None:
    text = "extends: news\n" + OWN + "  Movement.Push:\n    verbs: [bulldoze]\n"
    own = load_ontology(write(tmp_path, text))
    assert own.lookup("berth", "VERB")[0].type == "Space.Dock"
    assert {"push", "bulldoze"} <= {entry.lemma for entry in own["Movement.Push"].triggers}
    assert len(own.types) == len(load_ontology("news").types) + 1


def test_own_file_may_extend_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, OWN)
    (tmp_path / "more.yaml").write_text("extends: own.yaml\nonly: [Space.Dock]\n", encoding="utf-8")
    assert list(load_ontology(tmp_path / "more.yaml").types) == ["Space.Dock"]


def test_unknown_type_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown event type 'Justice\.Arest': did you mean 'Justice\.Arrest'"):
        load_ontology("news")["Justice.Arest"]


def test_imsitu_has_its_504_activities_with_a_role_for_each_slot() -> None:
    imsitu = load_ontology("imsitu")
    assert len(imsitu.types) == 504
    stapling = imsitu["Activity.Stapling"]
    assert [role for role in stapling.roles if role not in COMMON_ROLES] == ["Agent", "Item", "Surface", "Tool"]
    assert stapling.templates == ("{Agent} <staple> {Item} [onto {Surface}] [with {Tool}]",)


def test_doubtful_words_are_marked_unless_they_come_with_a_condition() -> None:
    by_condition = {entry.asks_for_more: entry.doubtful for entry in load_ontology("news").lookup("fight", "VERB")}
    assert by_condition == {False: True, True: False}


def test_unknown_ontology_is_answered_with_the_shipped_ones() -> None:
    with pytest.raises(UsageError, match=r"unknown ontology 'nws': did you mean 'news'"):
        load_ontology("nws")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OWN.replace("VEH], S", "VEHICLE], S"), r"own\.yaml: Space\.Dock: roles: Craft: unknown entity type 'VEHICLE'"),
        (
            OWN.replace("object: Station", "object: Staton"),
            r"Space\.Dock: frame: object: unknown role 'Staton': did you mean 'Station'",
        ),
        (OWN.replace("with {Station}", "with {Port}"), r"Space\.Dock: templates: .*unknown role 'Port'"),
        (OWN.replace("<dock>", "docks"), r"Space\.Dock: templates: .*cannot be read; expected '\{Role\} <verb>"),
        (
            OWN + "    entails: [Space.Doc]\n",
            r"Space\.Dock: entails: unknown event type 'Space\.Doc': did you mean 'Space\.Dock'",
        ),
        (OWN + "    core: [Craf]\n", r"Space\.Dock: core: unknown role 'Craf': did you mean 'Craft'"),
        (OWN + "    symmetric: [Craf]\n", r"Space\.Dock: symmetric: unknown role 'Craf': did you mean 'Craft'"),
        (OWN + "    verb: [moor]\n", r"Space\.Dock: unknown key 'verb': did you mean 'verbs'"),
        (
            OWN.replace("berth]", "{berth: {need: [object]}}]"),
            r"Space\.Dock: berth: unknown key 'need': did you mean 'needs'",
        ),
        (OWN.replace("Space.Dock", "Docking"), r"'Docking' is no event type; expected Parent\.Child"),
        (OWN.replace("    description: A craft joins a station.\n", ""), r"Space\.Dock: description is missing"),
        ("extends: nws\n" + OWN, r"own\.yaml: extends: unknown ontology 'nws': did you mean 'news'"),
        ("extends: own.yaml\n" + OWN, r"extends itself"),
        (OWN + "only: [Space.Duck]\n", r"only: unknown event type 'Space\.Duck': did you mean 'Space\.Dock'"),
        (
            OWN.replace("berth]", "{berth: {needs: object}}]"),
            r"berth: needs: expected a list of slots .*, got 'object'",
        ),
        (
            OWN.replace("berth]", "{berth: {needs: [objct]}}]"),
            r"Space\.Dock: berth: needs: unknown slot 'objct': did you mean 'object'",
        ),
        (OWN.replace("object: S", "objct: S"), r"frame: unknown slot 'objct': did you mean 'object'"),
        (OWN + "    visual: maybe\n", r"Space\.Dock: visual: expected true or false, got 'maybe'"),
        (
            OWN + "    ace: Life.Dye\n",
            r"own\.yaml: Space\.Dock: ace: unknown type of ACE 'Life\.Dye': did you mean 'Life\.Die'",
        ),
        (OWN + "    verbs: [moor]\n", r"own\.yaml:9: key 'verbs' stands there twice"),
        (OWN.replace("    verbs: [dock, berth]\n", ""), r"verbs and nouns are missing; expected at least one trigger"),
        (OWN.replace("Craft: [VEH]", "3: [VEH]"), r"roles: expected a name, got 3"),
        (OWN.replace("Craft: [VEH]", "Craft: []"), r"roles: Craft: no entity type; expected some of PER, ORG"),
        (OWN.replace("A craft joins a station.", "[a]"), r"description: expected a sentence, got \['a'\]"),
        (OWN + "    entails: [[a]]\n", r"entails: expected a list of names, got \['a'\] in it"),
        (OWN + "    entails: [Space.Dock]\n", r"entails: names the type itself; expected other types"),
        (
            OWN
            + "    entails: [Space.Go]\n"
            + OWN.split("types:\n")[1].replace("Space.Dock", "Space.Go")
            + "    entails: [Space.Dock]\n",
            r"Space\.Dock: entails: leads back to the type itself; expected no cycle",
        ),
        (
            OWN
            + "    entails: [Space.Go]\n"
            + OWN.split("types:\n")[1].replace("Space.Dock", "Space.Go")
            + "    incompatible: [Space.Dock]\n",
            r"Space\.Dock: entails 'Space\.Go' and is incompatible with it; expected one of the two",
        ),
        ("name: [a]\n" + OWN, r"own\.yaml: name: expected a word or a sentence, got \['a'\]"),
        (OWN.replace('["{Craft} <dock> [with {Station}]"]', "[3]"), r"templates: 3 is no sentence; expected one like"),
        ("types: [", r"own\.yaml:\d+: not YAML"),
        ("- Space.Dock\n", r"expected a mapping with `types:`, got list"),
        ("name: empty\n", r"no event type; expected `types:` or `extends:`"),
    ],
)
def test_a_wrong_file_is_told_what_where_and_what_was_expected(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(EventClipError, match=message):
        load_ontology(write(tmp_path, text))
