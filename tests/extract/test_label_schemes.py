"""A pipeline that speaks Universal Dependencies and one that speaks spaCy's own labels give the same events.

Each construction is a tree in both schemes as their guidelines have it, not one translated from the other:
`word/TAG/label/head`, heads counted from 0, and `=label/head` where spaCy's scheme differs.
"""

import random
from itertools import islice
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from eventclip_extract.assemble import Assembly
from eventclip_extract.ontology import load_ontology
from eventclip_extract.syntax import read_parse
from eventclip_extract.text import clean

VOCAB = spacy.blank("en").vocab
ONTOLOGY = load_ontology("news")

SCHEMES = {
    "active": """
        A/DT/det/1 nurse/NN/nsubj/2 carries/VBZ/ROOT/2 a/DT/det/4 boy/NN/obj/2=dobj/2 on/IN/case/7=prep/2 a/DT/det/7
        stretcher/NN/obl/2=pobj/5
    """,
    "passive with by": """
        A/DT/det/1 boy/NN/nsubj:pass/4=nsubjpass/4 is/VBZ/aux/4 being/VBG/aux:pass/4=auxpass/4 arrested/VBN/ROOT/4
        by/IN/case/7=agent/4 two/CD/nummod/7 soldiers/NNS/obl:agent/4=pobj/5
    """,
    "chain of prepositions": """
        Gunmen/NNS/nsubj/1 shoot/VBP/ROOT/1 at/IN/case/3=prep/1 police/NNS/obl/1=pobj/2 from/IN/case/7=prep/1
        behind/IN/case/7=prep/4 a/DT/det/7 wall/NN/obl/1=pobj/5
    """,
    "out of": """
        Firefighters/NNS/nsubj/1 carry/VBP/ROOT/1 a/DT/det/3 woman/NN/obj/1=dobj/1 out/IN/case/7=prep/1
        of/IN/case/7=prep/4 a/DT/det/7 house/NN/obl/1=pobj/5
    """,
    "relative clause, subject": """
        Police/NNS/nsubj/1 arrest/VBP/ROOT/1 a/DT/det/3 man/NN/obj/1=dobj/1 who/WP/nsubj/5
        attacked/VBD/acl:relcl/3=relcl/3 a/DT/det/7 guard/NN/obj/5=dobj/5
    """,
    "relative clause, object gap": """
        A/DT/det/1 boy/NN/nsubj/5 whom/WP/obj/4=dobj/4 soldiers/NNS/nsubj/4 arrested/VBD/acl:relcl/1=relcl/1
        hugs/VBZ/ROOT/5 his/PRP$/nmod:poss/7=poss/7 mother/NN/obj/5=dobj/5
    """,
    "coordinated verbs": """
        Police/NNS/nsubj/1 beat/VBP/ROOT/1 protesters/NNS/obj/1=dobj/1 and/CC/cc/4=cc/1 arrest/VBP/conj/1 a/DT/det/6
        journalist/NN/obj/4=dobj/4
    """,
    "three coordinated nouns": """
        Police/NNS/nsubj/1 detain/VBP/ROOT/1 a/DT/det/3 nurse/NN/obj/1=dobj/1 ,/,/punct/6=punct/3 a/DT/det/6
        doctor/NN/conj/3 and/CC/cc/9=cc/6 a/DT/det/9 driver/NN/conj/3=conj/6
    """,
    "particle": """
        Soldiers/NNS/nsubj/1 blow/VBP/ROOT/1 up/RP/compound:prt/1=prt/1 a/DT/det/4 bridge/NN/obj/1=dobj/1
    """,
    "two objects": """
        A/DT/det/1 nurse/NN/nsubj/2 gives/VBZ/ROOT/2 a/DT/det/4 boy/NN/iobj/2=dative/2 a/DT/det/6
        blanket/NN/obj/2=dobj/2
    """,
    "recipient with to": """
        A/DT/det/1 nurse/NN/nsubj/2 gives/VBZ/ROOT/2 a/DT/det/4 blanket/NN/obj/2=dobj/2 to/IN/case/7=dative/2
        a/DT/det/7 boy/NN/obl/2=pobj/5
    """,
    "subject control": """
        A/DT/det/1 diver/NN/nsubj/2 tries/VBZ/ROOT/2 to/TO/mark/4=aux/4 rescue/VB/xcomp/2 a/DT/det/6
        child/NN/obj/4=dobj/4
    """,
    "object control": """
        Officers/NNS/nsubj/1 help/VBP/ROOT/1 a/DT/det/3 woman/NN/obj/1=nsubj/4 rescue/VB/xcomp/1=ccomp/1
        her/PRP$/nmod:poss/6=poss/6 child/NN/obj/4=dobj/4
    """,
    "purpose": """
        Workers/NNS/nsubj/1 march/VBP/ROOT/1 to/TO/mark/3=aux/3 attack/VB/advcl/1 a/DT/det/5 prison/NN/obj/3=dobj/3
    """,
    "clause after a preposition": """
        A/DT/det/1 man/NN/nsubj/2 weeps/VBZ/ROOT/2 after/IN/mark/5=prep/2 being/VBG/aux:pass/5=auxpass/5
        arrested/VBN/advcl/2=pcomp/3 by/IN/case/7=agent/5 police/NNS/obl:agent/5=pobj/6
    """,
    "possessive": """
        Okoro/NNP/nmod:poss/2=poss/2 's/POS/case/0 arrest/NN/nsubj/3 angers/VBZ/ROOT/3 workers/NNS/obj/3=dobj/3
    """,
    "noun with of and by": """
        The/DT/det/1 killing/NN/ROOT/1 of/IN/case/4=prep/1 a/DT/det/4 teacher/NN/nmod/1=pobj/2 by/IN/case/6=prep/1
        gunmen/NNS/nmod/1=pobj/5 in/IN/case/8=prep/1 Lima/NNP/nmod/1=pobj/7
    """,
    "reduced participle": """
        A/DT/det/1 man/NN/nsubj/7 wounded/VBN/acl/1 by/IN/case/4=agent/2 rebels/NNS/obl:agent/2=pobj/3
        in/IN/case/6=prep/2 Lima/NNP/obl/2=pobj/5 waves/VBZ/ROOT/7
    """,
    "apposition": """
        Okoro/NNP/nsubj/5 ,/,/punct/3=punct/0 a/DT/det/3 farmer/NN/appos/0 ,/,/punct/3=punct/0 hugs/VBZ/ROOT/5
        a/DT/det/7 soldier/NN/obj/5=dobj/5
    """,
    "copula with an adjective": """
        Two/CD/nummod/1 miners/NNS/nsubj/3=nsubj/2 are/VBP/cop/3=ROOT/2 dead/JJ/ROOT/3=acomp/2
        after/IN/case/6=prep/2 an/DT/det/6 explosion/NN/obl/3=pobj/4
    """,
    "copula without anything else": """
        Two/CD/nummod/1 miners/NNS/nsubj/3=nsubj/2 are/VBP/cop/3=ROOT/2 dead/JJ/ROOT/3=acomp/2
    """,
    "infinitive without anything else": """
        Workers/NNS/nsubj/1 refuse/VBP/ROOT/1 to/TO/mark/3=aux/3 march/VB/xcomp/1
    """,
    "copula with a noun": """
        The/DT/det/1 man/NN/nsubj/4=nsubj/2 is/VBZ/cop/4=ROOT/2 a/DT/det/4 suspect/NN/ROOT/4=attr/2
        arrested/VBN/acl/4 by/IN/case/7=agent/5 police/NNS/obl:agent/5=pobj/6
    """,
    "title and name": """
        President/NNP/nmod:desc/1=compound/2 Elena/NNP/nsubj/3=compound/2 Vargas/NNP/flat/1=nsubj/3
        greets/VBZ/ROOT/3 supporters/NNS/obj/3=dobj/3 in/IN/case/6=prep/3 Quito/NNP/obl/3=pobj/5
    """,
    "seen doing": """
        A/DT/det/1 man/NN/nsubj:pass/3=nsubjpass/3 is/VBZ/aux:pass/3=auxpass/3 seen/VBN/ROOT/3 attacking/VBG/xcomp/3
        a/DT/det/6 guard/NN/obj/4=dobj/4 with/IN/case/9=prep/4 a/DT/det/9 knife/NN/obl/4=pobj/7
    """,
    "what is left dead": """
        A/DT/det/1 blast/NN/nsubj/2 left/VBD/ROOT/2 two/CD/nummod/4 miners/NNS/obj/2=nsubj/5 dead/JJ/xcomp/2=ccomp/2
        in/IN/case/7=prep/2 Lima/NNP/obl/2=pobj/6
    """,
}


