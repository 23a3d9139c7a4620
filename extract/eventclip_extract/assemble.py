"""From the tree of a caption to its events: triggers are found, matched, weighed as fore- or background, and linked."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from eventclip_extract.argument_words import phrase_words
from eventclip_extract.attachment import hang_on_events, mend
from eventclip_extract.clauses import adjective_slots, verb_slots
from eventclip_extract.confidence import argument_confidence, event_confidence
from eventclip_extract.dates import date_value
from eventclip_extract.entities import counted, entity_type, name_words
from eventclip_extract.event_nouns import attending, event_noun_slots
from eventclip_extract.found import Filler, Found
from eventclip_extract.links import causes, same
from eventclip_extract.ontology import COMMON_ROLES, EventType, Ontology
from eventclip_extract.positions import bearer, bind
from eventclip_extract.pronouns import antecedent, earlier_person, owners, whose
from eventclip_extract.roles import match
from eventclip_extract.senses import STRIKES
from eventclip_extract.status import Status, status_of
from eventclip_extract.syntax import Parse, Word
from eventclip_extract.text import CleanCaption

_PRONOUNS = frozenset({"he", "she", "they", "him", "her", "them"})
_ADJECTIVES = frozenset(
    "closing coming leading opening running sitting standing supporting surrounding working".split()
)
"""Participles that before a noun hardly ever tell what it does."""
_SITUATING = frozenset({"in", "at", "near", "outside"})
_PLACES = frozenset({"GPE", "LOC", "FAC"})


class Assembly:
    """The events of one caption, as the plain objects of a record: that validates them, once and as a whole."""

    def __init__(
        self, parse: Parse, caption: str, clean: CleanCaption, ontology: Ontology, *, min_confidence: float = 0.0
    ) -> None:
        mend(parse, lambda lemma: bool(ontology.lookup(lemma, "VERB")))
        hang_on_events(
            parse,
            lambda noun, case: any(case in e.frame.prepositions for e in ontology.lookup(noun.noun_lemma, "NOUN")),
        )
        self.parse, self.caption, self.clean, self.ontology = parse, caption, clean, ontology
        self.positions = bind(parse, [(bisect_right(clean.ends, end), said) for end, said in clean.positions.items()])
        self.sentences = parse.sentences()
        self.sentence_of = {word.number: place for place, words in enumerate(self.sentences) for word in words}
        self.found = list(self._triggers())
        self.status = [
            status_of(found.word, first_sentence=self.sentence_of[found.word.number] == 0) for found in self.found
        ]
        self._share_attendance()
        self._share_participants()
        self._place_nouns()
        self._share_places()
        self.confidence = list(map(self._confidence, self.found, self.status))
        kept = [number for number, confidence in enumerate(self.confidence) if confidence >= min_confidence]
        if len(kept) < len(self.found):
            self.found = [self.found[number] for number in kept]
            self.status = [self.status[number] for number in kept]
            self.confidence = [self.confidence[number] for number in kept]

    def events(self) -> list[dict[str, Any]]:
        """The events in the order of their triggers."""
        return [
            self._event(number, found, status)
            for number, (found, status) in enumerate(zip(self.found, self.status, strict=True))
        ]

    def links(self) -> list[dict[str, Any]]:
        """Which event is the foreground of which background, which brings about which, and which two are one."""
        by_word = {id(word): number for number, found in enumerate(self.found) for word in found.trigger}
        made: list[tuple[int, int, str]] = []
        for number, status in enumerate(self.status):
            if status.relation is None or status.anchor is None:
                continue
            for word in [status.anchor, *status.anchor.ancestors()]:
                other = by_word.get(id(word))
                if other is not None and other != number:
                    made.append((other, number, str(status.relation)))
                    break
        if len(self.found) > 1:
            made += [(*pair, "causes") for pair in causes(self.parse, self.found, self.status)]
            apart = {(source, target): relation for source, target, relation in made}
            made += [(*pair, "same") for pair in same(self.found, self.status, self.ontology, apart)]
        return [{"source": f"e{one}", "target": f"e{other}", "relation": relation} for one, other, relation in made]

    def _triggers(self) -> Iterator[Found]:
        taken: set[int] = set()
        for word in self.parse.words:  # verbs first: a light verb takes its noun
            if word.is_verb and word.number not in taken and not _is_dress(word) and not _describes(word):
                found = match(self.ontology, word, verb_slots(word))
                if found is not None:
                    taken |= {part.number for part in found.trigger}
                    taken |= {filler.word.number for filler in found.fillers if not _is_told_crime(filler)}
                    yield found
        for word in self.parse.words:
            if word.tag == "JJ" and word.number not in taken and self.ontology.lookup(word.lower, "NOUN"):
                slots = adjective_slots(word)
                found = match(self.ontology, word, slots) if slots is not None else None
                if found is not None:
                    yield found
            if (
                word.tag in ("NN", "NNS")
                and word.number not in taken
                and word.dep not in ("compound", "flat", "nmod:desc")
                and not _describes(word)
            ):
                found = match(self.ontology, word, event_noun_slots(word))
                if found is not None:
                    taken |= {filler.word.number for filler in found.fillers if _is_struck(filler)}
                    yield found

    def _share_participants(self) -> None:
        """Puts the person in the place of a pronoun: "as he arrives", "upon his arrival"."""
        for found in self.found:
            for filler in [filler for filler in found.fillers if filler.word.tag == "PRP$"]:
                found.fillers.remove(filler)
                for owner in owners(filler.word, found.word):
                    if all(other.word is not owner for other in found.fillers):
                        found.fillers.append(Filler(filler.role, owner, "PER", f"{filler.rule}, pronoun", filler.word))
            for filler in list(found.fillers):
                if filler.word.tag == "WP$":
                    known = whose(filler.word, self.parse.words)
                    if known is not None:
                        self._name(found, filler, known)
                if filler.word.lower in _PRONOUNS:
                    known = antecedent(filler.word)
                    place = self.sentence_of[filler.word.number]
                    if known is None and place:
                        known = earlier_person(filler.word, self.sentences[place - 1])
                    if known is None:
                        known = earlier_person(filler.word, self.sentences[place])
                    if known is not None:
                        self._name(found, filler, known)

    def _name(self, found: Found, pronoun: Filler, known: Word) -> None:
        """Puts a person in the place of a pronoun; of "they", each of those who are listed."""
        rule = f"{pronoun.rule}, pronoun"
        many = pronoun.word.lower in ("they", "them")
        for person in known.conjuncts() if many and entity_type(known) == "PER" else [known]:
            there = next((other for other in found.fillers if other.word is person), None)
            if there is not None:
                if person is known and there.role == pronoun.role:
                    found.fillers.remove(pronoun)
            elif person is known:
                pronoun.word, pronoun.rule, pronoun.mention = known, rule, pronoun.word
            elif entity_type(person) == "PER":
                found.fillers.append(Filler(pronoun.role, person, "PER", rule, pronoun.mention or pronoun.word))

    def _share_attendance(self) -> None:
        """Makes those who do something at a meeting its participants: "a minister speaks during a summit in Vienna"."""
        for found in self.found:
            event_type = self.ontology[found.entry.type]
            if found.word.is_verb or event_type.parent != "Contact" or not event_type.symmetric:
                continue
            if any(filler.rule == "possessive" and filler.word.tag != "PRP$" for filler in found.fillers):
                continue
            role = min(event_type.symmetric)
            for word in attending(found.word):
                kind = entity_type(word)
                if kind in event_type.roles[role] and kind and all(filler.word is not word for filler in found.fillers):
                    found.fillers.append(Filler(role, word, kind, "attendance"))

    def _place_nouns(self) -> None:
        """Gives an event noun the place right behind it, wherever the parser hung it: "before a meeting in Ankara"."""
        words = self.parse.words
        for found in self.found:
            number = found.trigger[-1].number + 1
            if (
                found.word.is_verb
                or found.has("Place")
                or number >= len(words)
                or words[number].lower not in _SITUATING
            ):
                continue
            place = words[number].head
            if place is None or words[number].dep != "case" or not place.is_noun or place.case != words[number].lower:
                continue
            kind = entity_type(place)
            if kind in ("GPE", "FAC", "LOC") and kind in self.ontology[found.entry.type].roles.get("Place", ()):
                found.fillers.append(Filler("Place", place, kind, f"{place.case}, adjacent"))

    def _share_places(self) -> None:
        """Gives the place that closes a sentence to all its foreground, wherever the parser hung it."""
        for number, words in enumerate(self.sentences):
            closing = [
                word
                for word in words
                if word.dep in ("obl", "nmod", "conj")
                and word.is_noun
                and word.case in _SITUATING
                and entity_type(word) == "GPE"
            ]
            if not closing:
                continue
            place = max(closing, key=lambda word: word.number)
            for found, status in zip(self.found, self.status, strict=True):
                here = self.sentence_of[found.word.number] == number and found.word.number < place.number
                background = status.relation in ("during", "after")
                shown = status.depicted or background or _stands_at(found.word, place)
                named = any(filler.role == "Place" and filler.word.tag == "NNP" for filler in found.fillers)
                free = not named and all(filler.word is not place for filler in found.fillers)
                if here and shown and free:
                    found.fillers.append(Filler("Place", place, "GPE", "shared place"))

    def _event(self, number: int, found: Found, status: Status) -> dict[str, Any]:
        event_type = self.ontology[found.entry.type]
        arguments = self._arguments(found, status)
        depicted = status.depicted and event_type.visual
        participants = [argument for argument in arguments if argument["role"] not in ("Place", "Time")]
        salience = 0.6 * status.prominence + 0.25 * min(1.0, len(participants) / 3) + 0.15 * event_type.visual
        words = _trigger_words(found, event_type)
        start, end = self.clean.original(words[0].start, words[-1].end)
        return {
            "id": f"e{number}",
            "type": found.entry.type,
            "trigger": {**self._span(start, end), "lemma": _lemma(words)},
            "arguments": arguments,
            "polarity": status.polarity,
            "modality": status.modality,
            "depicted": depicted,
            "confidence": self.confidence[number],
            "salience": round(salience if depicted else salience / 2, 3),
            "rule": found.slots.rule if words[0] is found.word else "light-noun",
        }

    def _confidence(self, found: Found, status: Status) -> float:
        core = self.ontology[found.entry.type].core
        return event_confidence(
            found.slots.rule,
            has_participant=any(filler.role not in COMMON_ROLES for filler in found.fillers),
            is_fact=status.modality == "asserted" and status.polarity == "positive",
            doubtful=found.entry.doubtful or (bool(core) and not any(found.has(role) for role in core)),
        )

    def _span(self, start: int, end: int) -> dict[str, Any]:
        return {"text": self.caption[start:end], "start": start, "end": end}

    def _arguments(self, found: Found, status: Status) -> list[dict[str, Any]]:
        heads = frozenset(filler.word.number for filler in found.fillers) | {part.number for part in found.trigger}
        made = [self._argument(filler, heads - {filler.word.number}) for filler in found.fillers]
        if not found.has("Time"):
            dated = status.relation is None and (status.depicted or status.prominence > 0.5)
            dates = list(self._dates(found)) if dated else []
            made += dates or [self._argument(filler, heads) for filler in self._unmarked_times(found)]
        return sorted(made, key=lambda argument: (argument["start"], argument["role"]))

    def _argument(self, filler: Filler, others: frozenset[int]) -> dict[str, Any]:
        words = phrase_words(filler.word, others)
        start, end = self.clean.original(words[0].start, words[-1].end)
        place_end = end
        if filler.entity_type in _PLACES:
            end = self.clean.chains.get(end, end)
        meant = counted(filler.word)
        name, mention = name_words(meant), filler.mention
        return {
            **self._span(start, end),
            "role": filler.role,
            "head": self._span(*self.clean.original(name[0].start, name[-1].end)),
            "entity_type": filler.entity_type,
            "confidence": argument_confidence(filler.rule),
            "rule": filler.rule,
            "position": self.positions.get(bearer(meant).number) or self.positions.get(bearer(filler.word).number),
            "value": date_value(self.caption[start:end]) if filler.role == "Time" else None,
            "parents": [part for part in map(str.strip, self.caption[place_end:end].split(",")) if part],
            "mention": None if mention is None else self._span(*self.clean.original(mention.start, mention.end)),
        }

    def _unmarked_times(self, found: Found) -> Iterator[Filler]:
        """When the event was, where no preposition says so: "arrested [last week]"."""
        for time in found.word.having("obl:unmarked"):
            following = [word.lower for word in self.parse.words[time.number + 1 : time.number + 2]]
            if not time.is_noun or entity_type(time) != "TIME" or time.having("nummod", "nmod"):  # "waited two hours"
                continue
            is_event = self.ontology.lookup(time.noun_lemma, "NOUN")  # "mark the anniversary"
            if not is_event and following not in (["after"], ["before"], ["since"], ["when"]):
                yield Filler("Time", time, "TIME", "unmarked")
                return

    def _dates(self, found: Found) -> Iterator[dict[str, Any]]:
        """The date that stands in the sentence of the event, as its Time."""
        number = self.sentence_of[found.word.number]
        first = self.clean.starts[self.sentences[number][0].start] if number else 0
        following = self.sentences[number + 1 :]
        last = self.clean.starts[following[0][0].start] if following else len(self.caption)
        for start, end in self.clean.dates:
            if first <= start < last:
                span = self._span(start, end)
                known = {"entity_type": "TIME", "confidence": argument_confidence("date"), "rule": "date"}
                yield {**span, "role": "Time", "head": span, **known, "value": date_value(span["text"])}
                return


def _stands_at(noun: Word, place: Word) -> bool:
    """Whether a place follows a noun that says where something happens: "gathered at [a rally] in Oakland"."""
    first = place.number - len(place.having("case")) - len(place.having("compound"))
    return noun.is_noun and noun.case in ("at", "in") and first == noun.number + 1


def _trigger_words(found: Found, event_type: EventType) -> list[Word]:
    """The trigger, with its particle or light noun as far as they follow it directly ("picks up", "shakes hands").

    Where other words stand before a light verb's noun that names the event by itself, it alone is the trigger: "launch
    a second [attack]".
    """
    words = [found.word]
    for word in sorted(found.trigger[1:], key=lambda part: part.number):
        if word.number == words[-1].number + 1:
            words.append(word)
    noun = found.trigger[-1]
    if found.entry.noun is None or noun.case or words[-1] is noun:
        return words
    names = any(one.pos == "NOUN" and one.lemma == found.entry.noun for one in event_type.triggers)
    return [noun] if names else words


def _lemma(words: list[Word]) -> str:
    first, *rest = words
    return " ".join([first.verb_lemma if first.is_verb else first.noun_lemma, *(word.lower for word in rest)])


def _is_struck(filler: Filler) -> bool:
    """Whether a filler is what an attack hits, and no event of its own: "an attack that targeted [a checkpoint]"."""
    verb = filler.word.head
    return filler.rule == "on" and verb is not None and verb.verb_lemma in STRIKES


def _is_told_crime(filler: Filler) -> bool:
    """Whether a crime is an event of its own, because its victim is told: "convicted of the murder of a judge"."""
    return filler.role == "Crime" and bool(filler.word.having("nmod", "nmod:poss"))


def _is_dress(word: Word) -> bool:
    """Whether a participle only says what somebody wears."""
    return word.dep == "acl" and word.verb_lemma in ("wear", "dress", "clothe")


def _describes(word: Word) -> bool:
    """Whether a participle says of what kind a noun is, and no deed: "his running mate", "opening remarks"."""
    return word.dep in ("amod", "compound") and word.lower in _ADJECTIVES
