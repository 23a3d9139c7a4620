"""Which verb takes another's place: drawn so that over the corpus each word is as often put in as taken out.

A verb that is only ever put in gives a negative away without a look at the picture (Momeni et al. 2023, "Verbs in
Action"). Drawing verbs as often as the corpus uses them is not enough, since a verb goes into few places and is taken
out of few: so a weight is found for each by iterative proportional fitting (Deming and Stephan 1940). Verbs that fit
hardly anywhere else ("speaks") are taken out more often than anything can make up for; their negatives are thinned.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import NonNegativeFloat, TypeAdapter, ValidationError

from eventclip.errors import UsageError, unknown_name
from eventclip_extract.candidates import TriggerUse, candidates
from eventclip_extract.casts import Improbable
from eventclip_extract.doubt import broader_verbs
from eventclip_extract.inflection import inflect
from eventclip_extract.ontology import Ontology, TriggerEntry
from eventclip_extract.sentence import Sentence
from eventclip_extract.slots import parse_template

NUM_ROUNDS = 120
FIRST_THINNING = 30
FEWEST = 100
"""From fewer texts nothing can be learnt about their words, and thinning would only cost negatives."""
TRIES = 8
"""So often another trigger is drawn for one that cannot be had."""
BELOW_ONE = 1.0 - 1e-12
"""The end of the whole mass must not be reached: a site without options may stand last."""
LEAST_KEPT = 0.3
"""At most so much is thinned out: a caption draws several negatives, and one of them should stay."""
GRANTED = 0.03
"""The share of negatives that goes to verbs whether the corpus has them or not, so that small ones have a choice."""
CONFUSED = 20.0
"""How often a type is preferred that the model takes another for each time, over one that it never does."""

BLOCK = 32_768
"""So many options are weighed at a time: arrays that leave the processor's cache take three times as long."""

Confusion = Mapping[str, Mapping[str, float]]
"""Type -> what a model takes it for, and how often."""


@dataclass(frozen=True, slots=True)
class Option:
    """A trigger in the form that it has in some places."""

    form: str
    type: str
    entry: TriggerEntry


@dataclass(slots=True, eq=False)
class Opening:
    """A place that a trigger can be taken out of: its form there, what can go in, and how much each is preferred."""

    base: str
    form: str
    options: tuple[Option, ...]
    preferences: tuple[float, ...]
    masses: list[float] = field(default_factory=list)
    """The weights of the options, summed up to each; empty until they are asked for."""


Site = tuple[Opening, frozenset[str]]
"""An opening of a certain sentence, and the types that may not go in there."""


@dataclass(slots=True)
class Thinning:
    """Keeps shares of what comes, evenly: of three at a third each one stays, and not by chance none.

    `due` starts anywhere from 0 to 1; one thinning goes through all the negatives of a record.
    """

    due: float

    def keeps(self, share: float) -> bool:
        """Whether something stays of which that share is to stay."""
        self.due += share
        if self.due < 1.0:
            return False
        self.due -= 1.0
        return True


class _Offer(NamedTuple):
    """What can go into a place, and how much each is preferred."""

    options: tuple[Option, ...]
    preferences: tuple[float, ...]

    def without(self, lemmas: frozenset[str]) -> "_Offer":
        """The offer without verbs of these lemmas; with a particle they are others."""
        kept = [one.entry.particle is not None or one.entry.lemma not in lemmas for one in self.options]
        return _Offer(tuple(compress(self.options, kept)), tuple(compress(self.preferences, kept)))


