"""How an event is told: as a fact, a plan or a denial, in the foreground of the picture or as its background."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from dataclasses import dataclass
from typing import Literal

from eventclip_extract.clauses import BLAMES, is_passive
from eventclip_extract.syntax import Word

Relation = Literal["during", "after", "before"]
BACKGROUND: dict[str, Relation] = {
    "during": "during",
    "amid": "during",
    "in the midst of": "during",
    "throughout": "during",
    "as part of": "during",
    "after": "after",
    "following": "after",
    "since": "after",
    "in the wake of": "after",
    "in response to": "after",
    "because of": "after",
    "due to": "after",
    "before": "before",
    "ahead of": "before",
    "ahead": "before",
    "prior to": "before",
    "prior": "before",
    "until": "before",
}
"""Prepositions and conjunctions that open a background, and when the foreground is, seen from it."""
_DISTANT = frozenset(
    {"against", "over", "about", "for", "of", "from", "despite", "on", "to", "between", "into", "like", "without"}
)
"""Prepositions after which a noun names an event that the picture need not show ("a protest against the war")."""
_PERCEPTION = frozenset("see show picture photograph view depict film appear pose look stand sit".split())
_IRREALIS = frozenset(
    "want plan hope intend threaten vow promise prepare try attempt seek refuse order urge ask call expect aim "
    "demand decide agree offer need consider fear schedule propose warn accuse suspect plot deny ban allow "
    "consider avoid prevent avert risk wait queue pretend feign swear pledge dream wish aspire decline forget".split()
)
_WISHES = frozenset(
    "demand urge want seek threaten plan propose fear consider request expect await suspect allege".split()
)
_ASKS_FOR = frozenset("ask appeal apply beg call campaign hope lobby plead prepare press push wait wish".split())
_DENIALS = frozenset("deny refuse prevent avoid avert fail ban stop halt cancel postpone".split())
_NOBODY = frozenset({"nobody", "none", "nothing", "neither"})
_HEDGES = frozenset("allegedly reportedly possibly perhaps maybe supposedly potentially".split())
_HEDGED = frozenset(
    "planned possible alleged potential proposed future suspected would-be upcoming likely threatened".split()
)
_REPORT = frozenset(
    "say tell claim report announce believe think allege state add note accuse write argue insist".split()
)


_OWN = frozenset("photo photograph picture image video footage frame still screenshot grab film handout".split())
_MEDIA = _OWN | frozenset(
    "advertisement banner billboard broadcast cartoon clip collage coverage documentary drawing front-page graffiti "
    "headline leaflet magazine movie mural news newscast newspaper painting placard portrait poster program programme "
    "report screen sculpture sign sketch slogan statue t-shirt tapestry television".split()
)
_TELLING = frozenset(
    "accuse announce broadcast call carry condemn demand denounce depict describe display feature mock oppose portray "
    "praise proclaim protest read recreate report represent say show support urge warn".split()
)
"""What pictures and texts do to their subjects."""


@dataclass(frozen=True, slots=True)
class Status:
    """Attributes as in the record; `prominence` (0 to 1) is how near it stands to the main clause of the caption.

    `anchor` is the word that the event is the background of, by `relation`.
    """

    polarity: Literal["positive", "negative"]
    modality: Literal["asserted", "other"]
    depicted: bool
    prominence: float
    relation: Relation | None = None
    anchor: Word | None = None


def status_of(word: Word, *, first_sentence: bool) -> Status:
    """The status of the event that a word names."""
    negative, asserted = _is_denied(word), _is_asserted(word)
    relation, anchor = _background(word)
    prominence = _verb_prominence(word) if word.is_verb else _noun_prominence(word)
    shown = prominence > 0.35 and relation is None and not negative and asserted and not _is_pictured(word)
    if not first_sentence:
        shown = shown and _is_present(_main(word))
        prominence *= 0.6
    return Status(
        polarity="negative" if negative else "positive",
        modality="asserted" if asserted else "other",
        depicted=shown,
        prominence=prominence,
        relation=relation,
        anchor=anchor,
    )


def _is_present(verb: Word) -> bool:
    return any(part.tag in ("VBZ", "VBP") for part in [verb, *verb.having("aux", "aux:pass")])


def _is_pictured(word: Word) -> bool:
    """Whether an event is the subject of a picture in the picture, or what a text in it says.

    "A poster of a killed singer", "a screen showing a launch", "a banner demanding the release of": there the noun is
    what the camera saw. What a caption says of its own photograph ("a video shows police beating a man") is depicted.
    """
    below = word
    for above in word.ancestors():
        if _is_medium(above):
            if below.dep in ("nmod", "nmod:poss") and below.case in ("of", "about", "from", "for", "against"):
                return True
            if below.dep in ("acl", "acl:relcl") and below is not word and _tells(below):
                return True
        elif above.is_verb and above is not word and _tells(above) and below.dep not in ("nsubj", "advcl", "obl"):
            shower = next((child for child in above.having("nsubj") if child.is_noun), None)
            if shower is not None and _is_medium(shower) and shower.noun_lemma not in _OWN:
                return True
        below = above
    return False


def _is_medium(noun: Word) -> bool:
    return noun.is_noun and noun.noun_lemma in _MEDIA


def _tells(verb: Word) -> bool:
    return verb.is_verb and verb.verb_lemma in _TELLING and not is_passive(verb)


def _is_denied(word: Word) -> bool:
    if any(
        child.lower in ("not", "n't", "never", "no", "without", "neither")
        for child in word.children
        if child.dep in ("advmod", "det", "mark", "case")
    ):
        return True
    if word.is_verb and any(map(_is_nobody, word.having("nsubj", "nsubj:pass"))):
        return True
    if word.is_verb and any(child.lower in _NOBODY for child in word.having("obj")):  # "no" may be quoted: a sign reads
        return True
    governor = _governor(word)
    if governor is None or not governor.is_verb:
        return False
    denied = word.dep != "conj" and governor.verb_lemma in _DENIALS
    return denied or (word.dep == "xcomp" and _is_denied(governor))


def _is_nobody(noun: Word) -> bool:
    """Whether a participant is none: "nobody was hurt", "no shots were fired"."""
    if noun.lower in _NOBODY:
        return True
    return any(child.lower in ("no", "neither") for child in noun.having("det", "cc:preconj"))


def _is_wished(noun: Word) -> bool:
    """Whether a noun names what somebody asks for, plans or fears: "call for the release", "plan a march"."""
    verb = noun.head
    if verb is None or not verb.is_verb:
        return False
    if noun.dep in ("obl", "nmod") and noun.case == "for":
        return verb.verb_lemma in _ASKS_FOR
    return noun.dep in ("obj", "nsubj:pass") and verb.verb_lemma in _WISHES


def _is_condition(noun: Word) -> bool:
    """Whether a noun stands in a clause that says only what may happen: "if talks fail"."""
    verb = noun.head
    return (
        verb is not None
        and verb.is_verb
        and any(child.lower in ("if", "unless", "whether") for child in verb.having("mark"))
    )


def _is_asserted(word: Word) -> bool:
    if not word.is_verb and (_is_wished(word) or _is_condition(word)):
        return False
    if any(child.tag == "MD" for child in word.having("aux")) or any(
        child.lower in _HEDGES for child in word.having("advmod")
    ):
        return False
    if any(child.lower in _HEDGED for child in word.having("amod")):
        return False
    if any(child.lower in ("if", "unless", "whether") for child in word.having("mark")):
        return False
    if any(child.tag == "TO" for child in word.having("mark")):
        governor = word.head
        if word.dep == "xcomp" and governor is not None and governor.is_verb and governor.verb_lemma not in _IRREALIS:
            return _is_asserted(governor)
        return False
    governor = _governor(word)
    if governor is None:
        return True
    if word.is_verb and governor.verb_lemma in _IRREALIS and governor.is_verb and word.tag != "VBN":
        return False
    if word.dep == "advcl" and governor.verb_lemma in BLAMES:
        return False
    return word.dep != "conj" or not word.is_verb or bool(word.having("nsubj")) or _is_asserted(governor)


def _governor(word: Word) -> Word | None:
    """The verb that a clause or an object depends on, and of a coordinated verb the first one."""
    if word.head is None or word.dep not in ("xcomp", "ccomp", "obj", "conj", "advcl"):
        return None
    if word.dep == "advcl":
        marks = {child.lower for child in word.having("mark")}
        blamed = word.head.verb_lemma in BLAMES and bool(marks & {"of", "with", "for", "from"})
        return word.head if blamed or marks & {"from", "without", "of"} else None
    return word.head


def _background(word: Word) -> tuple[Relation | None, Word | None]:
    """The relation of the nearest background that the word stands in, and what the background belongs to."""
    for part in [word, *word.ancestors()]:
        opener = part.case or " ".join(child.lower for child in part.having("mark"))
        relation = BACKGROUND.get(opener) or BACKGROUND.get(opener.partition(" ")[0])
        if relation is not None and part.head is not None:
            return relation, part.head
    return None, None


def _verb_prominence(verb: Word) -> float:
    head = verb.head
    if head is None:
        return 1.0
    if verb.dep == "conj":
        return 0.9 * _prominence(head)
    if verb.dep == "xcomp" or verb.dep == "ccomp":
        if head.verb_lemma in _REPORT and verb.dep == "ccomp":
            return 0.3
        return _prominence(head) if head.verb_lemma in _PERCEPTION else 0.9 * _prominence(head)
    if verb.dep == "acl":
        top = _main(head)
        if top is head:  # a caption that is a noun phrase: "A student being pushed in a wheelchair"
            return 0.95
        return (0.9 if _is_stage(top) and _is_subject(head) else 0.55) * _prominence(top)
    if verb.dep == "acl:relcl":
        top = _main(head)
        if top is head or (_is_stage(top) and _is_subject(head)):
            return 0.9
        past = verb.tag in ("VBD", "VBN") and not any(
            child.tag in ("VBZ", "VBP") for child in verb.having("aux", "aux:pass")
        )
        return 0.3 if past else 0.5
    if verb.dep == "advcl":
        marked = any(child.dep == "mark" and child.lower not in ("as", "while") for child in verb.children)
        if not marked and _is_stage(head):
            return 0.9
        return 0.3 if marked else 0.7 * _prominence(head)
    if verb.dep == "parataxis":
        return 0.6
    return 0.4


def _noun_prominence(noun: Word) -> float:
    head = noun.head
    if head is None:
        return 0.8
    if noun.dep in ("compound", "nmod:poss", "amod", "flat", "nmod:desc"):
        return 0.1
    case = noun.case
    if case.split(" ")[-1] in _DISTANT or case in BACKGROUND:
        return 0.3
    if noun.dep in ("nsubj", "nsubj:pass", "obj", "obl", "conj"):
        return 0.6 * _prominence(head)
    return 0.4


def _prominence(word: Word) -> float:
    return _verb_prominence(word) if word.is_verb else 0.8


def _main(word: Word) -> Word:
    while word.head is not None:
        word = word.head
    return word


def _is_stage(verb: Word) -> bool:
    """Whether a verb only says that there is something to be seen: "is seen", "are pictured", "poses"."""
    return (
        verb.is_verb
        and verb.verb_lemma in _PERCEPTION
        and (is_passive(verb) or verb.verb_lemma in ("appear", "pose", "look", "stand", "sit"))
    )


def _is_subject(noun: Word) -> bool:
    return noun.dep in ("nsubj", "nsubj:pass")
