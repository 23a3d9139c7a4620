"""Hard positives read by eye: a caption, its events, a rule, and the caption edited by it, or none."""
# ruff: noqa: E501 - tables are easiest to read with a row a line

import random
from collections import Counter

import pytest

from eventclip.records import apply_edits
from eventclip_extract.negatives import generate
from eventclip_extract.ontology import load_ontology
from eventclip_extract.paraphrases import LAST_RESORTS, MAX_EDITED, RULES, Seen, paraphrases
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Sentence
from eventclip_extract.synonyms import is_kept, synonyms, words_in
from tests.extract.test_role_swaps import record

NEWS = load_ontology("news")
Row = tuple[str, ...]

ARREST = ("Justice.Arrest", "detain", "Agent=Police|Police", "Person=a vendor|vendor")


def seen(caption: str, *events: Row) -> Seen:
    made = record(caption, *events).events if events else []
    views = [(Sentence.from_event(caption, one), NEWS[one.type]) for one in made]
    return Seen(caption, views, Pool(), random.Random(0))


def edited(rule: str, caption: str, *events: Row) -> list[str]:
    found = {**LAST_RESORTS, **RULES}[rule](seen(caption, *events))
    return [apply_edits(caption, edits) for edits in found]


VOICE = [
    ("Police detain a vendor in Lund.", ARREST, "A vendor is detained by police in Lund."),
    ("Two miners were carried by a medic.", ("Movement.Transport", "carried/carry", "Artifact=Two miners", "Agent=a medic"), "A medic carried two miners."),
    ("FILE - Fans greet Ana Brandt, May 3, 2016.", ("Contact.Greet", "greet", "Agent=Fans", "Recipient=Ana Brandt"), "FILE - Ana Brandt is greeted by fans, May 3, 2016."),
    ("A medic is pushing two miners near a bus.", ("Movement.Push", "pushing/push", "Agent=A medic", "Artifact=two miners"), "Two miners are being pushed by a medic near a bus."),
    ("A nurse sleeps as a guard has arrested two vendors.", ("Justice.Arrest", "arrested/arrest", "Agent=a guard", "Person=two vendors"), "A nurse sleeps as two vendors have been arrested by a guard."),
    # forms that are past and present alike: by the subject's number, by the sentence's other verbs
    ("Nobody was hurt when the train hit a truck.", ("Conflict.Attack", "hit", "Attacker=the train|VEH", "Target=a truck|VEH"), "Nobody was hurt when a truck was hit by the train."),
    ("Police ran as two men beat a vendor.", ("Conflict.Attack", "beat", "Attacker=two men", "Target=a vendor"), "Police ran as a vendor was beaten by two men."),
    ("A man holds up two flags during a march.", ("Display.Hold", "holds up/hold up", "Agent=A man", "Artifact=two flags|OBJ"), "Two flags are held up by a man during a march."),
]  # fmt: skip


@pytest.mark.parametrize("row", VOICE, ids=lambda row: row[0][:30])
def test_a_clause_is_told_in_the_other_voice(row: tuple[str, Row, str]) -> None:
    assert edited("voice", row[0], row[1]) == [row[2]]


NO_VOICE = [
    # somebody else would be in the wheelchair, wave, or leave
    ("A boy greets a veteran in a wheelchair.", ("Contact.Greet", "greets/greet", "Agent=A boy", "Recipient=a veteran")),
    ("A boy greets a veteran and waves.", ("Contact.Greet", "greets/greet", "Agent=A boy", "Recipient=a veteran")),
    ("A boy greets a veteran after leaving a bus.", ("Contact.Greet", "greets/greet", "Agent=A boy", "Recipient=a veteran")),
    ("A boy greets a veteran in his garden.", ("Contact.Greet", "greets/greet", "Agent=A boy", "Recipient=a veteran")),
    # no passive, or nobody's
    ("A boy leaves a school in Lund.", ("Movement.Depart", "leaves/leave", "Agent=A boy", "Origin=a school|FAC")),
    ("He greets a veteran in Lund.", ("Contact.Greet", "greets/greet", "Agent=He", "Recipient=a veteran")),
    ("A boy, left, greets a veteran.", ("Contact.Greet", "greets/greet", "Agent=A boy", "Recipient=a veteran")),
    # past or present
    ("Two men beat a vendor.", ("Conflict.Attack", "beat", "Attacker=Two men", "Target=a vendor")),
    # a participle that belongs to its noun
    ("A boy greeting a veteran near a bus.", ("Contact.Greet", "greeting/greet", "Agent=A boy", "Recipient=a veteran")),
]  # fmt: skip


