"""The noun phrases of caption_grammar.py: people, things, places, times and events."""

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import caption_words as words
from caption_trees import COMMA, Part, Phrase, article_of, inflected, owning, tree, word

from eventclip_extract import cities as cities_of_the_package
from eventclip_extract.entities import nouns as nouns_of_class
from eventclip_extract.ontology import TriggerEntry, load_ontology

Noun = tuple[Phrase, bool]
"""A noun phrase, and whether it is plural."""

CITIES = Path(cities_of_the_package.__file__).with_suffix(".txt")
CLASSES = {"PER": "people", "VEH": "vehicles", "OBJ": "objects", "FAC": "facilities", "WEA": "weapons", "LOC": "places"}
MOST_DEPTH = 2
"""How deep clauses may stand in phrases of clauses."""


@cache
def events() -> tuple[TriggerEntry, ...]:
    """The nouns of the `news` ontology that name an event."""
    found = (entry for event in load_ontology("news").types.values() for entry in event.triggers)
    return tuple(entry for entry in found if entry.pos == "NOUN" and not entry.doubtful and not entry.needs)


@cache
def lexicon(name: str) -> tuple[str, ...]:
    """A class of nouns of the package, those with a singular in one word."""
    found = nouns_of_class(name) - words.PRONOUNS
    return tuple(noun for noun in sorted(found) if noun.isalpha() and not noun.endswith("s"))


@cache
def cities() -> tuple[str, ...]:
    """The names of cities of the package that are written in plain letters."""
    lines = CITIES.read_text(encoding="utf-8").splitlines()
    names = (line.split("\t")[0] for line in lines if not line.startswith("#"))
    return tuple(name for name in names if len(name) > 2 and name.replace(" ", "").isalpha() and name.count(" ") < 3)


@cache
def countries() -> tuple[str, ...]:
    """The countries, but for those whose names are phrases with an article."""
    found = nouns_of_class("countries")
    return tuple(sorted(name for name in found if not {"and", "of", "United", "Republic"} & set(name.split())))


