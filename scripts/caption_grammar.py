"""Press captions with known trees: a grammar that adds to the treebank what web text has too little of.

The English Web Treebank knows forum posts and mails; a caption says "A nurse in blue being carried by two soldiers on a
stretcher". The grammar writes such sentences with Universal Dependencies labels, PTB tags and names, as further
training material. Its words are those of `caption_words.py`, of the package's classes of nouns and of the verbs of its
ontologies, with the objects and prepositions of their frames. Its sentences are random: no caption that exists anywhere
is among them.
"""

from functools import cache

import caption_words as words
from caption_nouns import MOST_DEPTH, Noun, NounPhrases
from caption_trees import COMMA, Part, Phrase, Token, be, inflected, tree, without_idle_commas, word

from eventclip_extract.ontology import TriggerEntry, load_ontology


@cache
def verbs(ontology: str) -> tuple[TriggerEntry, ...]:
    """The verbs of an ontology that need no more than a particle."""
    return tuple(
        entry
        for event in load_ontology(ontology).types.values()
        for entry in event.triggers
        if entry.pos == "VERB" and not entry.noun and entry.lemma.isalpha() and (entry.particle or "up").isalpha()
    )


class CaptionGrammar(NounPhrases):
    """A source of random captions; the same seed gives the same captions."""

    def caption(self) -> Phrase:
        """One caption as a tree, its closing full stop included in nine of ten."""
        made = self.random.choices(
            [self.sentence, self.noun_phrase_caption, self.seen_caption, self.said], [74, 14, 7, 5]
        )[0]()
        if self.chance(0.9):
            made = tree(("", made), ("punct", word(".", ".")))
        made = without_idle_commas(made)
        first = made.tokens[0]
        capital = Token(first.text[0].upper() + first.text[1:], first.tag, first.dep, first.head, first.name)
        return Phrase((capital, *made.tokens[1:]), made.root)

    def adjuncts(self, depth: int = 0, most: int = 3) -> list[Part]:
        parts: list[Part] = []
        if self.chance(0.15):
            tool = self.singular(self.pick(words.TOOLS))
            parts.append(("obl", self.case(self.pick(["with", "on", "in"]), tool)))
        if self.chance(0.25):
            when = self.pick(["during", "after", "before", "at", "during", "amid", "following", "ahead-of"])
            parts.append(("obl", self.case(when, self.event())))
        if self.chance(0.5):
            place = self.place()
            parts.append(("obl", tree(("punct", COMMA), ("", place)) if self.chance(0.1) else place))
        if depth == 0 and self.chance(0.22):
            parts.append(self.beside())
        if self.chance(0.2 if depth == 0 else 0.05):
            parts.append(self.time())
        if self.chance(0.06):
            parts.insert(0, ("advmod", word(self.pick(["peacefully", "together", "again", "away", "outside"]), "RB")))
        return parts[:most] if depth else parts

    def beside(self) -> Part:
        """A clause beside the main one."""
        kind = self.random.random()
        if kind < 0.3:
            subject, plural = self.person(1)
            mark = word(self.pick(["as", "while", "after", "when", "because", "before"]), "IN")
            return "advcl", tree(("mark", mark), *self.finite(subject, plural, 1))
        if kind < 0.5:
            return "advcl", tree(("mark", word("to", "TO")), *self.active("VB", True, 1))
        if kind < 0.7:
            return "advcl", tree(("punct", COMMA), *self.active("VBG", True, 1))
        if kind < 0.9:
            mark = word(self.pick(["after", "while", "before", "for", "since"]), "IN")
            doing = (
                self.active("VBG", True, 1)
                if self.chance(0.6)
                else [("aux:pass", be("VBG")), *self.passive(True, 1, reduced=True, tag="VBG")]
            )
            return "advcl", tree(("mark", mark), *doing)
        return "advcl", tree(("punct", COMMA), *self.passive(True, 1, reduced=True))

    def more_of(self, plural: bool, depth: int) -> Part:
        """What follows a noun: clothes, a participle, a relative clause."""
        kind = self.random.random()
        if kind < 0.35:
            return self.dress()
        if kind < 0.6:
            return "acl", tree(*self.active("VBG", plural, depth), *self.adjuncts(depth, most=1))
        if kind < 0.85:
            return "acl", tree(*self.passive(plural, depth, reduced=True), *self.adjuncts(depth, most=1))
        return "acl:relcl", self.relative(plural, depth)

    def said_of(self, plural: bool, depth: int) -> Part:
        return "acl:relcl", tree(("punct", COMMA), ("", self.relative(plural, depth, bare=True)), ("punct", COMMA))

    def to_do(self) -> Part:
        return "acl", tree(("mark", word("to", "TO")), *self.active("VB", True, 1))

    def active(self, tag: str, plural: bool, depth: int = 0) -> list[Part]:
        """A verb in the given tag and what follows it; the empty label is the verb's."""
        kind = self.random.random()
        if kind < 0.03:  # "stop and search a truck"
            one, other = (inflected(self.pick(words.DONE_TO_PEOPLE), tag) for _ in range(2))
            second = tree(("cc", word("and", "CC")), ("", word(other, tag)), ("obj", self.target()))
            return [("", word(one, tag)), ("conj", second)]
        if kind < 0.06:
            lemma, state = self.pick(words.RESULTS).split()
            state_of = ("xcomp", word(state, "JJ"))
            return [("", word(inflected(lemma, tag), tag)), ("obj", self.people(MOST_DEPTH)[0]), state_of]
        if kind < 0.4:
            return self.by_frame(tag)
        if kind < 0.52:
            verb = word(inflected(self.pick(words.INTRANSITIVE), tag), tag)
            return [("", verb)]
        if kind < 0.6:
            lemma = self.pick(sorted(words.LIGHT))
            *modifiers, noun = self.pick(words.LIGHT[lemma]).split()
            thing = word(noun, "NNS" if noun.endswith("s") else "NN")
            front = [
                ("det", word("a" if m == "a" else "an", "DT")) if m in ("a", "an") else ("compound", word(m, "NN"))
                for m in modifiers
            ]
            parts: list[Part] = [("", word(inflected(lemma, tag), tag)), ("obj", tree(*front, ("", thing)))]
            if self.chance(0.4):
                preposition = self.pick(["with", "at", "for", "on", "to", "in"])
                parts.append(("obl", self.case(preposition, self.people(MOST_DEPTH)[0])))
            return parts
        if kind < 0.68:
            verb, preposition = self.pick(words.WITH_PLACES).split()
            where = self.pick(words.PLACES if self.chance(0.7) else words.COMPOUND_PLACES)
            noun = self.city() if self.chance(0.3) else self.singular(where, definite=self.chance(0.5))
            return [*self.verb_of(verb, tag), ("obl", self.case(preposition, noun))]
        if kind < 0.76:
            verb, preposition = self.pick(words.WITH_PEOPLE).split()
            return [*self.verb_of(verb, tag), ("obl", self.case(preposition, self.people(1)[0]))]
        if kind < 0.82:
            verb = ("", word(inflected(self.pick(words.DITRANSITIVE), tag), tag))
            thing = ("obj", self.thing("OBJ")[0])
            if self.chance(0.35):
                return [verb, ("iobj", self.person(1)[0]), thing]
            return [verb, thing, ("obl", self.case("to", self.person(1)[0]))]
        if kind < 0.92:
            lemma, more = self.pick(words.OBJECT_AND_MORE).split()
            parts = [("", word(inflected(lemma, tag), tag)), ("obj", self.target())]
            return [*parts, self.complement(more)] if self.chance(0.75) else parts
        if kind < 0.96 and depth < MOST_DEPTH:
            goal = tree(("mark", word("to", "TO")), *self.active("VB", plural, depth + 1))
            return [("", word(inflected(self.pick(words.CONTROL), tag), tag)), ("xcomp", goal)]
        if depth < MOST_DEPTH:
            goal = tree(("mark", word("to", "TO")), *self.active("VB", plural, depth + 1))
            verb = word(inflected(self.pick(words.CAUSING), tag), tag)
            return [("", verb), ("obj", self.people(MOST_DEPTH)[0]), ("xcomp", goal)]
        return [("", word(inflected(self.pick(words.INTRANSITIVE), tag), tag))]

    def verb_of(self, text: str, tag: str) -> list[Part]:
        """A verb, with the particle or the object that a hyphen joins to it: `line-up`, `shake-hands`."""
        lemma, _, more = text.partition("-")
        parts: list[Part] = [("", word(inflected(lemma, tag), tag))]
        if more:
            parts.append(("compound:prt", word(more, "RP")) if more in words.PARTICLES else ("obj", word(more, "NNS")))
        return parts

    def complement(self, text: str) -> Part:
        """A preposition with a filler of a kind: `from:PLACE`."""
        preposition, kind = text.split(":")
        return "obl", self.case(preposition, self.filler(kind))

    def by_frame(self, tag: str) -> list[Part]:
        """A verb of an ontology with what its frame allows."""
        entry = self.entry()
        frame = entry.frame
        parts: list[Part] = [("", word(inflected(entry.lemma, tag), tag))]
        if entry.particle:
            kind = self.type_of(entry, frame.object) if frame.object else "OBJ"
            if entry.particle in words.PARTICLES:
                particle = ("compound:prt", word(entry.particle, "RP"))
                if not frame.object or "object" in entry.without:
                    return [*parts, particle]
                thing = ("obj", self.thing(kind)[0])
                return [*parts, particle, thing] if self.chance(0.7) else [*parts, thing, particle]
            return [*parts, ("obl", self.case(entry.particle, self.thing(kind)[0]))]
        if frame.object and "object" not in entry.without and self.chance(0.9):
            parts.append(
                ("obj", self.target() if self.chance(0.5) else self.thing(self.type_of(entry, frame.object))[0])
            )
        prepositions = [p for p in sorted(frame.prepositions) if p.isalpha() and p != "by"]
        if prepositions and self.chance(0.4):
            preposition = self.pick(prepositions)
            filler = self.thing(self.type_of(entry, frame.prepositions[preposition]))[0]
            parts.append(("obl", self.case(preposition, filler)))
        return parts

    def passive(self, plural: bool, depth: int = 0, *, reduced: bool = False, tag: str = "") -> list[Part]:
        """A passive verb with its auxiliaries; reduced, without the finite one."""
        parts: list[Part] = []
        if not reduced:
            past = self.chance(0.45)
            finite = ("were" if plural else "was") if past else ("are" if plural else "is")
            parts.append(("aux:pass", word(finite, "VBD" if past else "VBP" if plural else "VBZ")))
        if not tag and self.chance(0.2):
            if parts:
                parts[-1] = ("aux", parts[-1][1])
            parts.append(("aux:pass", be("VBG")))
        kind = self.random.random()
        following: list[Part] = []
        if kind < 0.35:
            lemma, more = self.pick(words.AFTER_PASSIVE).split()
            verb = word(inflected(lemma, "VBN"), "VBN")
            if more == "into-custody:":
                following = [("obl", self.case("into", word("custody", "NN")))]
            else:
                preposition, what = more.split(":")
                following = [("obl:agent" if preposition == "by" else "obl", self.case(preposition, self.filler(what)))]
        elif kind < 0.4:
            verb = word(self.pick(["shot", "found", "left"]), "VBN")
            state = word(self.pick(["dead", "homeless", "injured", "guilty"]), "JJ")
            following = [("xcomp", state)]
            if state.tokens[0].text == "guilty":
                crime = ("obl", self.case("of", word(self.pick(words.VALUES), "NN")))
                following = [("xcomp", tree(("", state), crime))]
            if self.chance(0.4):
                following.append(("obl:agent", self.case("by", self.people(MOST_DEPTH)[0])))
        else:
            entry = self.entry()
            while (
                not entry.frame.object or "object" in entry.without or (entry.particle or "up") not in words.PARTICLES
            ):
                entry = self.entry()
            verb = word(inflected(entry.lemma, "VBN"), "VBN")
            if entry.particle:
                following.append(("compound:prt", word(entry.particle, "RP")))
            if self.chance(0.65):
                following.append(("obl:agent", self.case("by", self.people(1)[0])))
            if self.chance(0.25):
                tool = self.singular(self.pick(words.TOOLS))
                following.append(("obl", self.case(self.pick(["on", "in", "with"]), tool)))
        return [*parts, ("", verb), *following]

    def entry(self) -> TriggerEntry:
        return self.random.choice(verbs("news" if self.chance(0.75) else "imsitu"))

    def passive_entry(self) -> TriggerEntry:
        """A verb with an object, and with no preposition in its place."""
        while True:
            entry = self.entry()
            if entry.frame.object and "object" not in entry.without and (entry.particle or "up") in words.PARTICLES:
                return entry

    def finite(self, subject: Phrase, plural: bool, depth: int = 0) -> list[Part]:
        """A subject with its predicate, in the present or the past."""
        kind = self.random.random()
        present = "VBP" if plural else "VBZ"
        if kind < 0.42:
            return [("nsubj", subject), *self.active(present, plural, depth)]
        if kind < 0.58:
            return [("nsubj", subject), *self.active("VBD", plural, depth)]
        if kind < 0.66:
            return [("nsubj", subject), ("aux", be(present)), *self.active("VBG", plural, depth)]
        if kind < 0.88:
            return [("nsubj:pass", subject), *self.passive(plural, depth)]
        if kind < 0.92:
            helping: list[Part] = [("aux", word("have" if plural else "has", present))]
            if self.chance(0.5):
                return [
                    ("nsubj:pass", subject),
                    *helping,
                    ("aux:pass", be("VBN")),
                    *self.passive(plural, depth, reduced=True, tag="VBN"),
                ]
            return [("nsubj", subject), *helping, *self.active("VBN", plural, depth)]
        if kind < 0.96:
            modal = self.pick(["will", "may", "could", "would", "must"])
            return [("nsubj", subject), ("aux", word(modal, "MD")), *self.active("VB", plural, depth)]
        did = self.random.choice([("did", "VBD"), ("do", "VBP") if plural else ("does", "VBZ")])
        return [
            ("nsubj", subject),
            ("aux", word(*did)),
            ("advmod", word("not", "RB")),
            *self.active("VB", plural, depth),
        ]

    def relative(self, plural: bool, depth: int, *, bare: bool = False) -> Phrase:
        """A relative clause, now and then between commas; bare, without them."""
        who = word(self.pick(["who", "who", "who", "that"]), "WP")
        kind = self.random.random()
        present = "VBP" if plural else "VBZ"
        if kind < 0.4:
            made = [("nsubj", who), *self.active(self.random.choice([present, "VBD", "VBD"]), plural, depth)]
        elif kind < 0.7:
            made = [("nsubj:pass", who), *self.passive(plural, depth)]
        elif kind < 0.8:
            whose = tree(("nmod:poss", word("whose", "WP$")), ("", word(self.pick(words.KIN), "NN")))
            made = self.finite(whose, False, MOST_DEPTH)
        else:
            subject = self.person(MOST_DEPTH)[0]
            verb = word(inflected(self.random.choice(verbs("news")).lemma, "VBD"), "VBD")
            gap = [("obj", word("whom", "WP"))] if self.chance(0.6) else []
            made = [*gap, ("nsubj", subject), ("", verb)]
        clause = tree(*made)
        if not bare and self.chance(0.4):
            clause = tree(("punct", COMMA), ("", clause), ("punct", COMMA))
        return clause

    def subject(self) -> Noun:
        kind = self.random.random()
        if kind < 0.84:
            return self.people()
        if kind < 0.87:
            return self.country(), False
        if kind < 0.92:
            return self.thing(self.pick(["VEH", "VEH", "OBJ", "FAC"]))
        if kind < 0.95:
            return self.singular(self.pick(words.HAPPENINGS), definite=self.chance(0.4)), False
        return self.event(), False

    def sentence(self) -> Phrase:
        """A subject with its predicate, what stands before it and what is said besides."""
        subject, plural = self.subject()
        front: list[Part] = []
        if self.chance(0.07):
            before = self.random.choice(
                [
                    lambda: ("obl", self.place()),
                    lambda: ("obl", self.case(self.pick(["during", "after"]), self.event())),
                    lambda: ("advcl", tree(*self.active("VBG", plural, 1))),
                    lambda: ("obl", self.case("on", word(self.pick(words.DAYS), "NNP"))),
                ]
            )()
            front = [before, ("punct", COMMA)]
        core = self.finite(subject, plural)
        extra: list[Part] = []
        if self.chance(0.13):
            verb = next(phrase for label, phrase in core if not label)
            tag = verb.tokens[verb.root].tag
            tag = tag if tag in ("VBP", "VBZ", "VBD", "VBG", "VB") else "VBD"
            extra = [("conj", tree(("cc", word("and", "CC")), *self.active(tag, plural, 1)))]
            if verb.tokens[verb.root].tag == "VBN":
                extra = [("conj", tree(("cc", word("and", "CC")), *self.passive(plural, 1, reduced=True)))]
        elif self.chance(0.05):
            other, many = self.people(1)
            comma = [("punct", COMMA)] if self.chance(0.4) else []
            extra = [("conj", tree(*comma, ("cc", word("and", "CC")), *self.finite(other, many, 1)))]
        return tree(*front, *core, *extra, *self.adjuncts())

    def said(self) -> Phrase:
        """A sentence and who said so."""
        who, plural = self.person(MOST_DEPTH)
        content, many = self.people(1)
        if self.chance(0.5):
            verb = self.pick(["said", "said", "say" if plural else "says"])
            tag = "VBD" if verb == "said" else "VBP" if plural else "VBZ"
            clause = tree(*self.finite(content, many, 1), *self.adjuncts(1))
            if self.chance(0.5):
                clause = tree(("mark", word("that", "IN")), ("", clause))
            return tree(("nsubj", who), ("", word(verb, tag)), ("ccomp", clause))
        clause = tree(*self.finite(content, many, 1), *self.adjuncts(1))
        saying = tree(("punct", COMMA), ("nsubj", who), ("", word("said", "VBD")))
        return tree(("", clause), ("parataxis", saying))

    def noun_phrase_caption(self) -> Phrase:
        kind = self.random.random()
        if kind < 0.3:
            return tree(("", self.event()), ("nmod", self.place()))
        subject, plural = self.person(MOST_DEPTH)
        if kind < 0.6:
            doing = tree(*self.active("VBG", plural, 1), *self.adjuncts())
            return tree(("", subject), ("acl", doing))
        if kind < 0.9:
            return tree(("", subject), ("acl", tree(*self.passive(plural, 1, reduced=True), *self.adjuncts())))
        return tree(("", subject), ("nmod", self.case("at", self.event())), ("nmod", self.place()))

    def seen_caption(self) -> Phrase:
        subject, plural = self.person(1)
        finite = ("aux:pass", be("VBP" if plural else "VBZ"))
        seen = ("", word(self.pick(["seen", "shown", "pictured", "photographed"]), "VBN"))
        if self.chance(0.6):
            doing = tree(*self.active("VBG", plural, 1), *self.adjuncts())
            return tree(("nsubj:pass", subject), finite, seen, ("xcomp", doing))
        return tree(("nsubj:pass", subject), finite, seen, ("obl", self.place()))