@pytest.mark.parametrize("row", NO_VOICE, ids=lambda row: row[0][:30])
def test_no_other_voice_where_more_would_change(row: tuple[str, Row]) -> None:
    assert edited("voice", *row) == []


SYMMETRIC = [
    ("Ana Brandt meets Tomas Weil in Lund.", ("Contact.Meet", "meets/meet", "Entity=Ana Brandt", "Entity=Tomas Weil"), "Tomas Weil meets Ana Brandt in Lund."),
    ("A nurse meets with two farmers, May 3, 2016.", ("Contact.Meet", "meets/meet", "Entity=A nurse", "Entity=two farmers"), "Two farmers meet with a nurse, May 3, 2016."),
    ("FILE - Ana Brandt shakes hands with a farmer.", ("Contact.Handshake", "shakes hands/shake hands", "Participant=Ana Brandt", "Participant=a farmer"), "FILE - A farmer shakes hands with Ana Brandt."),
    ("A girl hugs a soldier at an airport.", ("Contact.Hug", "hugs/hug", "Participant=A girl", "Participant=a soldier"), "A soldier hugs a girl at an airport."),
]  # fmt: skip
NOT_SYMMETRIC = [
    ("A guard arrests a vendor.", ("Justice.Arrest", "arrests/arrest", "Agent=A guard", "Person=a vendor")),
    ("Ana Brandt, left, meets Tomas Weil.", ("Contact.Meet", "meets/meet", "Entity=Ana Brandt", "Entity=Tomas Weil")),
    ("A tram meets a bus.", ("Contact.Meet", "meets/meet", "Entity=A tram|VEH", "Entity=a bus|VEH")),
    ("A nurse talks to a farmer.", ("Contact.Talk", "talks/talk", "Participant=A nurse", "Participant=a farmer")),
    ("Ana Brandt meets Tomas Weil in his office.", ("Contact.Meet", "meets/meet", "Entity=Ana Brandt", "Entity=Tomas Weil")),
    ("Ana Brandt meets Tomas Weil after leaving Lund.", ("Contact.Meet", "meets/meet", "Entity=Ana Brandt", "Entity=Tomas Weil")),
]  # fmt: skip


@pytest.mark.parametrize("row", SYMMETRIC, ids=lambda row: row[0][:30])
def test_who_meets_whom_is_all_one(row: tuple[str, Row, str]) -> None:
    assert edited("symmetric", row[0], row[1]) == [row[2]]


@pytest.mark.parametrize("row", NOT_SYMMETRIC, ids=lambda row: row[0][:30])
def test_who_does_it_to_whom_is_not_all_one(row: tuple[str, Row]) -> None:
    assert edited("symmetric", *row) == []


