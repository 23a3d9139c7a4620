"""What a press photographer's desk would write under an EventScenes picture, with the exact event and its offsets."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from eventclip.datasets.actions import Action, Box, Verb
from eventclip.datasets.figures import Look
from eventclip.records import Argument, EntityType, Event, Span, Trigger

_CITIES = (
    ("Cairo", "Egypt"), ("Goma", "Congo"), ("Lima", "Peru"), ("Kyiv", "Ukraine"), ("Athens", "Greece"),
    ("Nairobi", "Kenya"), ("Manila", "Philippines"), ("Dhaka", "Bangladesh"), ("Bogota", "Colombia"),
    ("Rabat", "Morocco"), ("Ankara", "Turkey"), ("Hanoi", "Vietnam"),
)  # fmt: skip
_BACKGROUNDS = (
    "after an earthquake", "during a protest", "following an explosion", "amid heavy rain", "after a long strike",
    "during a visit by the president", "ahead of an election", "after clashes with demonstrators", "during a festival",
)  # fmt: skip
_STYLES = ("active", "passive", "seen", "gerund", "reduced", "relative_patient", "relative_agent", "progressive")
_STYLE_SHARES = (0.32, 0.22, 0.07, 0.07, 0.10, 0.08, 0.07, 0.07)
_SYMMETRIC_STYLES = ("active", "both", "gerund", "seen", "progressive")
_SYMMETRIC_SHARES = (0.35, 0.3, 0.1, 0.1, 0.15)


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase and where its head word stands in it."""

    text: str
    head: str
    entity_type: EntityType = "PER"


@dataclass(slots=True)
class _Sentence:
    """A caption under construction that remembers where its tagged pieces begin."""

    text: str = ""
    spans: dict[str, tuple[int, Mention]] = field(default_factory=dict)
    verb: tuple[int, str] = (0, "")

    def say(self, words: str) -> "_Sentence":
        self.text += words
        return self

    def mention(self, name: str, mention: Mention) -> "_Sentence":
        shown = mention.text
        if not self.text or self.text == "FILE - ":
            shown = shown[0].upper() + shown[1:]
        self.spans[name] = (len(self.text), Mention(shown, mention.head, mention.entity_type))
        self.text += shown
        return self

    def trigger(self, word: str) -> "_Sentence":
        self.verb = (len(self.text), word)
        self.text += word
        return self


def describe(look: Look, rng: np.random.Generator, *, vague: bool) -> Mention:
    """A noun phrase for a participant; a vague one leaves out his profession, his clothes, or both."""
    colour, profession = look.colour, look.profession
    head = profession.split()[-1]
    if vague:
        return [
            Mention(f"a {profession}", head),
            Mention(f"a person in {colour}", "person"),
            Mention("a person", "person"),
        ][int(rng.integers(3))]
    garment = ("", "jacket", "coat", "vest")[int(rng.integers(4))]
    article = "an" if colour[0] in "aeiou" else "a"
    return Mention(
        f"a {profession} in {article} {colour} {garment}" if garment else f"a {profession} in {colour}", head
    )


def write_caption(
    action: Action,
    agent: Mention,
    patient: Mention,
    *,
    instrument: str | None,
    artifact: str | None,
    setting: str,
    boxes: Mapping[str, Box],
    rng: np.random.Generator,
) -> tuple[str, Event]:
    """A caption in the manner of the press and its depicted event.

    Args:
        action: what happens.
        agent: who does it.
        patient: to whom.
        instrument: the instrument phrase with its preposition, as in "on a stretcher".
        artifact: the noun of the thing handed over.
        setting: where it happens, as in "on a street".
        boxes: where "agent", "patient", "artifact" and "instrument" are seen; they travel with the arguments as `box`.
        rng: draws the construction, the tails and the date.
    """
    verb = action.verbs[int(rng.integers(len(action.verbs)))]
    sentence = _Sentence("FILE - " if rng.random() < 0.15 else "")
    styles, shares = (_SYMMETRIC_STYLES, _SYMMETRIC_SHARES) if action.symmetric else (_STYLES, _STYLE_SHARES)
    style = str(rng.choice(styles, p=shares))
    _CONSTRUCTIONS[style](sentence, verb, agent, patient, instrument, artifact)
    if style not in ("relative_patient", "relative_agent") and rng.random() < 0.6:
        preposition, _, noun_phrase = setting.partition(" ")
        place = Mention(noun_phrase, noun_phrase.split()[-1], "LOC" if preposition == "in" else "FAC")
        sentence.say(f" {preposition} ").mention("setting", place)
    if rng.random() < 0.2:
        sentence.say(f" {_BACKGROUNDS[int(rng.integers(len(_BACKGROUNDS)))]}")
    if rng.random() < 0.8:
        city, country = _CITIES[int(rng.integers(len(_CITIES)))]
        sentence.say(" in ").mention("city", Mention(city, city, "GPE"))
        if rng.random() < 0.6:
            sentence.say(f", {country}")
    if rng.random() < 0.7:
        day = datetime.date(2012, 1, 1) + datetime.timedelta(days=int(rng.integers(4_000)))
        date = f"{day:%B} {day.day}, {day.year}"
        on, date = (" on", f"{day:%A}, {date}") if rng.random() < 0.4 else ("", date)
        sentence.say(f",{on} ").mention("time", Mention(date, date, "TIME"))
    return sentence.text + ".", _event(action, verb, sentence, boxes)


