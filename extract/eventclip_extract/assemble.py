"""From the tree of a caption to its events: triggers are found, matched, weighed as fore- or background, and linked."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from eventclip_extract.attachment import mend
from eventclip_extract.clauses import Slots, adjective_slots, noun_slots, verb_slots
from eventclip_extract.dates import date_value
from eventclip_extract.entities import counted, entity_type, name_words
from eventclip_extract.ontology import COMMON_ROLES, Ontology
from eventclip_extract.positions import bearer, bind
from eventclip_extract.roles import Filler, Found, match, phrase_words
from eventclip_extract.status import Status, status_of
from eventclip_extract.syntax import Parse, Word
from eventclip_extract.text import CleanCaption

_PRONOUNS = frozenset({"he", "she", "they", "him", "her", "them"})
_SUPPORT_VERBS = frozenset(
    "attend join hold stage lead launch conduct make mount carry organize organise participate take host begin "
    "start stag perform continue deliver give have undertake".split()
)
"""Verbs whose subject takes part in the event that their object names ("residents stage a rally")."""
_SITUATING = frozenset({"in", "at", "near", "outside"})
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_CONFIDENCE = {
    "clause": 0.9,
    "participle": 0.85,
    "light": 0.85,
    "relative": 0.8,
    "coordinated": 0.8,
    "controlled": 0.8,
    "adverbial": 0.75,
    "nominal": 0.7,
    "adjective": 0.7,
    "bare": 0.6,
}
_WITHOUT_PARTICIPANT = 0.15
_DOUBTFUL = 1 / 3
_NOT_A_FACT = 0.8
"""What confidence is multiplied by: for triggers that seldom name such an event, and for plans and denials."""


_ARGUMENT_CONFIDENCE = {
    "subject": 0.6,
    "object": 0.7,
    "to": 0.8,
    "from": 0.8,
    "adjective": 0.7,
    "compound": 0.5,
    "with": 0.6,
}


def argument_confidence(rule: str) -> float:
    """How sure an argument is by the rule that found it: the order is measured, the numbers are rounded.

    See docs/extraction.md for how often each rule agrees with gold arguments.
    """
    name, _, manner = rule.partition(", ")
    return round(_ARGUMENT_CONFIDENCE.get(name, 0.5) * (0.6 if manner else 1.0), 2)


class Assembly:
    """The events of one caption, as the plain objects of a record: that validates them, once and as a whole."""

    def __init__(
        self, parse: Parse, caption: str, clean: CleanCaption, ontology: Ontology, *, min_confidence: float = 0.0
    ) -> None:
        mend(parse, lambda lemma: bool(ontology.lookup(lemma, "VERB")))
        self.parse, self.caption, self.clean, self.ontology = parse, caption, clean, ontology
        self.positions = bind(parse, [(bisect_right(clean.ends, end), said) for end, said in clean.positions.items()])
        self.sentences = parse.sentences()
        self.sentence_of = {word.number: place for place, words in enumerate(self.sentences) for word in words}
        self.found = list(self._triggers())
        self.status = [
            status_of(found.word, first_sentence=self.sentence_of[found.word.number] == 0) for found in self.found
        ]
        self._share_participants()
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
        """Which event is the foreground of which background."""
        by_word = {id(word): number for number, found in enumerate(self.found) for word in found.trigger}
        made = []
        for number, status in enumerate(self.status):
            if status.relation is None or status.anchor is None:
                continue
            for word in [status.anchor, *status.anchor.ancestors()]:
                other = by_word.get(id(word))
                if other is not None and other != number:
                    made.append({"source": f"e{other}", "target": f"e{number}", "relation": status.relation})
                    break
        return made

    def _triggers(self) -> Iterator[Found]:
        taken: set[int] = set()
        for word in self.parse.words:  # verbs first: a light verb takes its noun
            if word.is_verb and word.number not in taken and not _is_dress(word):
                found = match(self.ontology, word, verb_slots(word))
                if found is not None:
                    taken |= {part.number for part in found.trigger} | {filler.word.number for filler in found.fillers}
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
            ):
                found = match(self.ontology, word, self._noun_slots(word))
                if found is not None:
                    yield found

    def _noun_slots(self, noun: Word) -> Slots:
        slots = noun_slots(noun)
        verb = noun.head
        supported = verb is not None and verb.is_verb and verb.verb_lemma in _SUPPORT_VERBS and not slots.possessive
        if supported and verb is not None and (noun.dep == "obj" or (noun.dep == "obl" and noun.case == "in")):
            support = verb_slots(verb)
            slots.possessive = support.subject
            slots.phrases += [(case, filler) for case, filler in support.phrases if filler is not noun]
        return slots

    def _share_participants(self) -> None:
        """Puts the person in the place of a pronoun: "as he arrives"."""
        for found in self.found:
            for filler in found.fillers:
                if filler.word.lower in _PRONOUNS:
                    known = _antecedent(filler.word)
                    if known is not None and not any(other.word is known for other in found.fillers):
                        filler.word, filler.rule = known, f"{filler.rule}, pronoun"

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
                shown = status.depicted or status.relation == "during"
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
        words = _trigger_words(found)
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
            "rule": found.slots.rule,
        }

    def _confidence(self, found: Found, status: Status) -> float:
        confidence = _CONFIDENCE[found.slots.rule.split("-")[0]]
        if all(filler.role in COMMON_ROLES for filler in found.fillers):
            confidence -= _WITHOUT_PARTICIPANT
        if status.modality != "asserted" or status.polarity != "positive":
            confidence *= _NOT_A_FACT
        return round(confidence * (_DOUBTFUL if found.entry.doubtful else 1), 2)

    def _span(self, start: int, end: int) -> dict[str, Any]:
        return {"text": self.caption[start:end], "start": start, "end": end}

    def _arguments(self, found: Found, status: Status) -> list[dict[str, Any]]:
        heads = frozenset(filler.word.number for filler in found.fillers) | {part.number for part in found.trigger}
        made = [self._argument(filler, heads - {filler.word.number}) for filler in found.fillers]
        if not found.has("Time") and status.relation is None and (status.depicted or status.prominence > 0.5):
            made += self._dates(found)
        return sorted(made, key=lambda argument: (argument["start"], argument["role"]))

    def _argument(self, filler: Filler, others: frozenset[int]) -> dict[str, Any]:
        words = phrase_words(filler.word, others)
        start, end = self.clean.original(words[0].start, words[-1].end)
        place_end = end
        if filler.entity_type in _PLACES:
            end = self.clean.chains.get(end, end)
        meant = counted(filler.word)
        name = name_words(meant)
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
        }

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


def _trigger_words(found: Found) -> list[Word]:
    """The trigger, with its particle or light noun as far as they follow it directly ("picks up", "shakes hands")."""
    words = [found.word]
    for word in sorted(found.trigger[1:], key=lambda part: part.number):
        if word.number == words[-1].number + 1:
            words.append(word)
    return words


def _lemma(words: list[Word]) -> str:
    first, *rest = words
    return " ".join([first.verb_lemma if first.is_verb else first.noun_lemma, *(word.lower for word in rest)])


def _is_dress(word: Word) -> bool:
    """Whether a participle only says what somebody wears."""
    return word.dep == "acl" and word.verb_lemma in ("wear", "dress", "clothe")


def _antecedent(pronoun: Word) -> Word | None:
    """The subject of a clause above: "A minister waves as he arrives"."""
    below: Word = pronoun
    for word in pronoun.ancestors():
        subject = next((child for child in word.having("nsubj", "nsubj:pass") if child is not below), None)
        if (
            subject is not None
            and subject.is_noun
            and subject.number < pronoun.number
            and entity_type(subject) in ("PER", None)
        ):
            return subject
        below = word
    return None