COORDINATED = [
    ("Men and women march in Lund.", ("Conflict.Demonstrate", "march", "Entity=Men", "Entity=women"), "Women and men march in Lund."),
    ("A guard leads a boy and a girl to a bus.", ("Movement.Lead", "leads/lead", "Agent=A guard", "Person=a boy", "Person=a girl"), "A guard leads a girl and a boy to a bus."),
    ("FILE - Ana Brandt and Tomas Weil wave in Lund.", ("Contact.Wave", "wave", "Agent=Ana Brandt", "Agent=Tomas Weil"), "FILE - Tomas Weil and Ana Brandt wave in Lund."),
    ("The mayor and the judge wave.", ("Contact.Wave", "wave", "Agent=The mayor", "Agent=the judge"), "The judge and the mayor wave."),
]  # fmt: skip
NOT_COORDINATED = [
    ("Armed men and women march.", ("Conflict.Demonstrate", "march", "Entity=men", "Entity=women")),
    ("Presidents Ana Brandt and Tomas Weil wave.", ("Contact.Wave", "wave", "Agent=Presidents Ana Brandt", "Agent=Tomas Weil")),
    ("Mayor and Chairman Tomas Weil waves.", ("Contact.Wave", "waves/wave", "Agent=Mayor", "Agent=Chairman Tomas Weil")),
    ("Ana Brandt and her brother wave.", ("Contact.Wave", "wave", "Agent=Ana Brandt", "Agent=her brother")),
    ("Ana Brandt and Tomas Weil, left, wave.", ("Contact.Wave", "wave", "Agent=Ana Brandt", "Agent=Tomas Weil")),
    ("Soldiers and police officers march.", ("Conflict.Demonstrate", "march", "Entity=Soldiers", "Entity=police")),
]  # fmt: skip


@pytest.mark.parametrize("row", COORDINATED, ids=lambda row: row[0][:30])
def test_two_that_are_joined_change_places(row: tuple[str, Row, str]) -> None:
    assert edited("coordination", row[0], row[1]) == [row[2]]


@pytest.mark.parametrize("row", NOT_COORDINATED, ids=lambda row: row[0][:30])
def test_what_two_joined_nouns_share_stays_where_it_is(row: tuple[str, Row]) -> None:
    assert edited("coordination", *row) == []


TRIGGERS = [
    ("Police detain a vendor in Lund.", ARREST, ["Police arrest a vendor in Lund."]),
    ("A vendor was detained in Lund.", ("Justice.Arrest", "detained/detain", "Person=A vendor"), ["A vendor was arrested in Lund."]),
    ("Farmers protest in Lund.", ("Conflict.Demonstrate", "protest", "Entity=Farmers"), ["Farmers demonstrate in Lund."]),
    ("A miner takes part in a rally.", ("Gathering.Attend", "takes part/take part", "Agent=A miner"), ["A miner participates in a rally."]),
    ("A clerk talks to nurses.", ("Contact.Talk", "talks/talk", "Participant=A clerk", "Participant=nurses"), ["A clerk speaks to nurses."]),
    ("Nurses attend a protest in Lund.", ("Conflict.Demonstrate", "protest/protest_N"), ["Nurses attend a demonstration in Lund."]),
    ("Stones thrown by boys lie near a bus.", ("Movement.Throw", "thrown/throw", "Artifact=Stones|OBJ", "Agent=boys"), ["Stones hurled by boys lie near a bus."]),
    # another complement, another meaning
    ("Farmers protest a law in Lund.", ("Conflict.Demonstrate", "protest", "Entity=Farmers"), []),
    ("A clerk talks French.", ("Contact.Talk", "talks/talk", "Participant=A clerk"), []),
    ("A boy holds a flag.", ("Display.Hold", "holds/hold", "Agent=A boy", "Artifact=a flag|OBJ"), []),
    ("Nurses reach a protest camp in Lund.", ("Conflict.Demonstrate", "protest/protest_N"), []),
    ("A man hits a vendor.", ("Conflict.Attack", "hits/hit", "Attacker=A man", "Target=a vendor"), []),
]  # fmt: skip


@pytest.mark.parametrize("row", TRIGGERS, ids=lambda row: row[0][:30])
def test_a_trigger_gives_way_to_one_of_the_same_meaning(row: tuple[str, Row, list[str]]) -> None:
    assert edited("trigger", row[0], row[1]) == row[2]


