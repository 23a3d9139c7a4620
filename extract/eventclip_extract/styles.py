"""The ways in which an event is put into words, for its positives and its negatives alike.

caption     the caption itself, with a word or a participant changed
paraphrase  the caption edited in a way that leaves it true, and its negatives edited in the same way
single      one template sentence: "Two medics push an old man."
composed    one short sentence for the type and each role: "This is a picture of a push event. The agents are two men."
roles       a list: "push; agent: two medics; artifact: an old man"
anonymous   the template sentence without names and professions: "Two people push an old person."

They are the prompt families of CLIP-Event (Li et al. 2022, section 3.2: single template, composed templates, continuous
prompt aside, caption editing), in our own words. A negative is the same in every style: what the single template says
falsely, the others say falsely, too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from eventclip.errors import UsageError, unknown_name
from eventclip.records import Edit, Positive, normalized
from eventclip_extract.candidates import trigger_entry
from eventclip_extract.inflection import indefinite_article, inflect, is_plural
from eventclip_extract.ontology import Ontology
from eventclip_extract.paraphrases import Edits, edited_negatives
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Filler, Sentence, decapitalized
from eventclip_extract.templates import translate_roles

DEFAULT_STYLES = ("caption", "single")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

Cast = tuple[tuple[str, tuple[str, ...]], ...]
"""Each role with its fillers, in the order of the template."""


def _composed(type_name: str, cast: Cast) -> Iterator[str]:
    """The words of the text, in pieces: as many for every cast of the same size."""
    name = _spoken(type_name.rpartition(".")[2], "-")
    yield from ("This is a picture of ", indefinite_article(name), " ", name, " event.")
    for role, texts in cast:
        plural = len(texts) > 1 or is_plural(texts[0])
        label = _spoken(role, " ")
        yield from (" The ", inflect(label, "NNS") if plural else label, " ", "are" if plural else "is", " ")
        yield from (_joined(texts), ".")


def _roles(type_name: str, cast: Cast) -> Iterator[str]:
    """The words of the list, likewise."""
    yield _spoken(type_name.rpartition(".")[2], " ")
    for role, texts in cast:
        yield from ("; ", _spoken(role, " "), ": ", _joined(texts))


_WRITERS: dict[str, Callable[[str, Cast], Iterator[str]]] = {"composed": _composed, "roles": _roles}
STYLES = ("caption", "paraphrase", "single", *_WRITERS, "anonymous")


def _spoken(name: str, joint: str) -> str:
    return joint.join(_HUMP.split(name)).lower()


def _joined(texts: Sequence[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def check_styles(styles: Sequence[str]) -> tuple[str, ...]:
    """The styles in the order of `STYLES`, each once.

    Raises:
        UsageError: there is none, or one is unknown.
    """
    for style in styles:
        if style not in STYLES:
            raise UsageError(unknown_name("style", style, STYLES))
    if not styles:
        raise UsageError(f"no style; expected some of {', '.join(STYLES)}")
    return tuple(style for style in STYLES if style in styles)


def in_styles(
    styles: Sequence[str],
    template: Sentence | None,
    edited: Mapping[str, Edits],
    positives: Sequence[Positive],
    negatives: Sequence[dict[str, Any]],
    ontology: Ontology,
    pool: Pool,
) -> tuple[list[Positive], list[dict[str, Any]]]:
    """The positives and negatives of a record in the styles that are asked for.

    Args:
        styles: some of `STYLES`.
        template: the event as a template sentence, if it has one.
        edited: rule -> edits of the caption that leave it true.
        positives: the record's, in the default styles.
        negatives: likewise; those of the template are told in the other styles as well.
        ontology: where the types are.
        pool: which words are written small.
    """
    wanted = {
        "caption": "caption" in styles or "paraphrase" in styles,
        "template": "single" in styles,
        "anonymous": "anonymous" in styles,
    }
    kept = [positive for number, positive in enumerate(positives) if number == 0 or wanted[_family(positive)]]
    names = {"caption": "caption", "template": "single", "anonymous": "anonymous"}
    made = [one for one in negatives if names[one.get("style") or one["base"]] in styles]
    if "paraphrase" in styles:
        known = {positive.style for positive in kept if positive.kind == "paraphrase"}
        of_caption = [negative for negative in negatives if negative["base"] == "caption"]
        own = {rule: edits for rule, edits in edited.items() if rule in known}
        made += edited_negatives(positives[0].text, own, of_caption, pool)
    if template is None:
        return kept, made
    casing = pool.casing
    cast = _cast(template, casing)
    for style in styles:
        write = _WRITERS.get(style)
        if write is None:
            continue
        base = list(write(template.type, cast))
        kept.append(Positive(text="".join(base), kind="template", style=style))
        taken = {normalized("".join(base))}
        for negative in negatives:
            is_template = negative["base"] == "template" and "style" not in negative
            told = _falsely(negative, template, cast, ontology, casing) if is_template else None
            if told is None:
                continue
            pieces = list(write(*told))
            text = "".join(pieces)
            if normalized(text) not in taken:
                taken.add(normalized(text))
                made.append({**negative, "text": text, "style": style, "edits": piece_edits(base, pieces)})
    return kept, made


def _family(positive: Positive) -> str:
    """What a positive stands or falls with: the caption, as its edits do, or the template told in another way."""
    if positive.style == "anonymous":
        return "anonymous"
    is_edit = positive.kind == "paraphrase" and positive.style is not None
    return "caption" if positive.kind == "caption" or is_edit else "template"


def _fillers(template: Sentence, casing: Mapping[str, int]) -> Iterator[tuple[str, Filler]]:
    """The fillers, each with its words as they stand within a sentence."""
    for filler in template.fillers:
        yield filler.text if filler.start else decapitalized(filler.text, casing), filler


def _cast(template: Sentence, casing: Mapping[str, int]) -> Cast:
    texts: dict[str, list[str]] = {}
    for text, filler in _fillers(template, casing):
        texts.setdefault(filler.role, []).append(text)
    return tuple((role, tuple(found)) for role, found in texts.items())


def _falsely(
    negative: Mapping[str, Any], template: Sentence, cast: Cast, ontology: Ontology, casing: Mapping[str, int]
) -> tuple[str, Cast] | None:
    """The type and the cast that a negative of the template claims; None where the new type has no such roles."""
    if negative["kind"] == "event":
        translated = _translated(template, negative["to_type"], cast, ontology, casing)
        return None if translated is None else (negative["to_type"], translated)
    if negative["kind"] == "role":
        (first, second), fillers = negative["swapped"], dict(cast)
        if first not in fillers or second not in fillers:
            return None
        traded = {first: fillers[second], second: fillers[first]}
        return template.type, tuple((role, traded.get(role, texts)) for role, texts in cast)
    for old, filler in _fillers(template, casing):
        for edit in negative["edits"]:
            if (edit.start, edit.old) == (filler.start, filler.text):
                put_in = {(filler.role, old): edit.new if filler.start else decapitalized(edit.new, casing)}
                changed = ((role, tuple(put_in.get((role, text), text) for text in texts)) for role, texts in cast)
                return template.type, tuple(changed)
    return None


def _translated(
    template: Sentence, to_type: str, cast: Cast, ontology: Ontology, casing: Mapping[str, int]
) -> Cast | None:
    """The same fillers in the roles of another type, in the same order."""
    pairs = [(role, text) for role, texts in cast for text in texts]
    known = {text: filler.entity_type for text, filler in _fillers(template, casing)}
    own = trigger_entry(template, ontology[template.type])
    translated = translate_roles(ontology, template.type, to_type, pairs, entity_types=known, own=own)
    role_of = {text: role for role, text in translated}
    if any(text not in role_of for _, text in pairs):
        return None
    texts: dict[str, list[str]] = {}
    for _, text in pairs:
        texts.setdefault(role_of[text], []).append(text)
    return tuple((role, tuple(found)) for role, found in texts.items())


def piece_edits(old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """The edits between two texts in pieces: piece by piece, or the middle as a whole where their numbers differ."""
    if len(old) == len(new):
        edits, offset = [], 0
        for before, after in zip(old, new, strict=True):
            if before != after:
                edits.append(Edit(start=offset, end=offset + len(before), old=before, new=after))
            offset += len(before)
        return edits
    head = next(n for n in range(len(old)) if n >= len(new) or old[n] != new[n])
    start, text, other = len("".join(old[:head])), "".join(old), "".join(new)
    return [Edit(start=start, end=len(text), old=text[start:], new=other[start:])]
