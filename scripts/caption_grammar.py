"""Press captions with known trees: a small grammar that adds to the treebank what web text has too little of.

The English Web Treebank knows forum posts and mails; a caption says "A nurse in blue being carried by two soldiers on a
stretcher". The grammar writes such sentences with Universal Dependencies labels, PTB tags and names, as further
training material. Its sentences are random: no caption that exists anywhere is among them.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import random
from dataclasses import dataclass
from functools import cache

from lemminflect import getInflection

Part = tuple[str, "Phrase"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its PTB tag, its label, the position of its head (its own for a root) and the name it belongs to."""

    text: str
    tag: str
    dep: str
    head: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A tree over neighbouring words; `root` is the position of its head word."""

    tokens: tuple[Token, ...]
    root: int


def word(text: str, tag: str, name: str = "") -> Phrase:
    """A tree of one word."""
    return Phrase((Token(text, tag, "ROOT", 0, name),), 0)


def tree(*parts: Part) -> Phrase:
    """The parts in their order under the one whose label is empty; the others hang on its root by their labels."""
    starts, length = [], 0
    for _, phrase in parts:
        starts.append(length)
        length += len(phrase.tokens)
    head = next(number for number, (label, _) in enumerate(parts) if not label)
    root = starts[head] + parts[head][1].root
    tokens = []
    for start, (label, phrase) in zip(starts, parts, strict=True):
        for place, token in enumerate(phrase.tokens):
            top = place == phrase.root
            tokens.append(
                Token(
                    token.text,
                    token.tag,
                    label if top and label else token.dep,
                    root if top else start + token.head,
                    token.name,
                )
            )
    return Phrase(tuple(tokens), root)


PEOPLE = (
    "nurse farmer doctor soldier policeman chef student monk miner judge teacher boy girl woman man child "
    "protester demonstrator firefighter paramedic worker fisherman priest pilot driver suspect prisoner migrant "
    "refugee resident villager lawmaker minister official rebel militant fighter journalist lawyer artist "
    "dancer singer runner player coach fan vendor trader baker builder carpenter cleaner gardener guard medic "
    "midwife shepherd tailor waiter sailor athlete tourist pilgrim mourner victim survivor rescuer volunteer "
    "activist supporter senator engineer patient"
).split()
COMPOUNDS = (
    "police officer|riot policeman|rescue worker|health worker|security guard|army officer|police dog handler|"
    "border guard|opposition leader|bus driver|aid worker|flight attendant|prison guard|navy officer|"
    "medical worker|party member"
).split("|")
GROUPS = (
    "Police Protesters Soldiers Residents Firefighters Migrants Rescuers Demonstrators Supporters Workers Troops"
).split()
ADJECTIVES = (
    "young elderly injured wounded masked armed Syrian Turkish Indian French Ukrainian Iraqi African "
    "plainclothes anti-government pro-democracy 12-year-old homeless local former displaced uniformed"
).split()
COLOURS = (
    "red blue green yellow white black orange purple grey brown pink uniform plainclothes camouflage black white"
).split()
GARMENTS = "jacket coat shirt helmet hat mask vest uniform dress scarf T-shirt suit robe cap".split()
THINGS = (
    "box bag ball flag banner sign ladder rope table chair bicycle package suitcase tent umbrella basket bucket "
    "book cup bottle candle portrait poster placard tray phone camera sack crate blanket door cart tyre drum"
).split()
TOOLS = (
    "stretcher knife baton hose stick rope shovel gun rifle hammer wheelchair cart camera wire net sling truck".split()
)
PLACES = (
    "street square hospital court market camp house school station airport village park church mosque field river"
).split()
TRANSITIVE = (
    "arrest carry treat push pull lead lift chase drag photograph hug kiss feed search vaccinate bandage attack "
    "beat hit detain escort greet help hold interview kick punch protect question rescue save shoot stab stop "
    "threaten throw touch transport welcome wash watch examine inspect clean cover follow guard guide comfort "
    "embrace evacuate kill injure handcuff tackle restrain shove strike teach visit confront console load raise "
    "wave burn paint repair load unload display sell buy drive ride cut cook pour wrap move block remove "
    "destroy"
).split()
INTRANSITIVE = (
    "march protest walk run sit stand wait gather dance sing pray sleep arrive leave speak work swim cry rest".split()
)
PARTICLES = "pick up|put down|hand over|hold up|carry away|lift up|take away|set up|bring in|drag off|throw away".split(
    "|"
)
GIVE = "give hand offer pass show bring send sell".split()
WITH_PEOPLE = "meet talk argue clash fight pose shake speak walk dance".split()
EVENTS = (
    "protest|rally|earthquake|visit|raid|attack|march|ceremony|funeral|clash|parade|meeting|flood|explosion|"
    "strike|news conference|bomb blast|campaign rally|military operation|rescue operation|training exercise"
).split("|")
CITIES = (
    "Cairo Lima Nairobi Kyiv Goma Athens Paris Madrid Tokyo Delhi Dhaka Lagos Accra Tunis Tripoli Baghdad Mosul "
    "Aleppo Damascus Kabul Karachi Lahore Manila Jakarta Bogota Caracas Quito Havana Ankara Istanbul Berlin "
    "Vienna Rome Warsaw London Dublin Boston Chicago Houston Seattle Beijing Shanghai Seoul Hanoi Yangon "
    "Kampala Harare Dakar Bamako"
).split()
COUNTRIES = (
    "Egypt Peru Kenya Ukraine Congo Greece France Spain Japan India Bangladesh Nigeria Ghana Tunisia Libya Iraq "
    "Syria Afghanistan Pakistan Philippines Indonesia Colombia Venezuela Ecuador Cuba Turkey Germany Austria "
    "Italy Poland Britain Ireland Nepal China Vietnam Myanmar Uganda Zimbabwe Senegal Mali Chile Brazil Mexico "
    "Haiti Yemen Lebanon"
).split()
FIRST = (
    "Anna Peter Maria John Amina Omar Li Elena David Grace Ivan Rosa Kofi Leila Hugo Nadia Paul Sara Marek Tomas"
).split()
LAST = (
    "Keller Okoro Petrov Silva Haddad Mensah Novak Rossi Tanaka Moreno Larsen Ahmed Costa Weber Diallo Singh Park"
).split()
TITLES = "President|Prime Minister|Chancellor|King|Pope|Senator|Foreign Minister|Secretary|Mayor|Judge|Gov.".split("|")
BODIES = "Red Cross|United Nations|Green Party|European Union|National Guard|Supreme Court|Interior Ministry".split("|")


@cache
def inflected(lemma: str, tag: str) -> str:
    """A form of a word, as `carry` and VBZ give `carries`."""
    return str(getInflection(lemma, tag)[0])


class CaptionGrammar:
    """A source of random captions; the same seed gives the same captions."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def caption(self) -> Phrase:
        """One caption as a tree, its closing full stop included in nine of ten."""
        made = self.random.choices(
            [self.clause, self.noun_phrase_caption, self.seen_caption, self.relative_caption], [70, 14, 6, 10]
        )[0]()
        if self.chance(0.9):
            made = tree(("", made), ("punct", word(".", ".")))
        first = made.tokens[0]
        return Phrase((Token(first.text[0].upper() + first.text[1:], *first_rest(first)), *made.tokens[1:]), made.root)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, choices: list[str]) -> str:
        return self.random.choice(choices)

    def verb(self, choices: list[str], tag: str) -> Phrase:
        return word(inflected(self.pick(choices), tag), tag)

    def nouns(self, text: str, *, plural: bool = False) -> Phrase:
        *modifiers, head = text.split()
        noun = word(inflected(head, "NNS"), "NNS") if plural else word(head, "NN")
        return tree(*(("compound", word(modifier, "NN")) for modifier in modifiers), ("", noun))

    def name(self, text: str, kind: str) -> Phrase:
        first, *rest = text.split()
        return tree(("", word(first, "NNP", kind)), *(("flat", word(part, "NNP", kind)) for part in rest))

    def body(self) -> Phrase:
        *modifiers, head = self.pick(BODIES).split()
        parts = [("compound", word(modifier, "NNP", "ORG")) for modifier in modifiers]
        return tree(("det", word("the", "DT")), *parts, ("", word(head, "NNP", "ORG")))

    def person_name(self) -> Phrase:
        name = self.name(
            self.pick(LAST) if self.chance(0.3) else f"{self.pick(FIRST)} {self.pick(LAST)}",
            "PER",
        )
        if self.chance(0.6):
            *modifiers, head = self.pick(TITLES).split()
            title = tree(*(("compound", word(part, "NNP")) for part in modifiers), ("", word(head, "NNP")))
            if self.chance(0.6):
                country = (
                    word("U.S.", "NNP", "LOC") if self.chance(0.5) else word(self.pick(ADJECTIVES[5:11]), "JJ", "MISC")
                )
                title = tree(("compound" if country.tokens[0].tag == "NNP" else "amod", country), ("", title))
            name = tree(("nmod:desc", title), ("", name))
        return name

    def person(self, *, plain: bool = False) -> tuple[Phrase, bool]:
        """A noun phrase for people, and whether it is plural."""
        kind = self.random.random()
        if kind < 0.12:
            return self.person_name(), False
        if kind < 0.22:
            group = self.pick(GROUPS)
            return word(group.lower(), "NNS" if group != "Police" else "NN"), True
        if kind < 0.25:
            return self.body(), False
        plural = self.chance(0.25)
        noun = self.nouns(self.pick(COMPOUNDS) if self.chance(0.25) else self.pick(PEOPLE), plural=plural)
        parts: list[Part] = [("amod", word(self.pick(ADJECTIVES), "JJ"))] if self.chance(0.25) else []
        if not plural:
            first = parts[0][1].tokens[0].text if parts else noun.tokens[0].text
            article = "the" if self.chance(0.1) else "an" if first[0].lower() in "aeiou" else "a"
            parts.insert(0, ("det", word(article, "DT")))
        elif self.chance(0.5):
            parts.insert(0, ("nummod", word(self.pick(["two", "three", "four", "dozens"][:3]), "CD")))
        parts.append(("", noun))
        if not plain and self.chance(0.45):
            parts.append(self.dress())
        return tree(*parts), plural

    def dress(self) -> Part:
        article = word("a", "DT")
        if self.chance(0.55):
            return "nmod", tree(("case", word("in", "IN")), ("", word(self.pick(COLOURS), "NN")))
        colour = word(self.pick(COLOURS[:11]), "JJ")
        garment = tree(("det", article), ("amod", colour), ("", word(self.pick(GARMENTS), "NN")))
        if self.chance(0.6):
            return "nmod", tree(("case", word("in", "IN")), ("", garment))
        return "acl", tree(("", word("wearing", "VBG")), ("obj", garment))

    def people(self) -> tuple[Phrase, bool]:
        one, plural = self.person()
        if self.chance(0.15):
            other, _ = self.person()
            return tree(("", one), ("conj", tree(("cc", word("and", "CC")), ("", other)))), True
        return one, plural

    def thing(self) -> Phrase:
        noun = self.nouns(self.pick(THINGS))
        if self.chance(0.25):
            return tree(("amod", word(self.pick(COLOURS[:11]), "JJ")), ("", self.nouns(self.pick(THINGS), plural=True)))
        article = "an" if noun.tokens[0].text[0] in "aeiou" else "the" if self.chance(0.15) else "a"
        return tree(("det", word(article, "DT")), ("", noun))

    def target(self) -> Phrase:
        return self.people()[0] if self.chance(0.7) else self.thing()

    def case(self, preposition: str, phrase: Phrase) -> Phrase:
        return tree(("case", word(preposition, "IN")), ("", phrase))

    def place(self) -> Phrase:
        city = self.name(self.pick(CITIES), "LOC")
        if self.chance(0.4):
            country = tree(("punct", word(",", ",")), ("", self.name(self.pick(COUNTRIES), "LOC")))
            return self.case("in", tree(("", city), ("appos", country)))
        if self.chance(0.3):
            noun = tree(("det", word("a" if self.chance(0.6) else "the", "DT")), ("", self.nouns(self.pick(PLACES))))
            return self.case(self.pick(["in", "at", "near", "outside"]), noun)
        return self.case(self.pick(["in", "near", "outside"]) if self.chance(0.3) else "in", city)

    def time(self) -> Phrase:
        month = word(self.pick("January February March April May June July August Sept. Oct. Nov. Dec.".split()), "NNP")
        day = word(str(self.random.randint(1, 28)), "CD")
        year = word(str(self.random.randint(1990, 2026)), "CD")
        if self.chance(0.4):
            return self.case(
                "on", word(self.pick("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()), "NNP")
            )
        date = [("nmod:unmarked", month), ("", day), ("punct", word(",", ",")), ("nmod:unmarked", year)]
        if self.chance(0.5):
            return tree(("case", word("on", "IN")), *date)
        return tree(("punct", word(",", ",")), *date)

    def background(self) -> Phrase:
        event = self.nouns(self.pick(EVENTS))
        article = "an" if event.tokens[0].text[0] in "aeiou" else "a"
        parts: list[Part] = [("det", word(article if self.chance(0.8) else "the", "DT")), ("", event)]
        kind = self.random.random()
        if kind < 0.25:
            parts.append(("nmod", self.case("by", self.person(plain=True)[0])))
        elif kind < 0.4:
            parts.append(("nmod", self.case(self.pick(["on", "against", "with"]), self.person(plain=True)[0])))
        elif kind < 0.6:
            parts.append(("nmod", self.place()))
        return self.case(self.pick(["during", "after", "before", "at", "during"]), tree(*parts))

    def adjuncts(self, *, tool: bool = True) -> list[Part]:
        parts: list[Part] = []
        if tool and self.chance(0.2):
            noun = tree(("det", word("a", "DT")), ("", word(self.pick(TOOLS), "NN")))
            parts.append(("obl", self.case(self.pick(["with", "on", "in"]), noun)))
        if self.chance(0.25):
            parts.append(("obl", self.background()))
        if self.chance(0.1):
            subject, plural = self.person(plain=True)
            doing = self.predicate(plural)
            parts.append(
                ("advcl", tree(("mark", word(self.pick(["as", "while", "after"]), "IN")), ("nsubj", subject), *doing))
            )
        if self.chance(0.55):
            place = self.place()
            if self.chance(0.15):
                place = tree(("punct", word(",", ",")), ("", place))
            parts.append(("obl", place))
        if self.chance(0.12):
            parts.append(("obl:unmarked", self.time()))
            if parts[-1][1].tokens[0].text == "on":
                parts[-1] = ("obl", parts[-1][1])
        return parts

    def predicate(self, plural: bool, tag: str = "") -> list[Part]:
        """A verb and what follows it, in the tag given or in the present tense."""
        tag = tag or ("VBP" if plural else "VBZ")
        kind = self.random.random()
        if kind < 0.55:
            return [("", self.verb(TRANSITIVE, tag)), ("obj", self.target())]
        if kind < 0.65:
            return [("", self.verb(INTRANSITIVE, tag))]
        if kind < 0.78:
            lemma, particle = self.pick(PARTICLES).split()
            verb, small = word(inflected(lemma, tag), tag), ("compound:prt", word(particle, "RP"))
            thing = ("obj", self.thing())
            return [("", verb), small, thing] if self.chance(0.6) else [("", verb), thing, small]
        if kind < 0.9:
            verb = self.verb(GIVE, tag)
            if self.chance(0.5):
                return [("", verb), ("iobj", self.person()[0]), ("obj", self.thing())]
            return [("", verb), ("obj", self.thing()), ("obl", self.case("to", self.person()[0]))]
        return [("", self.verb(WITH_PEOPLE, tag)), ("obl", self.case("with", self.person()[0]))]

    def agent(self) -> Part:
        return "obl:agent", self.case("by", self.people()[0])

    def passive(self, plural: bool, *, reduced: bool = False, agent: float = 0.75) -> list[Part]:
        """A passive verb with its auxiliaries; reduced, without the finite one."""
        parts: list[Part] = []
        if not reduced:
            be = self.pick(["is", "was"]) if not plural else self.pick(["are", "were"])
            parts.append(("aux:pass", word(be, "VBZ" if be == "is" else "VBP" if be == "are" else "VBD")))
        if self.chance(0.35):
            if not reduced:
                parts[-1] = ("aux", parts[-1][1])
            parts.append(("aux:pass", word("being", "VBG")))
        verb = self.pick(TRANSITIVE)
        parts.append(("", word(inflected(verb, "VBN"), "VBN")))
        following: list[Part] = [self.agent()] if self.chance(agent) else []
        if self.chance(0.3):
            noun = tree(("det", word("a", "DT")), ("", word(self.pick(TOOLS), "NN")))
            following.append(("obl", self.case(self.pick(["on", "in", "with"]), noun)))
        self.random.shuffle(following)
        return parts + following

    def clause(self) -> Phrase:
        subject, plural = self.people()
        kind = self.random.random()
        front: list[Part] = []
        if kind < 0.5:
            core, label = self.predicate(plural), "nsubj"
        elif kind < 0.6:
            be = ("aux", word("are" if plural else "is", "VBP" if plural else "VBZ"))
            core, label = [be, *self.predicate(plural, "VBG")], "nsubj"
        elif kind < 0.85:
            core, label = self.passive(plural), "nsubj:pass"
        elif kind < 0.9:
            label = "nsubj"
            goal = tree(("mark", word("to", "TO")), *self.predicate(plural, "VB"))
            core = [
                ("", self.verb(["try", "prepare", "wait", "attempt", "plan"], "VBP" if plural else "VBZ")),
                ("xcomp", goal),
            ]
        elif kind < 0.95:
            label = "nsubj"
            verb = word("do" if plural else "does", "VBP" if plural else "VBZ")
            helping = (
                [("aux", verb), ("advmod", word("not", "RB"))] if self.chance(0.5) else [("aux", word("will", "MD"))]
            )
            core = [*helping, *self.predicate(plural, "VB")]
        else:
            label, core = "nsubj", self.predicate(plural)
            front = [("advcl", tree(*self.predicate(plural, "VBG"))), ("punct", word(",", ","))]
        extra: list[Part] = []
        if self.chance(0.1):
            extra = [("conj", tree(("cc", word("and", "CC")), *self.predicate(plural)))]
        elif self.chance(0.1):
            extra = [("advcl", tree(("punct", word(",", ",")), *self.predicate(plural, "VBG")))]
        return tree(*front, (label, subject), *core, *extra, *self.adjuncts())

    def noun_phrase_caption(self) -> Phrase:
        if self.chance(0.3):
            lemma = self.pick("arrest rescue killing funeral beating release evacuation capture".split())
            parts: list[Part] = [("det", word("the", "DT")), ("", word(lemma, "NN"))]
            parts.append(("nmod", self.case("of", self.person()[0])))
            if self.chance(0.6):
                parts.append(("nmod", self.case("by", self.person()[0])))
            return tree(*parts, ("nmod", self.place()))
        subject, plural = self.person()
        if self.chance(0.5):
            doing = tree(*self.predicate(plural, "VBG"), *self.adjuncts())
        else:
            doing = tree(*self.passive(plural, reduced=True), *self.adjuncts(tool=False))
        return tree(("", subject), ("acl", doing))

    def relative(self, plural: bool) -> Phrase:
        who = word("who", "WP")
        kind = self.random.random()
        if kind < 0.4:
            made = tree(("nsubj", who), *self.predicate(plural, self.pick(["", "VBD"])))
        elif kind < 0.75:
            made = tree(("nsubj:pass", who), *self.passive(plural))
        else:
            subject, many = self.person(plain=True)
            verb = self.verb(TRANSITIVE, "VBP" if many else "VBZ")
            gap = word("whom", "WP") if self.chance(0.6) else word("that", "WDT")
            made = tree(("obj", gap), ("nsubj", subject), ("", verb))
        return made

    def relative_caption(self) -> Phrase:
        subject, plural = self.person()
        clause = self.relative(plural)
        if self.chance(0.5):
            clause = tree(("punct", word(",", ",")), ("", clause), ("punct", word(",", ",")))
        subject = tree(("", subject), ("acl:relcl", clause))
        if self.chance(0.4):
            return tree(("", subject), ("nmod", self.place()))
        return tree(("nsubj", subject), *self.predicate(plural), *self.adjuncts())

    def seen_caption(self) -> Phrase:
        subject, plural = self.person()
        if self.chance(0.4):
            comma = word(",", ",")
            subject = tree(
                ("", subject), ("acl:relcl", tree(("punct", comma), ("", self.relative(plural)), ("punct", comma)))
            )
        be = ("aux:pass", word("are" if plural else "is", "VBP" if plural else "VBZ"))
        seen = ("", word(self.pick(["seen", "shown", "pictured", "photographed"]), "VBN"))
        if self.chance(0.6):
            doing = tree(*self.predicate(plural, "VBG"), *self.adjuncts())
            return tree(("nsubj:pass", subject), be, seen, ("xcomp", doing))
        return tree(("nsubj:pass", subject), be, seen, ("obl", self.place()))


def first_rest(token: Token) -> tuple[str, str, int, str]:
    return token.tag, token.dep, token.head, token.name