WORDS = [
    ("Protesters march near a bank.", ["Demonstrators march near a bank.", "Protesters march close to a bank."]),
    ("An attack hurt more than 30 farmers.", ["An attack hurt over 30 farmers."]),
    ("Police seek a gunman in Lund.", ["Police seek an armed man in Lund."]),
    ("FILE - Protesters march.", ["FILE - Demonstrators march."]),
    ("A lawyer speaks.", []),  # "speaks" may be a noun
    ("Reporters Without Borders meet.", []),
    ('A banner says "no protesters here".', []),
    ("A visitor photos the bank.", []),
    ("Talks about a law drag on.", []),
]  # fmt: skip


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row[0][:30])
def test_words_go_by_their_neighbours(row: tuple[str, list[str]]) -> None:
    assert edited("word", row[0]) == row[1]


LANDS = [
    ("Kenyan President Ana Brandt speaks.", ["Kenya's President Ana Brandt speaks."]),
    ("A boy greets Peru's Foreign Minister Ana Brandt.", ["A boy greets Peruvian Foreign Minister Ana Brandt."]),
    ("Ana Brandt meets with American President Tomas Weil.", ["Ana Brandt meets with U.S. President Tomas Weil."]),
    ("FILE - Norway's King Tomas waves.", ["FILE - Norwegian King Tomas waves."]),
    ("Former Kenyan President Ana Brandt speaks.", []),
    ("The Kenyan President speaks.", []),
    ("South Sudan's President Ana Brandt speaks.", []),
    ("Kenyan runners wave.", []),
]  # fmt: skip


@pytest.mark.parametrize("row", LANDS, ids=lambda row: row[0][:30])
def test_a_land_and_its_adjective_before_a_title(row: tuple[str, list[str]]) -> None:
    assert edited("land", row[0]) == row[1]


WAVE = ("Contact.Wave", "wave", "Agent=Farmers")
ADJUNCTS = [
    ("Farmers wave in Lund, Sweden, May 3, 2016.", ("Contact.Wave", "wave", "Agent=Farmers", "Place=Lund, Sweden|Lund|GPE"),
     ["On May 3, 2016, farmers wave in Lund, Sweden.", "In Lund, Sweden, farmers wave, May 3, 2016."]),
    ("FILE - Farmers wave on Tuesday. They sow in April.", WAVE, ["FILE - On Tuesday, farmers wave. They sow in April."]),
    ("Ana Brandt waves Friday.", ("Contact.Wave", "waves/wave", "Agent=Ana Brandt"), ["On Friday, Ana Brandt waves."]),
    ("In this May 3, 2016 photo, farmers wave.", ("Contact.Wave", "wave", "Agent=farmers"), ["Farmers wave, in this May 3, 2016 photo."]),
    ("Farmers wave in Lund, U.S., May 3, 2016.", WAVE, ["On May 3, 2016, farmers wave in Lund, U.S."]),
    ("Then-Mayor Ana Brandt waves, May 3, 2016.", ("Contact.Wave", "waves/wave", "Agent=Then-Mayor Ana Brandt"),
     ["On May 3, 2016, then-Mayor Ana Brandt waves."]),
    ("Farmers wave at a fair last year.", WAVE, ["Last year, farmers wave at a fair."]),
    ("Houses destroyed in Lund, May 3, 2016.", ("Disaster.Destroy", "destroyed/destroy", "Target=Houses|OBJ"), []),
    ("Ana Brandt as she waves, May 3, 2016.", ("Contact.Wave", "waves/wave", "Agent=Ana Brandt"), []),
    # the day may be that of the storm; a noun phrase; an opening that is taken
    ("Farmers wave after a storm on Tuesday.", WAVE, []),
    ("A view of Lund, May 3, 2016.", ("Contact.Wave", "view", "Agent=Lund"), []),
    ("In Lund, farmers wave, May 3, 2016.", ("Contact.Wave", "wave", "Agent=farmers"), []),
    ('"Farmers wave, May 3, 2016.', WAVE, []),
]  # fmt: skip


