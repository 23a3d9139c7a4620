"""The contract: the three JSON-lines records that the stages exchange, and the list of clips that video reads.

`captions.jsonl` -> (extract) -> `events.jsonl` -> (negatives) -> `pairs.jsonl` -> (train, evaluate).

Offsets are character offsets into the original text, end exclusive: `text[start:end] == span.text` is checked when a
record is read. Fields that these models do not know travel along untouched.
"""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MAX_CAPTION_CHARACTERS = 5_000

EntityType = Literal["PER", "ORG", "GPE", "LOC", "FAC", "VEH", "WEA", "OBJ", "TIME", "VAL"]
"""What an argument is: the seven ACE entity types, other objects, times, and values such as sums, crimes, sentences."""

PositiveKind = Literal["caption", "template", "paraphrase"]
NegativeKind = Literal["event", "role", "argument"]

_Words = Annotated[str, StringConstraints(pattern=r"\S")]
"""A text that is not blank."""


def _is_none(value: object) -> bool:
    return value is None


class Record(BaseModel):
    """The base of every record: unknown fields are kept and written out again."""

    model_config = ConfigDict(extra="allow")


class Span(Record):
    """A piece of the caption: `caption[start:end] == text`."""

    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Trigger(Span):
    """The word or words that name the event."""

    lemma: str


class Argument(Span):
    """A participant, place, time or thing, with the role it plays in one event.

    `rule` says where it stands to the trigger ("subject", "on", "shared place"); of predictions of others it is empty.
    `confidence` is the probability that it plays the role, given that the event is right: of ours, the share of its
    rule that PropBank agrees with (`eventclip_extract.confidence`). Of predictions of others it is what they say.
    What only some captions say is None or empty elsewhere: `position` is where in the picture the caption puts somebody
    ("left", "center", "second from right", "foreground"); `value` is a date in ISO 8601, EDTF where the caption leaves
    something open ("2022-05-03", "2022-05", "XXXX-05-03"); `parents` are what a place lies in, the nearest first;
    `mention` is the pronoun beside the trigger ("he") that stands for somebody whom the caption names elsewhere.
    """

    role: str
    head: Span
    entity_type: EntityType
    confidence: float = Field(default=1.0, ge=0, le=1)
    rule: str = ""
    position: str | None = None
    value: str | None = None
    parents: list[str] = []
    mention: Span | None = None


class Event(Record):
    """One typed event of a caption. `depicted` says whether the picture can be expected to show it.

    `confidence` is the probability that an annotator of news marks this trigger with this type: of ours, the share of
    its construction (`rule`) that gold has, a lower bound since gold leaves events out (`eventclip_extract.confidence`,
    docs/extraction.md). Of predictions of others it is what they say.
    """

    id: str
    type: str
    trigger: Trigger
    arguments: list[Argument] = []
    polarity: Literal["positive", "negative"] = "positive"
    modality: Literal["asserted", "other"] = "asserted"
    depicted: bool = True
    confidence: float = Field(default=1.0, ge=0, le=1)
    salience: float = Field(default=0.0, ge=0, le=1)
    rule: str = ""


class Link(Record):
    """A relation between two events of one caption, by event id; it reads "source relation target".

    Ours are: `during`, `after`, `before` (the source is in the foreground, and takes place then, seen from the target),
    `causes` (the source brings the target about) and `same` (the source and the later target name one event).
    Predictions of others may have more.
    """

    source: str
    target: str
    relation: str


class CaptionRecord(Record):
    """One line of `captions.jsonl`: a caption and, where there is one, the picture it belongs to."""

    made_by: ClassVar[str | None] = None
    """The command that writes such records, for messages about files that hold others."""

    id: str
    image: str | None = None
    caption: str

    @model_validator(mode="after")
    def _caption_is_usable(self) -> Self:
        if not self.caption.strip():
            raise ValueError("caption is empty: expected text that describes the picture")
        if len(self.caption) > MAX_CAPTION_CHARACTERS:
            raise ValueError(
                f"caption has {len(self.caption):,} characters: expected at most {MAX_CAPTION_CHARACTERS:,}; "
                "split the article and keep the caption"
            )
        return self


class EventsRecord(CaptionRecord):
    """One line of `events.jsonl`: a caption with its typed events, the primary one and the links between them.

    `skipped` says why no events were looked for, in a caption that is no English sentence; None everywhere else.
    """

    made_by: ClassVar[str | None] = "eventclip extract"

    schema_: Literal["eventclip/events/1"] = Field(default="eventclip/events/1", alias="schema")
    events: list[Event]
    primary: str | None = None
    links: list[Link] = []
    skipped: str | None = None

    @model_validator(mode="after")
    def _spans_and_ids_agree(self) -> Self:
        for event in self.events:
            check_span(self.caption, event.trigger, f"event {event.id!r} trigger")
            for argument in event.arguments:
                check_span(self.caption, argument, f"event {event.id!r} argument {argument.role}")
                check_span(self.caption, argument.head, f"event {event.id!r} head of {argument.role}")
                if argument.mention is not None:
                    check_span(self.caption, argument.mention, f"event {event.id!r} mention of {argument.role}")
        ids = {event.id for event in self.events}
        if len(ids) != len(self.events):
            raise ValueError("two events have the same id: expected a different id for every event of a caption")
        named = {link.source for link in self.links} | {link.target for link in self.links}
        for name in [*sorted(named), *([self.primary] if self.primary is not None else [])]:
            if name not in ids:
                raise ValueError(
                    f"`primary` or `links` names {name!r}, which is no event: expected one of {sorted(ids)}"
                )
        return self

    @property
    def primary_event(self) -> Event | None:
        """The event that the picture most likely shows; None when the caption has no event."""
        return next((event for event in self.events if event.id == self.primary), None)