class EventChoice:
    """Draws the events of negatives.

    Args:
        ontology: where the types are.
        confusion: of a model, by which types are preferred; without it, by their place in the ontology.
        improbable: which types hardly ever have which participants.
    """

    def __init__(
        self, ontology: Ontology, confusion: Confusion | None = None, improbable: Improbable | None = None
    ) -> None:
        self.ontology = ontology
        self.improbable = improbable or {}
        self._confusion = confusion or {}
        self._openings: dict[tuple[object, ...], Opening] = {}
        self._fitting: dict[tuple[object, ...], _Offer] = {}
        self._options: dict[tuple[str, int], Option] = {}  # by tag and entry: the places of a corpus share them
        self._balance: dict[str, _Balance] = {}

    def __getstate__(self) -> dict[str, object]:
        # Other processes find them anew faster than they read them.
        return {**self.__dict__, "_openings": {}, "_fitting": {}, "_options": {}}

    def opening(self, sentence: Sentence, use: TriggerUse) -> Opening:
        """The place that a sentence has for other triggers; places alike are one."""
        form = sentence.text[use.start : use.end].lower()
        slots = tuple(sorted(use.slots))
        manner = (use.entry.pos, use.tag, use.passive, use.attributive)
        place = (sentence.told, sentence.type, manner, slots, use.paths)
        key = (form, sentence.lemma, place)
        found = self._openings.get(key)
        if found is None:
            offer = self._fitting.get(place)
            if offer is None:
                offer = self._fitting[place] = self._offer(sentence, use)
            # A phrase has a sense of its own: who walks free need not walk.
            if " " not in sentence.lemma and (broader := broader_verbs(sentence.lemma)):
                offer = offer.without(broader)
            found = self._openings[key] = Opening(sentence.told, form, *offer)
        return found

    def _offer(self, sentence: Sentence, use: TriggerUse) -> _Offer:
        """What fits grammatically and is no kind of the event that is there.

        Into a template sentence goes the verb of the other type's template: a verb that templates have as a positive
        only would be believed of every picture.
        """
        fitting = candidates(
            self.ontology, sentence.type, use.entry.pos, tuple(sorted(use.slots)), use.passive, use.paths
        )
        options: list[Option] = []
        preferences: list[float] = []
        for name, entries in fitting.items():
            taken = entries
            if sentence.base == "template":
                told = self._told_by(name)
                taken = tuple(entry for entry in entries if (entry.lemma, entry.particle or "") in told) or entries
            preference = self._preference(sentence.type, name) / len(taken) ** 0.5
            if use.attributive:
                taken = tuple(entry for entry in taken if entry.particle is None)  # not "a called on pilot"
            options += [self._option(entry, use.tag) for entry in taken]
            preferences += [preference] * len(taken)
        return _Offer(tuple(options), tuple(preferences))

    def _option(self, entry: TriggerEntry, tag: str) -> Option:
        key = (tag, id(entry))  # the ontology keeps it
        found = self._options.get(key)
        if found is None:
            words = filter(None, (inflect(entry.lemma, tag), entry.particle))
            found = self._options[key] = Option(" ".join(words).lower(), entry.type, entry)
        return found

    def _told_by(self, type_name: str) -> frozenset[tuple[str, str]]:
        templates = map(parse_template, self.ontology[type_name].templates)
        return frozenset((template.verb, template.particle) for template in templates)

    def _preference(self, from_type: str, to_type: str) -> float:
        if self._confusion:
            row = self._confusion.get(from_type, {})
            others = sum(count for name, count in row.items() if name != from_type)
            return 1.0 + (CONFUSED * row.get(to_type, 0.0) / others if others else 0.0)
        one, other = self.ontology[from_type], self.ontology[to_type]
        if to_type in one.incompatible or from_type in other.incompatible:
            return 3.0
        return 1.5 if one.parent == other.parent else 1.0

    def fit(self, records: Sequence[Sequence[Site]], num_draws: int) -> None:
        """Finds the weights by which each form is as often put in as taken out.

        Args:
            records: for each record and base, the sites that its negatives can be made at.
            num_draws: how many negatives are drawn there.
        """
        for base in dict.fromkeys(opening.base for sites in records for opening, _ in sites):
            own = [sites for sites in records if sites and sites[0][0].base == base]
            if len(own) >= FEWEST:
                self._balance[base] = _balanced(own, num_draws)
        for opening in self._openings.values():
            opening.masses = []

    def draw(self, sites: Sequence[Site], count: int, rng: Random, thinning: Thinning) -> Iterator[tuple[int, Option]]:
        """Numbers of sites of one base and what to put there, `count` of them or fewer.

        They are drawn from as many equal parts of the whole mass, so that each option comes up as often as its weight
        says and yet seldom twice. What is not allowed is drawn anew from anywhere.
        """
        openings = [opening for opening, _ in sites]
        shares = list(accumulate(map(self._share, openings)))
        if not shares or not shares[-1]:
            return
        for number in range(count):
            quantile = (number + rng.random()) / count
            for _ in range(TRIES):
                at = min(quantile, BELOW_ONE) * shares[-1]
                where = bisect_right(shares, at)
                masses = openings[where].masses
                before = shares[where - 1] if where else 0.0
                within = (at - before) / (shares[where] - before)
                option = openings[where].options[bisect_right(masses, within * masses[-1], hi=len(masses) - 1)]
                if option.type not in sites[where][1]:
                    if thinning.keeps(self._kept_share(openings[where], option)):
                        yield where, option
                    break
                quantile = rng.random()

    def _kept_share(self, opening: Opening, option: Option) -> float:
        balance = self._balance.get(opening.base, _EVEN)
        return max(LEAST_KEPT, balance.stays_out.get(opening.form, 1.0) * balance.stays_in.get(option.form, 1.0))

    def _share(self, opening: Opening) -> float:
        weights = self._balance.get(opening.base, _EVEN).weights
        if not opening.options:
            return 0.0
        if not opening.masses:
            unseen = 0.0 if weights else 1.0
            opening.masses = list(
                accumulate(
                    preference * weights.get(option.form, unseen)
                    for option, preference in zip(opening.options, opening.preferences, strict=True)
                )
            )
        return opening.masses[-1] / weights.get(opening.form, 1.0)