@pytest.mark.parametrize("row", ADJUNCTS, ids=lambda row: row[0][:30])
def test_when_and_where_may_open_the_sentence(row: tuple[str, Row, list[str]]) -> None:
    assert edited("adjunct", row[0], row[1]) == row[2]


LAST = [
    ("date", "A boy waves, Nov. 16, 2016.", ["A boy waves, 16 November 2016."]),
    ("date", "A boy waves, July 4, 2016, and sings.", ["A boy waves, 4 July 2016, and sings."]),
    ("date", "A boy waves in May.", []),
    ("date", "A boy waves, May 2016.", []),
    ("lead", "FILE - Farmers wave.", ["In this file photo, farmers wave."]),
    ("lead", "FILE - Ana Brandt is seen here.", ["In this file photo, Ana Brandt is seen here."]),
    ("lead", "FILE - In Lund, farmers wave.", []),
    ("lead", "Farmers wave.", []),
]  # fmt: skip


@pytest.mark.parametrize("row", LAST, ids=lambda row: f"{row[0]} {row[1][:30]}")
def test_last_resorts(row: tuple[str, str, list[str]]) -> None:
    events = [WAVE] if "Farmers wave" in row[1] else []
    assert edited(row[0], row[1], *events) == row[2]


def test_a_caption_takes_the_first_of_few_rules_and_says_which() -> None:
    caption = "Police detain a vendor near a bank, Nov. 16, 2016."
    assert [name for name, _ in paraphrases(seen(caption, ARREST))] == ["voice", "trigger"]
    pairs = generate(record(caption, ARREST), NEWS)
    told = {one.style: one.text for one in pairs.positives if one.kind == "paraphrase"}
    assert told["voice"] == "A vendor is detained by police near a bank, Nov. 16, 2016."
    assert told["trigger"] == "Police arrest a vendor near a bank, Nov. 16, 2016."
    assert len([style for style in told if style]) == MAX_EDITED


def test_last_resorts_are_for_captions_without_another() -> None:
    caption = "Seen on Nov. 16, 2016: farmers wave."
    assert [name for name, _ in paraphrases(seen(caption, ("Contact.Wave", "wave", "Agent=farmers")))] == ["date"]


def test_the_commoner_word_gives_way_as_seldom_as_the_rarer_one_occurs() -> None:
    rng = random.Random(0)
    kept = sum(is_kept(995, 95, rng) for _ in range(4_000))
    assert 340 < kept < 460
    assert all(is_kept(95, 995, rng) for _ in range(100))


def test_a_pool_counts_what_the_lexicon_may_replace() -> None:
    caption = "Protesters and two protesters meet Kenya's President Ana Brandt near a bank, about noon."
    assert Counter(words_in(caption)) == {"protesters": 2, "Kenya's": 1, "near": 1}
    assert Pool.from_records([record(caption, ("Contact.Meet", "meet"))]).num_words["protesters"] == 2


@pytest.mark.parametrize("name", ["news", "ace", "imsitu"])
def test_the_lexicon_names_types_and_triggers_that_there_are(name: str) -> None:
    lexicon, ontology = synonyms(), load_ontology(name)
    for lexical, pos in ((lexicon.verbs, "VERB"), (lexicon.nouns, "NOUN")):
        by_type: dict[str, set[str]] = {}
        for type_name, lemma in lexical:
            by_type.setdefault(type_name, set()).add(lemma)
        for type_name, lemmas in by_type.items():
            if name == "news":
                assert type_name in ontology
            if type_name in ontology and name == "news":
                triggers = {one.words.replace(" + ", " ") for one in ontology[type_name].triggers if one.pos == pos}
                assert lemmas & triggers, (type_name, lemmas)