class Positive(Record):
    """A text that is true of the picture.

    `style` says how a template is put ("composed", "roles"), without one in a single sentence, and which edit of the
    caption made a paraphrase ("voice", "trigger"), without one it is the template told in another way. It is written
    only where there is one.
    """

    text: _Words
    kind: PositiveKind
    style: str | None = Field(default=None, exclude_if=_is_none)


class Edit(Record):
    """One replacement in the base text: `base[start:end] == old` became `new`."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    old: str
    new: str


class Negative(Record):
    """A text that is false of the picture, and how it was made from the first positive of kind `base` and of `style`.

    `weight` (0 to 1) is how sure we are that it is false; `checks` are the verdicts that the weight rests on, true
    meaning trouble.
    """

    text: _Words
    kind: NegativeKind
    base: PositiveKind
    style: str | None = Field(default=None, exclude_if=_is_none)
    edits: list[Edit] = []
    from_type: str | None = None
    to_type: str | None = None
    swapped: list[str] = []
    weight: float = Field(default=1.0, ge=0, le=1)
    checks: dict[str, bool] = {}


class PairsRecord(CaptionRecord):
    """One line of `pairs.jsonl`: the texts that are true of a picture and the hard negatives that are not."""

    made_by: ClassVar[str | None] = "eventclip negatives"

    schema_: Literal["eventclip/pairs/1"] = Field(default="eventclip/pairs/1", alias="schema")
    positives: list[Positive] = Field(min_length=1)
    negatives: list[Negative] = []

    @model_validator(mode="after")
    def _negatives_follow_from_their_base(self) -> Self:
        bases = self.bases
        truths = {normalized(positive.text) for positive in self.positives}
        for number, negative in enumerate(self.negatives):
            where = f"negative {number} ({negative.kind})"
            base = bases.get((negative.base, negative.style))
            if base is None:
                named, known = _named(negative.base, negative.style), sorted(_named(*one) for one in bases)
                raise ValueError(f"{where} is based on {named!r}: expected a positive of {known}")
            made = apply_edits(base, negative.edits, where)
            if negative.edits and made != negative.text:
                raise ValueError(f"{where} has edits that give {made!r}: expected its text {negative.text!r}")
            if normalized(negative.text) in truths:
                raise ValueError(f"{where} equals a positive: {negative.text!r}; drop it")
        return self

    @property
    def bases(self) -> dict[tuple[PositiveKind, str | None], str]:
        """The first positive of each kind and style, in the order of the file."""
        found: dict[tuple[PositiveKind, str | None], str] = {}
        for positive in self.positives:
            found.setdefault((positive.kind, positive.style), positive.text)
        return found

    def positive(self, kind: PositiveKind, style: str | None = None) -> str | None:
        """The first positive of a kind and style, or None."""
        return self.bases.get((kind, style))


class PairsOrCaptionRecord(PairsRecord):
    """A line of `pairs.jsonl`; or of `captions.jsonl` or `events.jsonl`, whose caption is then the only true text."""

    @model_validator(mode="before")
    @classmethod
    def _caption_is_true(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "positives" in raw:
            return raw
        caption = CaptionRecord.model_validate(raw)
        positive = {"text": caption.caption, "kind": "caption"}
        return {"id": caption.id, "image": caption.image, "caption": caption.caption, "positives": [positive]}


def _named(kind: str, style: str | None) -> str:
    return f"{kind}, {style}" if style else kind


class ClipRecord(Record):
    """One line of a list of clips: what it shows, and what it may be taken for.

    `video` is relative to the folder of the list; `labels` are the candidates of the clip's own task (without them,
    those of the whole list); `group` is what results are split by.
    """

    id: str
    video: str = Field(min_length=1)
    label: str = Field(min_length=1)
    group: str | None = None
    labels: list[str] | None = None

    @model_validator(mode="after")
    def _label_is_a_candidate(self) -> Self:
        if self.labels is not None and self.label not in self.labels:
            raise ValueError(f"label {self.label!r} is none of the clip's labels {self.labels}: expected one of them")
        return self


def check_span(text: str, span: Span, where: str) -> None:
    """Raises ValueError unless `text[span.start:span.end] == span.text`."""
    found = text[span.start : span.end]
    if found != span.text or not found or span.end > len(text):
        raise ValueError(f"{where}: caption[{span.start}:{span.end}] is {found!r}, expected {span.text!r}")


def apply_edits(text: str, edits: Sequence[Edit], where: str = "text") -> str:
    """The text after its edits, which may stand in any order but must not overlap.

    Raises:
        ValueError: an edit whose `old` is not what stands there, or two edits that overlap.
    """
    made, done = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start < done:
            raise ValueError(f"{where}: edits overlap at character {edit.start}; join them into one")
        found = text[edit.start : edit.end]
        if found != edit.old or edit.end > len(text):
            raise ValueError(f"{where}: text[{edit.start}:{edit.end}] is {found!r}, expected {edit.old!r}")
        made += [text[done : edit.start], edit.new]
        done = edit.end
    return "".join([*made, text[done:]])


def normalized(text: str) -> str:
    """A text without case, punctuation at its ends and doubled spaces: what "the same text" means here."""
    return " ".join(text.casefold().split()).strip(" .,;:!?\"'")