def template_label(action: Action, instrument: str | None = None) -> str:
    """The class sentence of an action for zero-shot recognition, with nobody in particular in it."""
    who = Mention("a person", "person")
    sentence = _Sentence()
    _active(sentence, action.verbs[0], who, who, instrument, action.artifacts[0] if action.artifacts else None)
    return sentence.text + "."


def _event(action: Action, verb: Verb, sentence: _Sentence, boxes: Mapping[str, Box]) -> Event:
    roles = {"agent": action.roles[0], "patient": action.roles[1], "artifact": "Artifact",
             "instrument": "Instrument", "setting": "Place", "city": "Place", "time": "Time"}  # fmt: skip
    arguments = []
    for name, (start, mention) in sorted(sentence.spans.items(), key=lambda item: item[1][0]):
        head_at = start + mention.text.lower().rindex(mention.head.lower())
        head = Span(text=mention.head, start=head_at, end=head_at + len(mention.head))
        end = start + len(mention.text)
        argument = Argument(role=roles[name], text=mention.text, start=start, end=end, head=head,
                            entity_type=mention.entity_type)  # fmt: skip
        if name in boxes:
            argument = Argument.model_validate({**argument.model_dump(), "box": list(boxes[name])})
        arguments.append(argument)
    at, word = sentence.verb
    trigger = Trigger(text=word, start=at, end=at + len(word), lemma=verb.lemma)
    return Event(id="e0", type=action.type, trigger=trigger, arguments=arguments, salience=1.0, rule="gold")


def _instrument(sentence: _Sentence, phrase: str | None) -> _Sentence:
    if phrase is None:
        return sentence
    preposition, _, noun_phrase = phrase.partition(" ")
    head = noun_phrase.split()[-1]
    return sentence.say(f" {preposition} ").mention("instrument", Mention(noun_phrase, head, "OBJ"))


def _object(sentence: _Sentence, patient: Mention, artifact: str | None) -> _Sentence:
    """The complements of the active verb: "a nurse", or "a box to a nurse"."""
    if artifact is None:
        return sentence.say(" ").mention("patient", patient)
    sentence.say(" ").mention("artifact", Mention(f"a {artifact}", artifact, "OBJ"))
    return sentence.say(" to ").mention("patient", patient)


def _passive_rest(sentence: _Sentence, artifact: str | None, agent: Mention, instrument: str | None) -> _Sentence:
    if artifact is not None:
        sentence.say(" ").mention("artifact", Mention(f"a {artifact}", artifact, "OBJ"))
    return _instrument(sentence.say(" by ").mention("agent", agent), instrument)


def _active(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None, thing: str | None) -> None:
    _instrument(_object(s.mention("agent", agent).say(" ").trigger(verb.third), patient, thing), instr)


def _gerund(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None, thing: str | None) -> None:
    _instrument(_object(s.mention("agent", agent).say(" ").trigger(verb.gerund), patient, thing), instr)


def _progressive(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None,
                 thing: str | None) -> None:  # fmt: skip
    _instrument(_object(s.mention("agent", agent).say(" is ").trigger(verb.gerund), patient, thing), instr)


def _seen(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None, thing: str | None) -> None:
    _instrument(_object(s.mention("agent", agent).say(" is seen ").trigger(verb.gerund), patient, thing), instr)


def _passive(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None, thing: str | None) -> None:
    _passive_rest(s.mention("patient", patient).say(" is ").trigger(verb.participle), thing, agent, instr)


def _reduced(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None, thing: str | None) -> None:
    _passive_rest(s.mention("patient", patient).say(" being ").trigger(verb.participle), thing, agent, instr)


def _relative_patient(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None,
                      thing: str | None) -> None:  # fmt: skip
    s.mention("patient", patient).say(", who was ").trigger(verb.participle)
    _passive_rest(s, thing, agent, instr).say(", is pictured")


def _relative_agent(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None,
                    thing: str | None) -> None:  # fmt: skip
    s.mention("agent", agent).say(", who is ").trigger(verb.gerund)
    _instrument(_object(s, patient, thing), instr).say(", is pictured")


def _both(s: _Sentence, verb: Verb, agent: Mention, patient: Mention, instr: str | None, thing: str | None) -> None:
    s.mention("agent", agent).say(" and ").mention("patient", patient).say(" ").trigger(verb.lemma)


_CONSTRUCTIONS = {
    "active": _active,
    "passive": _passive,
    "seen": _seen,
    "gerund": _gerund,
    "reduced": _reduced,
    "relative_patient": _relative_patient,
    "relative_agent": _relative_agent,
    "progressive": _progressive,
    "both": _both,
}