def read_confusion(path: str | Path, ontology: Ontology) -> Confusion:
    """The confusion of a model from a JSON file: {type: {type: count or share}}.

    Raises:
        UsageError: no such file, no JSON of that shape, a negative number, or a type that the ontology lacks.
    """
    path = Path(path)
    expected = "expected {type: {type: how often the one is taken for the other}}"
    try:
        read = TypeAdapter(dict[str, dict[str, NonNegativeFloat]]).validate_json(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; {expected}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(f"{path}: {where}: {first['msg']}; {expected}") from None
    for name in (name for row in read.items() for name in (row[0], *row[1])):
        if name not in ontology:
            raise UsageError(f"{path}: {unknown_name('event type', name, ontology.types)}")
    return read


class _Balance(NamedTuple):
    """By form: how often it is put in where it fits, and the shares of its negatives that stay when it is put in and
    when it is taken out."""

    weights: dict[str, float]
    stays_in: dict[str, float]
    stays_out: dict[str, float]


def _balanced(records: Sequence[Sequence[Site]], num_draws: int) -> _Balance:
    """The balance of one base. Shapes: S sites of R records, O options of all sites, F forms.

    Records with the same sites are one record with a weight.
    """
    alike: dict[tuple[tuple[int, frozenset[str]], ...], list[Sequence[Site]]] = {}
    for record in records:
        alike.setdefault(tuple((id(opening), excluded) for opening, excluded in record), []).append(record)
    openings = {id(opening): opening for same in alike.values() for opening, _ in same[0]}.values()
    forms = sorted({form for opening in openings for form in (opening.form, *(o.form for o in opening.options))})
    blocks = list(_blocks(alike.values(), {form: number for number, form in enumerate(forms)}))
    if not blocks:
        return _EVEN
    num_forms = len(forms)
    offered_F = np.sum([np.bincount(block.new_O, minlength=num_forms) for block in blocks], axis=0) > 0
    weight_F, stays_in_F, stays_out_F = np.ones((3, num_forms))
    stays = [np.ones(len(block.new_O)) for block in blocks]
    for number in range(NUM_ROUNDS):
        in_F, out_F = np.zeros((2, num_forms))
        for block, stays_O in zip(blocks, stays, strict=True):
            kept_O = block.kept(num_draws, weight_F, stays_O)
            in_F += np.bincount(block.new_O, kept_O, minlength=num_forms)
            out_F += np.bincount(block.old_S, np.add.reduceat(kept_O, block.starts_S), minlength=num_forms)
        wanted_F = (1 - GRANTED) * out_F + GRANTED * out_F.sum() * offered_F / offered_F.sum()
        short_F = np.where(wanted_F > 0, wanted_F / np.maximum(in_F, 1e-9), 1.0)
        weight_F = np.clip(weight_F * np.clip(short_F, 0.2, 5.0) ** 0.7, 1e-8, 1e8)
        # Forms that go in nowhere grow without end; the mean is that of the forms which are there to be taken out.
        weight_F /= np.exp(np.average(np.log(weight_F), weights=out_F + 1e-9))
        if number >= FIRST_THINNING and number % 5 == 0:
            short_F = np.clip(short_F, 0.1, 10.0)
            stays_in_F = np.clip(stays_in_F * short_F**0.5, LEAST_KEPT, 1.0)
            stays_out_F = np.clip(stays_out_F * short_F**-0.5, LEAST_KEPT, 1.0)
            stays = [block.stays(stays_in_F, stays_out_F) for block in blocks]
    found = (weight_F, stays_in_F, stays_out_F)
    return _Balance(*(dict(zip(forms, column.tolist(), strict=True)) for column in found))


class _Block(NamedTuple):
    """The sites of some records, as few as a processor's cache holds."""

    record_S: NDArray[np.int64]
    old_S: NDArray[np.int64]
    counts_S: NDArray[np.int64]
    starts_S: NDArray[np.int64]
    new_O: NDArray[np.int64]
    preference_O: NDArray[np.float64]
    times_O: NDArray[np.float64]

    def stays(self, stays_in_F: NDArray[np.float64], stays_out_F: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share of each option that is not thinned out: shape (O,)."""
        return np.maximum(stays_in_F[self.new_O] * np.repeat(stays_out_F[self.old_S], self.counts_S), LEAST_KEPT)

    def kept(self, num_draws: int, weight_F: NDArray[np.float64], stays_O: NDArray[np.float64]) -> NDArray[np.float64]:
        """How often each option is put in: shape (O,)."""
        mass_O = self.preference_O * np.take(weight_F, self.new_O, mode="clip")  # three times as fast as an index
        mass_S = np.add.reduceat(mass_O, self.starts_S)
        site_S = mass_S / weight_F[self.old_S]
        share_S = site_S / np.bincount(self.record_S, site_S)[self.record_S]
        drawn_O = mass_O * np.repeat(num_draws * share_S / mass_S, self.counts_S)
        kept_O: NDArray[np.float64] = self.times_O * np.minimum(drawn_O * stays_O, 1.0)  # nothing is kept twice
        return kept_O


def _blocks(alike: Iterable[Sequence[Sequence[Site]]], number_of: Mapping[str, int]) -> Iterator[_Block]:
    """The sites of records, those without options left out; `alike` are lists of records with the same sites."""
    offers = _Offers(number_of)
    sites: list[tuple[int, int, float, NDArray[np.int64], NDArray[np.float64]]] = []
    num_options = 0
    for number, same in enumerate(alike):
        for opening, excluded in same[0]:
            new_O, preference_O = offers.allowed(opening, excluded)
            if len(new_O):
                sites.append((number, number_of[opening.form], float(len(same)), new_O, preference_O))
                num_options += len(new_O)
        if num_options >= BLOCK:  # a record's sites stay together
            yield _block(sites)
            sites, num_options = [], 0
    if sites:
        yield _block(sites)


def _block(sites: Sequence[tuple[int, int, float, NDArray[np.int64], NDArray[np.float64]]]) -> _Block:
    records, old, times, new, preferences = zip(*sites, strict=True)
    counts_S = np.array([len(column) for column in new])
    return _Block(
        record_S=np.array(records) - records[0],
        old_S=np.array(old),
        counts_S=counts_S,
        starts_S=np.cumsum(counts_S) - counts_S,
        new_O=np.concatenate(new),
        preference_O=np.concatenate(preferences),
        times_O=np.repeat(times, counts_S),
    )


class _Offers:
    """The options of openings as numbers: of their forms, and their preferences."""

    def __init__(self, number_of: Mapping[str, int]) -> None:
        self._number_of = number_of
        self._types: dict[str, int] = {}
        self._columns: dict[int, tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = {}

    def allowed(self, opening: Opening, excluded: frozenset[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The options whose types are not excluded."""
        columns = self._columns.get(id(opening))
        if columns is None:
            types = [self._types.setdefault(option.type, len(self._types)) for option in opening.options]
            forms = [self._number_of[option.form] for option in opening.options]
            columns = self._columns[id(opening)] = (
                np.array(types, dtype=np.int64),
                np.array(forms, dtype=np.int64),
                np.array(opening.preferences, dtype=float),
            )
        type_O, form_O, preference_O = columns
        is_allowed = np.ones(len(self._types), dtype=bool)
        is_allowed[[self._types[name] for name in excluded if name in self._types]] = False
        allowed_O = is_allowed[type_O]
        return form_O[allowed_O], preference_O[allowed_O]


_EVEN = _Balance({}, {}, {})