def events_of(construction: str, *, clear: bool) -> list[dict[str, Any]]:
    words, tags, deps, heads = [], [], [], []
    for token in SCHEMES[construction].split():
        universal, _, other = token.partition("=")
        word, tag, *attachment = universal.rsplit("/", maxsplit=3)
        dep, head = other.split("/") if clear and other else attachment
        for column, value in ((words, word), (tags, tag), (deps, dep)):
            column.append(value)
        heads.append(int(head))
    doc = Doc(VOCAB, words=words, tags=tags, deps=deps, heads=heads)
    return Assembly(read_parse(doc), doc.text, clean(doc.text), ONTOLOGY, min_confidence=0.0).events()


def essentials(event: dict[str, Any]) -> tuple[Any, ...]:
    roles = sorted((one["role"], one["text"]) for one in event["arguments"])
    return event["type"], event["trigger"]["text"], event["depicted"], roles


@pytest.mark.parametrize("construction", SCHEMES)
def test_both_label_schemes_give_the_same_events(construction: str) -> None:
    ud, clear = ([essentials(event) for event in events_of(construction, clear=clear)] for clear in (False, True))
    assert ud
    assert any(roles for *_, roles in ud)
    assert clear == ud


CLEAR_LABELS = """
    nsubj dobj pobj pcomp prep agent attr acomp ccomp xcomp aux auxpass relcl nsubjpass conj cc dative expl
"""
TAGGED = [("is", "VBZ"), ("man", "NN"), ("by", "IN"), ("to", "TO"), ("help", "VB"), ("dead", "JJ"), ("was", "VBD")]


def random_tree(rng: random.Random) -> Doc:
    size = rng.randint(2, 9)
    order = rng.sample(range(size), size)
    heads, deps = [order[0]] * size, rng.choices(CLEAR_LABELS.split(), k=size)
    for done, place in enumerate(order[1:], 1):
        heads[place] = rng.choice(order[:done])
    deps[order[0]], deps[order[1]] = "ROOT", "dobj"
    words, tags = zip(*rng.choices(TAGGED, k=size), strict=True)
    return Doc(VOCAB, words=words, tags=tags, heads=heads, deps=deps)


def test_whatever_tree_is_rewritten_stays_a_tree() -> None:
    rng = random.Random(0)
    for _ in range(2_000):
        words = read_parse(random_tree(rng)).words
        for word in words:
            assert len(list(islice(word.ancestors(), len(words)))) < len(words)
            assert word.head is None or word in word.head.children
            assert all(child.head is word for child in word.children)
            assert word.children == sorted(word.children, key=lambda child: child.number)