class NounPhrases(ABC):
    """A source of random noun phrases; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    @abstractmethod
    def more_of(self, plural: bool, depth: int) -> Part:
        """What follows a noun: clothes, a participle, a relative clause."""

    @abstractmethod
    def to_do(self) -> Part:
        """A clause that says what an attempt is to do."""

    @abstractmethod
    def said_of(self, plural: bool, depth: int) -> Part:
        """A relative clause between commas."""

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, choices: Sequence[str]) -> str:
        return self.random.choice(choices)

    def name(self, text: str, kind: str) -> Phrase:
        first, *rest = text.split()
        return tree(("", word(first, "NNP", kind)), *(("flat", word(part, "NNP", kind)) for part in rest))

    def headed(self, text: str, kind: str = "", tag: str = "NNP") -> Phrase:
        """A name, or words, whose last one is the head: "Red Cross", "refugee camp"."""
        *modifiers, head = text.split()
        return tree(*(("compound", word(part, tag, kind)) for part in modifiers), ("", word(head, tag, kind)))

    def body(self) -> Phrase:
        return tree(("det", word("the", "DT")), ("", self.headed(self.pick(words.BODIES), "ORG")))

    def first_name(self) -> str:
        return self.pick(words.FIRST) if self.chance(0.5) else self.made_up(2)

    def last_name(self) -> str:
        return self.pick(words.LAST) if self.chance(0.4) else self.made_up(3)

    def made_up(self, most: int) -> str:
        """A name that nobody has: names of the world are known by their look, not by heart."""
        syllables = (self.pick(words.ONSETS) + self.pick(words.RHYMES) for _ in range(self.random.randint(1, most)))
        return "".join(syllables).capitalize() + (self.pick(words.NAME_ENDINGS) if most > 2 else "")

    def full_name(self) -> Phrase:
        if self.chance(0.12):  # "Xi Jinping", "Kim Jong Un"
            parts = [self.made_up(1), self.made_up(2), *([self.made_up(1)] if self.chance(0.4) else [])]
            return self.name(" ".join(parts), "PER")
        middle = f" {self.pick([self.first_name(), *words.MIDDLES])}" if self.chance(0.15) else ""
        return self.name(f"{self.first_name()}{middle} {self.last_name()}", "PER")

    def person_name(self) -> Phrase:
        name = self.name(self.last_name(), "PER") if self.chance(0.25) else self.full_name()
        if self.chance(0.6):
            parts: list[Part] = []
            if self.chance(0.1):
                parts.append(("amod", word(self.pick(["former", "ousted", "then"][:2]), "JJ")))
            if self.chance(0.1):
                title = self.headed(self.pick(words.DESCRIPTIONS), tag="NN")
            else:
                title = self.headed(self.pick(words.TITLES))
            if self.chance(0.6):
                country = (
                    ("compound", word("U.S.", "NNP", "LOC"))
                    if self.chance(0.4)
                    else ("amod", word(self.pick(words.NATIONALITIES), "JJ", "MISC"))
                )
                parts.append(country)
            if self.chance(0.06):
                title = tree(("", self.headed("Secretary")), ("nmod", self.case("of", self.headed("State"))))
            if self.chance(0.08):  # "China's President"
                parts = [("nmod:poss", owning(self.country()))]
            return tree(("nmod:desc", tree(*parts, ("", title))), ("", name))
        kind = self.random.random()
        if kind < 0.12:
            age = word(str(self.random.randint(5, 90)), "CD")
            return tree(("", name), ("punct", COMMA), ("nummod", age), ("punct", COMMA))
        if kind < 0.3:
            office = tree(("", self.singular("mayor", definite=True)), ("nmod", self.case("of", self.city())))
            if self.chance(0.5):
                office = tree(
                    ("", self.singular(self.pick(words.RELATIONS[-7:]), definite=self.chance(0.6))),
                    ("nmod", self.case("of", self.body())),
                )
            if self.chance(0.5):
                return tree(("", name), ("punct", COMMA), ("appos", office), ("punct", COMMA))
            return tree(("", office), ("punct", COMMA), ("appos", name), ("punct", COMMA))
        return name

    def city(self) -> Phrase:
        return self.name(self.pick(words.CITIES if self.chance(0.4) else cities()), "LOC")

    def country(self) -> Phrase:
        if self.chance(0.05):
            states = self.pick(["States", "Kingdom", "Nations"])
            united, tag = word("United", "NNP", "LOC"), "NNPS" if states.endswith("s") else "NNP"
            return tree(("det", word("the", "DT")), ("amod", united), ("", word(states, tag, "LOC")))
        return self.name(self.pick(words.COUNTRIES) if self.chance(0.5) else self.pick(countries()), "LOC")

    def us(self) -> Phrase:
        return word("U.S.", "NNP", "LOC")

    def singular(self, text: str, *modifiers: Part, definite: bool = False) -> Phrase:
        """A noun, or several of which the last is the head, with its article."""
        noun = self.headed(text, tag="NN")
        first = modifiers[0][1].tokens[0].text if modifiers else noun.tokens[0].text
        return tree(("det", article_of(first, definite=definite)), *modifiers, ("", noun))

    def plural(self, text: str) -> Phrase:
        *modifiers, head = text.split()
        made = inflected(head, "NNS")
        return tree(*(("compound", word(part, "NN")) for part in modifiers), ("", word(made, "NNS")))

    def plural_words(self, choices: Sequence[str]) -> Phrase:
        *modifiers, head = self.pick(choices).split()
        return tree(*(("amod", word(part, "JJ")) for part in modifiers), ("", word(head, "NNS")))

    def group(self) -> Phrase:
        """Several people in one word or two: "protesters", "riot police"."""
        *modifiers, head = (self.pick(words.GROUPS) if self.chance(0.65) else self.pick(words.FORCES)).split()
        return tree(*(("compound", word(part, "NN")) for part in modifiers), ("", word(head, "NNS")))

    def kind_of(self) -> Part:
        kind = self.random.random()
        if kind < 0.45:
            return "amod", word(self.pick(words.NATIONALITIES), "JJ")
        if kind < 0.55:
            return "compound", word("U.S.", "NNP", "LOC")
        if kind < 0.63:
            return "compound", self.name(self.pick(words.ARMED), "ORG")
        if kind < 0.7:
            return "compound", word(self.pick(words.ACRONYMS), "NNP", "ORG")
        if kind < 0.73:
            return "compound", self.headed(self.pick(words.BODIES), "ORG")
        if kind < 0.77:
            return "amod", word(inflected(self.pick(words.DOINGS), "VBG"), "VBG")
        return "amod", word(self.pick(words.ADJECTIVES), "JJ")

    def people_many(self) -> Phrase:
        group = self.group()
        kind = self.random.random()
        if kind < 0.35:
            return group
        if kind < 0.6:
            return tree(self.kind_of(), ("", group))
        if kind < 0.75:
            return self.counted(group)
        if kind < 0.83:
            head = self.pick(["dozens", "hundreds", "thousands", "scores"])
            return tree(("", word(head, "NNS")), ("nmod", self.case("of", group)))
        if kind < 0.88:
            head = self.pick(["group", "crowd", "line", "team"])
            return tree(("", self.singular(head)), ("nmod", self.case("of", group)))
        if kind < 0.94:
            about = self.pick(["several", "many", "other", "more"])
            return tree(("amod", word(about, "JJ")), ("", group))
        some = word(self.pick(["some", "the", "these", "both"]), "DT")
        return tree(("det", some), ("", group))

    def counted(self, group: Phrase) -> Phrase:
        number = word(self.pick(words.NUMBERS), "CD")
        kind = self.random.random()
        if kind < 0.2:
            least = tree(("case", word("at", "IN")), ("", word(self.pick(["least", "most"][:1]), "JJS")))
            number = tree(("nmod", least), ("", number))
        elif kind < 0.35:
            more = tree(("", word("more", "JJR")), ("fixed", word("than", "IN")))
            number = tree(("advmod", more), ("", number))
        elif kind < 0.45:
            number = tree(("advmod", word(self.pick(["nearly", "about", "some"][:2]), "RB")), ("", number))
        modifiers = [("amod", word(self.pick(words.ADJECTIVES), "JJ"))] if self.chance(0.15) else []
        return tree(("nummod", number), *modifiers, ("", group))

    def person_one(self) -> Phrase:
        kind = self.random.random()
        if kind < 0.25:
            noun = self.pick(words.COMPOUNDS)
        elif kind < 0.5:
            noun = self.pick(lexicon("people"))
        else:
            noun = self.pick(words.PEOPLE)
        modifiers: list[Part] = []
        if self.chance(0.35):
            modifiers.append(self.kind_of())
            if modifiers[0][0] == "amod" and self.chance(0.15):
                modifiers.insert(0, ("amod", word(self.pick(words.ADJECTIVES), "JJ")))
        return self.singular(noun, *modifiers, definite=self.chance(0.18))

    def related(self) -> Noun:
        """Somebody who is named by somebody or something else: "his wife", "relatives of a victim", "troops from X"."""
        kind = self.random.random()
        if kind < 0.25:
            owner = (
                word(self.pick(["his", "her", "their", "its"][:3]), "PRP$")
                if self.chance(0.5)
                else owning(self.person_one())
            )
            return tree(("nmod:poss", owner), ("", word(self.pick(words.KIN), "NN"))), False
        if kind < 0.35:
            owner = owning(self.country())
            return tree(
                ("nmod:poss", owner), ("", self.headed(self.pick(["president", "army", "king"]), tag="NN"))
            ), False
        if kind < 0.8:
            head = self.pick(words.RELATIONS)
            many = head.endswith("s")
            noun = word(head, "NNS") if many else self.singular(head, definite=True)
            whose = self.random.choice(
                [self.city, self.country, self.body, self.person_name, self.people_many, self.person_one, self.event]
            )()
            return tree(("", noun), ("nmod", self.case("of", whose))), many
        preposition = self.pick(["from", "in", "with", "at", "for"])
        whose = {
            "from": self.country,
            "in": lambda: self.plural_words(words.OUTFITS),
            "with": lambda: self.thing("OBJ")[0],
            "at": lambda: self.singular(self.pick(words.PLACES)),
            "for": lambda: self.people_many(),
        }[preposition]()
        return tree(("", self.people_many()), ("nmod", self.case(preposition, whose))), True

    def person(self, depth: int = 0) -> Noun:
        """A noun phrase for people."""
        kind = self.random.random()
        if kind < 0.14:
            name = self.person_name()
            if depth < MOST_DEPTH and name.tokens[-1].tag == "NNP" and self.chance(0.1):
                name = tree(("", name), self.said_of(False, depth + 1))
            return name, False
        if kind < 0.18:
            if self.chance(0.3):
                return word(self.pick(words.ACRONYMS), "NNP", "ORG"), False
            if self.chance(0.5):
                return self.body(), False
            armed = self.name(self.pick(words.ARMED), "ORG")
            return (tree(("det", word("the", "DT")), ("", armed)) if self.chance(0.3) else armed), self.chance(0.5)
        if kind < 0.2:
            state = word(self.pick(["wounded", "injured", "dead", "poor", "elderly", "displaced"]), "JJ")
            return tree(("det", word("the", "DT")), ("", state)), True
        if kind < 0.22:  # headlines leave the article out
            return word(self.pick(words.PEOPLE), "NN"), False
        if kind < 0.29:
            made, plural = self.related()
        elif kind < 0.62:
            made, plural = self.people_many(), True
        else:
            made, plural = self.person_one(), False
        if kind >= 0.29 and depth < MOST_DEPTH and self.chance(0.3):
            made = tree(("", made), self.more_of(plural, depth + 1))
        return made, plural

    def dress(self) -> Part:
        kind = self.random.random()
        if kind < 0.35:
            return "nmod", self.case("in", word(self.pick(words.COLOURS), "NN"))
        garment = self.singular(self.pick(words.GARMENTS), ("amod", word(self.pick(words.COLOURS[:11]), "JJ")))
        if self.chance(0.3):
            garment = self.plural_words(words.OUTFITS)
        if kind < 0.7:
            return "nmod", self.case("in", garment)
        return "acl", tree(("", word("wearing", "VBG")), ("obj", garment))

    def people(self, depth: int = 0) -> Noun:
        one, plural = self.person(depth)
        if self.chance(0.12):
            other, _ = self.person(MOST_DEPTH)
            parts: list[Part] = [("conj", tree(("cc", word("and", "CC")), ("", other)))]
            if self.chance(0.25):
                parts.insert(0, ("conj", tree(("punct", COMMA), ("", self.person(MOST_DEPTH)[0]))))
            return tree(("", one), *parts), True
        return one, plural

    def thing(self, kind: str) -> Noun:
        """A noun phrase for a thing of an entity type."""
        if kind in ("PER", "ORG"):
            return self.people(MOST_DEPTH)
        if kind == "GPE":
            return (self.city() if self.chance(0.5) else self.country()), False
        if kind == "VAL":
            return word(self.pick(words.VALUES), "NN"), False
        if kind == "OBJ" and self.chance(0.25):
            stuff = self.pick(words.STUFF) if self.chance(0.7) else self.pick(words.PHRASES_OF_STUFF)
            *modifiers, head = stuff.split()
            tag = "NNS" if head.endswith("s") else "NN"
            return tree(*(("compound", word(part, "NN")) for part in modifiers), ("", word(head, tag))), tag == "NNS"
        common = {"OBJ": words.THINGS, "VEH": words.VEHICLES, "FAC": words.PLACES, "LOC": words.PLACES}
        noun = self.pick(common[kind] if kind in common and self.chance(0.5) else lexicon(CLASSES.get(kind, "objects")))
        modifiers = []
        if self.chance(0.25):
            colours, kinds = words.COLOURS[:11], ["large", "wooden", "new", "old", "military", "homemade"]
            modifiers = [("amod", word(self.pick(colours if self.chance(0.5) else kinds), "JJ"))]
            if self.chance(0.3):
                modifiers = [("amod", word(*self.random.choice(words.STATES_OF_THINGS)))]
        if self.chance(0.25):
            made = tree(*modifiers, ("", self.plural(noun)))
            return (
                tree(("nummod", word(self.pick(words.NUMBERS), "CD")), ("", made)) if self.chance(0.2) else made
            ), True
        made = self.singular(noun, *modifiers, definite=self.chance(0.25))
        kind_of = self.random.random()
        if kind_of < 0.06:
            made = tree(("", made), ("nmod", self.case("of", self.person(MOST_DEPTH)[0])))
        elif kind_of < (0.3 if kind == "VEH" else 0.1):
            made = tree(("", made), ("acl", tree(("", word("carrying", "VBG")), ("obj", self.people_many()))))
        elif kind_of > 0.93:
            verb = word(inflected(self.pick(words.DONE_TO_THINGS), "VBN"), "VBN")
            label, preposition = self.random.choice([("obl:agent", "by"), ("obl", "from")])
            how = label, self.case(preposition, self.people_many())
            made = tree(("", made), ("acl", tree(("", verb), how)))
        return made, False

    def target(self) -> Phrase:
        kind = self.random.random()
        if kind < 0.06:
            bodies = word(self.pick(["body", "coffin", "portrait", "photo", "remains"][:4]), "NN")
            noun = tree(("det", word("the", "DT")), ("", bodies))
            return tree(("", noun), ("nmod", self.case("of", self.person(1)[0])))
        return self.people(1)[0] if kind < 0.65 else self.thing(self.pick(["OBJ", "OBJ", "VEH", "FAC", "LOC"]))[0]

    def case(self, preposition: str, phrase: Phrase) -> Phrase:
        return tree(*(("case", word(part, "IN")) for part in preposition.split("-")), ("", phrase))

    def place(self) -> Phrase:
        """A place with its preposition."""
        kind = self.random.random()
        city = self.city()
        if kind < 0.25:
            *rest, last = [self.city(), self.country()] if self.chance(0.25) else [self.country()]
            if self.chance(0.25):
                last = self.name(self.pick(sorted(nouns_of_class("states"))), "LOC")
            chain: list[Part] = [("appos", tree(("punct", COMMA), ("", name))) for name in [*rest, last]]
            return self.case("in", tree(("", city), *chain))
        if kind < 0.4:
            where = self.pick(words.PLACES if self.chance(0.6) else words.COMPOUND_PLACES)
            noun = self.singular(where, definite=self.chance(0.4))
            if self.chance(0.4):
                noun = tree(("", noun), ("nmod", self.place()))
            return self.case(self.pick(words.PLACE_PREPOSITIONS), noun)
        if kind < 0.5:
            region = word(self.pick(words.REGIONS), "JJ")
            return self.case("in", tree(("amod", region), ("", self.country() if self.chance(0.6) else city)))
        if kind < 0.56:
            what = self.pick(["city", "town", "village", "capital", "province", "port"])
            where = [("amod", word(self.pick(words.REGIONS), "JJ"))] if self.chance(0.4) else []
            return self.case(
                "in", tree(("", self.singular(what, *where, definite=True)), ("nmod", self.case("of", city)))
            )
        if kind < 0.64:
            named = self.headed(f"{self.pick(words.LAST)} {self.pick(words.SQUARES)}", "LOC")
            return self.case(self.pick(["in", "at", "near", "on"]), named)
        if kind < 0.69:
            return self.case("in", tree(("compound", word("downtown", "NN")), ("", city)))
        if kind < 0.73:
            province = word(self.pick(["province", "district", "state", "region"]), "NN")
            return self.case("in", tree(("compound", city), ("", province)))
        if kind < 0.77:
            embassy = self.singular(
                "embassy", self.kind_of() if self.chance(0.3) else ("compound", self.us()), definite=True
            )
            return self.case(self.pick(["outside", "near", "at"]), embassy)
        if kind < 0.81:
            front = tree(("case", word("in", "IN")), ("", word("front", "NN")))
            noun = self.singular(self.pick(words.PLACES), definite=True)
            return tree(("", front), ("nmod", self.case("of", noun)))
        if kind < 0.84:
            border = tree(("", self.singular("border", definite=True)), ("nmod", self.case("with", self.country())))
            return self.case(self.pick(["near", "along", "at"]), border)
        if kind < 0.87:
            edge = tree(("det", word("the", "DT")), ("", word(self.pick(["outskirts", "streets"]), "NNS")))
            return self.case(self.pick(["on", "in"]), tree(("", edge), ("nmod", self.case("of", city))))
        return self.case(self.pick(["in", "near", "outside", "in", "in"]), city if self.chance(0.8) else self.country())

    def time(self) -> Part:
        day = word(self.pick(words.DAYS), "NNP")
        kind = self.random.random()
        if kind < 0.35:
            return "obl", self.case("on", day)
        if kind < 0.4:
            return "obl:unmarked", tree(("amod", word("last", "JJ")), ("", word(self.pick(["week", "month"]), "NN")))
        month = word(self.pick(words.MONTHS), "NNP")
        number = word(str(self.random.randint(1, 28)), "CD")
        year = word(str(self.random.randint(1990, 2026)), "CD")
        date: list[Part] = [("nmod:unmarked", month), ("", number), ("punct", COMMA), ("nmod:unmarked", year)]
        if self.chance(0.2):
            date = date[:2]
        if self.chance(0.3):
            date = [("", day), ("punct", COMMA), ("appos", tree(*date))]
        if self.chance(0.6):
            return "obl", self.case("on", tree(*date))
        return "obl:unmarked", tree(("punct", COMMA), *date)

    def event(self) -> Phrase:
        """A noun phrase for an event, with its participants."""
        entry = self.random.choice(events())
        frame = entry.frame
        noun = entry.lemma if self.chance(0.6) else self.pick(words.EVENTS)
        parts: list[Part] = []
        if self.chance(0.15):
            parts.append(("amod", word(self.pick(["deadly", "recent", "anti-government", "violent", "annual"]), "JJ")))
        if self.chance(0.2) and " " not in noun:
            noun = f"{self.pick(words.COMPOUNDED)} {noun}"
        if self.chance(0.1):
            owner = self.person(MOST_DEPTH)[0] if self.chance(0.6) else self.country()
            made = tree(("nmod:poss", owning(owner)), *parts, ("", self.headed(noun, tag="NN")))
        elif self.chance(0.15):
            made = tree(*parts, ("", self.plural(noun)))
        else:
            made = self.singular(noun, *parts, definite=self.chance(0.3))
        after: list[Part] = []
        if frame.prepositions and self.chance(0.45):
            preposition = self.pick(sorted(frame.prepositions))
            if " " not in preposition:
                filler = self.thing(self.type_of(entry, frame.prepositions[preposition]))[0]
                if preposition in ("between", "among"):
                    other = tree(("cc", word("and", "CC")), ("", self.person(MOST_DEPTH)[0]))
                    filler = tree(("", self.person(MOST_DEPTH)[0]), ("conj", other))
                after.append(("nmod", self.case(preposition, filler)))
        if self.chance(0.25):
            after.append(("nmod", self.place()))
        if not after and self.chance(0.05):
            return tree(("", self.singular(self.pick(words.ATTEMPTS))), self.to_do())
        return tree(("", made), *after)

    def type_of(self, entry: TriggerEntry, role: str) -> str:
        """An entity type that may fill the role."""
        ontology = load_ontology("imsitu" if entry.type.startswith("Activity.") else "news")
        types = sorted(ontology[entry.type].roles.get(role, ()))
        return self.pick([found for found in types if found in CLASSES or found in ("ORG", "GPE", "VAL")] or ["OBJ"])

    def filler(self, kind: str) -> Phrase:
        if kind == "PLACE":
            noun = self.singular(self.pick(words.PLACES), definite=self.chance(0.4))
            return self.city() if self.chance(0.25) else noun
        if kind == "EVENT":
            return self.event()
        if kind == "TOOL":
            return self.singular(self.pick(words.TOOLS)) if self.chance(0.7) else self.thing("WEA")[0]
        return self.thing({"THING": "OBJ"}.get(kind, kind))[0]
