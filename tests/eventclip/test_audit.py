import json
import math
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eventclip import cli
from eventclip.errors import InputError, UsageError
from eventclip.eval import audit_report
from eventclip.eval.audit import INVALID, STEPS_A_KIND, audit, audit_file
from eventclip.eval.intervals import wilson
from eventclip.records import Negative
from eventclip_extract.blind import TextPair
from eventclip_extract.ontology import load_ontology
from eventclip_extract.pair_files import LabelledPair, PairFile, read_pairs
from eventclip_extract.validity import (
    defects,
    edit_size,
    edits_of,
    exchanges,
    inserted_words,
    num_article_errors,
    said_truths,
    word_edits,
)

PEOPLE = ["nurse", "farmer", "baker", "sailor", "teacher", "painter", "driver", "singer", "tailor", "miner"]


def labelled(positive: str, negative: str, **made: Any) -> LabelledPair:
    how = Negative(text=negative, base="caption", **made) if made else None
    return LabelledPair(TextPair(positive, negative, "picture"), "kind", "1", how)


def found(pair: LabelledPair, *others: str, present: tuple[str, ...] = ()) -> set[str]:
    """The defects of a pair; `others` are further captions of its picture."""
    truths = said_truths({"picture": {pair.texts.positive, *others}})
    verdicts = defects(pair, edits_of(pair), truths, load_ontology("news"), present)
    return {name for name, verdict in verdicts.items() if verdict}


def role(positive: str, negative: str, swapped: list[str], from_type: str = "Justice.Arrest") -> LabelledPair:
    return labelled(positive, negative, kind="role", from_type=from_type, swapped=swapped)


def event(from_type: str, to_type: str) -> LabelledPair:
    return labelled("A guard waits.", "A guard sings.", kind="event", from_type=from_type, to_type=to_type)


def test_a_sound_pair_has_no_defect() -> None:
    assert found(labelled("A guard arrests a sailor.", "A sailor arrests a guard.")) == set()
    assert found(role("A guard arrests a sailor.", "A sailor arrests a guard.", ["Agent", "Person"])) == set()
    assert found(event("Justice.Arrest", "Contact.Hug"), "A guard stands.") == set()


def test_identical_after_normalisation() -> None:
    assert found(labelled("A guard waits at the gate.", "a guard  waits at the GATE")) == {"identical"}


def test_the_same_filler_twice() -> None:
    assert found(labelled("A guard arrests a sailor.", "A guard arrests a guard.")) == {"same filler twice"}
    replaced = labelled("A guard meets the two miners.", "The two miners meets the two miners.", kind="argument")
    assert "same filler twice" in found(replaced)
    assert found(labelled("A dog and a cat sleep.", "A dog and a horse sleep.")) == set()


def test_a_filler_inside_the_other() -> None:
    edits = [{"start": 0, "end": 6, "old": "Police", "new": "Riot police"}]
    edits.append({"start": 14, "end": 25, "old": "riot police", "new": "police"})
    texts = "Police arrest riot police.", "Riot police arrest police."
    exact = labelled(*texts, kind="role", swapped=["Agent", "Person"], edits=edits)
    assert found(exact) == {"filler inside the other"}


def test_symmetric_roles() -> None:
    ontology = load_ontology("news")
    name = next(name for name, one in ontology.types.items() if len(one.symmetric) >= 2)
    roles = sorted(ontology[name].symmetric)[:2]
    assert found(role("Moss meets Vale.", "Vale meets Moss.", roles, name)) == {"symmetric roles"}


def test_same_ancestor_and_entailed_types() -> None:
    ontology = load_ontology("news")
    name, entailed = next(
        (name, sorted(ontology.entailed(name) - {name})[0])
        for name in ontology.types
        if len(ontology.entailed(name)) > 1
    )
    defect = {"same or entailed type"}
    assert found(event("Contact.Hug", "Contact.Hug")) == defect
    assert found(event("Contact.Hug", "Contact")) == defect
    assert found(event(name, entailed)) == defect
    assert found(event("Justice.Arrest", "Contact.Hug"), present=("Contact.Hug",)) == defect


def test_coreferent_fillers() -> None:
    roles = ["Agent", "Person"]
    assert found(role("A guard helps her.", "She helps a guard.", roles)) == set()  # not an exchange of words alone
    edits = [
        {"start": 0, "end": 7, "old": "A guard", "new": "She"},
        {"start": 14, "end": 17, "old": "her", "new": "a guard"},
    ]
    exact = labelled("A guard helps her.", "She helps a guard.", kind="role", swapped=roles, edits=edits)
    assert found(exact) == {"coreferent fillers"}
    replaced = [{"start": 0, "end": 8, "old": "Ada Moss", "new": "Mrs. Moss"}]
    assert found(labelled("Ada Moss sings.", "Mrs. Moss sings.", kind="argument", edits=replaced)) == {
        "coreferent fillers"
    }
    initials = [{"start": 0, "end": 18, "old": "Vale Rescue League", "new": "VRL"}]
    assert found(labelled("Vale Rescue League votes.", "VRL votes.", kind="argument", edits=initials)) == {
        "coreferent fillers"
    }


def test_another_caption_of_the_picture() -> None:
    pair = labelled("A guard waits.", "A sailor rests.")
    assert found(pair, "A sailor rests") == {"another caption of the picture"}
    assert found(pair, "A sailor sleeps") == set()


def test_what_cannot_be_known_is_no_verdict() -> None:
    pair = labelled("A guard waits.", "A guard sings.")
    verdicts = defects(pair, edits_of(pair), said_truths({"picture": {"A guard waits."}}), load_ontology("news"))
    unknown = {name for name, verdict in verdicts.items() if verdict is None}
    assert unknown == {
        *("filler inside the other", "symmetric roles", "same or entailed type", "coreferent fillers"),
        "another caption of the picture",
    }
    assert (
        defects(event("Own.Type", "Contact.Hug"), [], {"picture": frozenset()}, load_ontology("news"))[
            "same or entailed type"
        ]
        is None
    )


def test_a_word_diff_finds_what_was_exchanged_and_how_much() -> None:
    edits = word_edits("A white cat chases a black dog.", "A black cat chases a white dog .")
    assert [(edit.old, edit.new) for edit in edits] == [("white", "black"), ("black", "white")]
    assert exchanges(edits) == [("white", "black")]
    assert edit_size(edits) == 2
    assert inserted_words(word_edits("A man sits.", "A man sits on two old chairs.")) == {
        **dict.fromkeys(("on", "two", "old", "chairs"), 1)
    }
    assert edit_size(word_edits("A man sits.", "A man sits.")) == 0


def test_article_errors_are_counted() -> None:
    assert num_article_errors("A hour ago an nurse met a umbrella maker, an FBI agent and a European.") == 3


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_our_pairs_come_with_the_base_of_each_negative(tmp_path: Path) -> None:
    negatives = [
        {"text": "A guard hugs a sailor.", "kind": "event", "base": "caption"},
        {"text": "A sailor detains a guard.", "kind": "role", "base": "template"},
    ]
    positives = [{"text": "A guard arrests a sailor.", "kind": "caption"}]
    positives.append({"text": "A guard detains a sailor.", "kind": "template"})
    row = {"id": "1", "image": "1.jpg", "caption": positives[0]["text"], "positives": positives, "negatives": negatives}
    bare = {"id": "2", "image": "2.jpg", "caption": "A gate.", "positives": [{"text": "A gate.", "kind": "caption"}]}
    file = read_pairs(write(tmp_path / "pairs.jsonl", [row, bare]))
    assert file.layout == "eventclip"
    assert {kind: [pair.texts for pair in pairs] for kind, pairs in file.by_kind().items()} == {
        "event, caption": [TextPair("A guard arrests a sailor.", "A guard hugs a sailor.", "1.jpg")],
        "role, template": [TextPair("A guard detains a sailor.", "A sailor detains a guard.", "1.jpg")],
    }
    assert file.captions == ["1", "2"]


def test_peers_files_are_read(tmp_path: Path) -> None:
    sugar = {"0": {"filename": "1.jpg", "caption": "A dog.", "negative_caption": "A cat."}}
    valse = {"k": {"image_file": "2.jpg", "caption": "A man sits.", "foil": "A man runs.", "mturk": {"caption": 3}}}
    (tmp_path / "swap.json").write_text(json.dumps(sugar, indent=1))
    (tmp_path / "valse.json").write_text(json.dumps(valse))
    table = tmp_path / "negclip.tsv"
    table.write_text("\ttitle\tfilepath\tneg_caption\n0\tA dog barks.\t3.jpg\t['A barks dog .', \"A dog's bark .\"]\n")
    lines = write(
        tmp_path / "own.jsonl", [{"positive": "A", "negative": "B"}, {"caption": "C", "foil": "D", "kind": "x"}]
    )

    assert read_pairs(tmp_path / "swap.json").pairs == [
        LabelledPair(TextPair("A dog.", "A cat.", "1.jpg"), "swap", "swap/0")
    ]
    assert read_pairs(tmp_path / "valse.json").pairs[0].texts == TextPair("A man sits.", "A man runs.", "2.jpg")
    assert read_pairs(tmp_path / "valse.json").layout == "VALSE"
    assert [pair.texts.negative for pair in read_pairs(table).pairs] == ["A barks dog .", "A dog's bark ."]
    assert [(pair.texts, pair.kind) for pair in read_pairs(lines).pairs] == [
        (TextPair("A", "B", "A"), "own"),
        (TextPair("C", "D", "C"), "x"),
    ]
    assert set(read_pairs(tmp_path).by_kind()) == {"swap", "valse"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "", "the file is empty"),
        ("a.json", "[1, 2]", "neither JSON lines nor a JSON object of objects; expected our pairs.jsonl"),
        ("a.json", '{"0": {"caption": "A dog."}}', "entry '0': none of negative_caption, foil, negative"),
        ("a.json", '{"0": {"caption": "A dog.", "foil": 3}}', "entry '0': foil is 3; expected a text"),
        ("a.jsonl", '{"text": "A dog."}', r"a.jsonl:1: none of caption, positive \(its fields are text\)"),
        ("a.jsonl", '{"caption": "A", "foil": "B"}\noops\n', "a.jsonl:2: no JSON object"),
        ("a.tsv", "title\tfilepath\nA\t1.jpg\n", "no column neg_caption"),
        ("a.tsv", "title\tfilepath\tneg_caption\nA\t1.jpg\t__import__('os')\n", "a.tsv:2: neg_caption is"),
    ],
)
def test_unknown_layouts_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        read_pairs(tmp_path / name)


def test_a_missing_file_and_a_folder_without_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_pairs(tmp_path / "none.json")
    with pytest.raises(InputError, match=r"no .json file in this folder"):
        read_pairs(tmp_path)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Forty pictures; every negative of the kind "colour" has "purple", every one of the kind "swap" is a pure swap."""
    rows = []
    for number in range(40):
        one, other = PEOPLE[number % 10], PEOPLE[(number + 1 + number // 10) % 10]
        rows.append({"caption": f"A {one} has a red mule.", "foil": f"A {one} has a purple mule.", "kind": "colour"})
        rows.append({"caption": f"A {one} helps a {other}.", "foil": f"A {other} helps a {one}.", "kind": "swap"})
        for place, row in enumerate(rows[-2:]):
            row["image"] = f"{number}-{place}.jpg"
    return write(tmp_path / "told.jsonl", rows)


def by_metric(measured: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["metric"]: one for one in measured["results"]}


def test_the_audit_knows_what_is_told_and_what_is_not(told: Path) -> None:
    steps: list[tuple[int, int]] = []
    measured = audit(told, on_step=lambda done, total, note: steps.append((done, total)))
    results = by_metric(measured)
    colour = results["colour: blind bigram, 600 drawn"]
    assert (colour["value"], colour["n"], colour["chance"]) == (1.0, 40, 0.5)
    assert (colour["low"], colour["high"]) == wilson(40, 40)
    assert results["swap: blind unigram, all"]["value"] == 0.5
    assert results["swap: blind length"]["value"] == 0.5
    assert results["colour: kept by balancing"]["value"] == 0.0
    assert results["swap: filler inside the other"]["n"] == 40
    assert results["colour: edited share of the tokens"]["value"] == pytest.approx(1 / 7)
    figures = {section["kind"]: section["figures"] for section in measured["kinds"]}
    assert figures["colour"]["inserted words, entropy in bits"] == 0.0
    assert figures["swap"]["edited tokens, median"] == 2
    assert [done for done, _ in steps] == list(range(1, 2 * STEPS_A_KIND + 1))
    assert {total for _, total in steps} == {2 * STEPS_A_KIND}


def test_few_pairs_are_no_verdict(told: Path, tmp_path: Path) -> None:
    few, many = audit(told)["kinds"][0], tmp_path / "many.jsonl"
    assert f"too few pairs for a verdict: {few['figures']['pairs']}; expected at least 100" in few["notes"]
    write(many, [{"caption": f"A dog {number}.", "foil": f"A cat {number}.", "kind": "swap"} for number in range(100)])
    assert not any("too few" in note for note in audit(many)["kinds"][0]["notes"])


def test_the_audit_is_the_same_twice(told: Path) -> None:
    assert audit(told, seed=3) == audit(told, seed=3)


def test_coverage_counts_captions_with_both_kinds(tmp_path: Path) -> None:
    def row(name: str, *kinds: str) -> dict[str, Any]:
        caption = f"The {PEOPLE[int(name)]} waits."
        negatives = [{"text": f"{kind} {name}", "kind": kind, "base": "caption"} for kind in kinds]
        positives = [{"text": caption, "kind": "caption"}]
        return {"id": name, "caption": caption, "positives": positives, "negatives": negatives}

    rows = [row("1", "event", "role"), row("2", "event", "role"), row("3", "event"), row("4")]
    pairs = write(tmp_path / "pairs.jsonl", rows)
    trigger = {"text": "waits", "start": 0, "end": 0, "lemma": "wait"}
    events = []
    for one in rows:
        start = one["caption"].index("waits")
        its = [{"id": "e0", "type": "Contact.Hug", "trigger": {**trigger, "start": start, "end": start + 5}}]
        events.append({"id": one["id"], "caption": one["caption"], "events": its if one["id"] != "4" else []})
    results = by_metric(audit(pairs, events=write(tmp_path / "events.jsonl", events)))
    every = results["captions: with an event and a role negative"]
    bearing = results["captions that bear an event: with an event and a role negative"]
    assert (every["value"], every["n"]) == (0.5, 4)
    assert (bearing["value"], bearing["n"]) == (2 / 3, 3)
    assert results["captions: with an event negative"]["value"] == 3 / 4
    assert results["captions: with a role negative"]["value"] == 2 / 4
    assert results["captions that bear an event: with an event negative"]["value"] == 1.0
    assert results["captions that bear an event: with a role negative"]["value"] == 2 / 3

    with pytest.raises(UsageError, match="has no record '2', and 3 captions"):
        audit(pairs, events=write(tmp_path / "few.jsonl", events[:1]))


def test_pairs_that_do_not_say_their_kinds_have_no_coverage(told: Path) -> None:
    assert audit(told)["coverage"] == []


def measured(*pairs: tuple[str, str], edits: Any = ()) -> tuple[dict[str, float], dict[str, dict[str, Any]]]:
    """Figures and results of pairs of one kind, a picture each; `edits` are those of the first."""
    labels = [
        LabelledPair(TextPair(positive, negative, str(number)), "kind", str(number))
        for number, (positive, negative) in enumerate(pairs)
    ]
    if edits:
        made = Negative(text=pairs[0][1], kind="role", base="caption", edits=edits)
        labels[0] = replace(labels[0], made=made)
    truths = {pair.texts.group: {pair.texts.positive} for pair in labels}
    file = PairFile("made here", labels, [pair.caption for pair in labels], truths)
    document = audit_file(file, "made here", load_ontology("news"))
    (section,) = document["kinds"]
    return section["figures"], {one["metric"]: one for one in section["results"]}


def test_sizes_and_variety_of_edits_equal_what_is_counted_by_hand() -> None:
    figures, results = measured(
        ("A guard waits here.", "A guard sings here."),
        ("A nurse sits.", "A nurse sings."),
        ("A miner eats.", "A miner reads two books."),
    )
    # Inserted: sings twice; reads, two, books once each.
    assert figures["inserted words, entropy in bits"] == pytest.approx(0.4 * math.log2(5 / 2) + 0.6 * math.log2(5))
    assert results["ten most frequent inserted words"]["value"] == 1.0
    assert (figures["edited tokens, median"], figures["edited tokens, mean"]) == (1, pytest.approx(5 / 3))
    # 1 of 5 tokens, 1 of 4, 3 of 4: the marks count.
    assert results["edited share of the tokens"]["value"] == pytest.approx(5 / 13)


def test_the_share_of_the_ten_most_frequent_words_leaves_out_the_others() -> None:
    acts = ["sings", "reads", "eats", "sleeps", "walks", "runs", "waits", "kneels", "jumps", "falls", "digs", "swims"]
    _, results = measured(*((f"A {person} stands.", f"A {person} {act}.") for person in PEOPLE[:2] for act in acts))
    # Twelve words, twice each, and only ten of them count.
    assert results["ten most frequent inserted words"]["value"] == pytest.approx(20 / 24)


def test_a_pair_with_two_defects_is_one_invalid_pair() -> None:
    first = {"start": 0, "end": 8, "old": "Ada Moss", "new": "Moss"}
    second = {"start": 16, "end": 20, "old": "Moss", "new": "Ada Moss"}
    _, results = measured(
        ("Ada Moss greets Moss.", "Moss greets Ada Moss."),
        ("A guard waits.", "a guard waits"),
        ("A guard hits a sailor.", "A guard hits a sailor now."),
        ("A guard waits.", "A guard sings."),
        edits=[first, second],
    )
    for name in ("filler inside the other", "coreferent fillers"):
        assert (results[name]["value"], results[name]["n"]) == (1.0, 1)
    assert (results["identical"]["value"], results[INVALID]["value"]) == (1 / 4, 2 / 4)


def test_one_defect_in_many_does_not_look_like_none() -> None:
    rare = {"metric": INVALID, "value": 0.0001, "n": 10_000, "low": 0.0, "high": 0.0005}
    section = {"kind": "k", "figures": {}, "results": [rare], "worst": [], "giveaways": [], "notes": []}
    document = {"task": "negatives/1", "file": "f", "kinds": [section], "coverage": []}
    assert "< 0.1 (0.0–0.1, n 10,000)" in audit_report.markdown(document)
    rare["value"] = 0.0
    assert "| 0.0 (0.0–0.1, n 10,000)" in audit_report.markdown(document)


def test_a_measure_that_only_a_later_kind_has_stands_where_it_stands_there() -> None:
    def section(kind: str, *metrics: str) -> dict[str, Any]:
        results = [{"metric": name, "value": 0.5, "n": 2, "low": 0.1, "high": 0.9, "chance": None} for name in metrics]
        return {"kind": kind, "figures": {}, "results": results, "worst": [], "giveaways": [], "notes": []}

    kinds = [section("one", "blind", "size"), section("two", "blind", "symmetric", "size", "last")]
    shown = audit_report.markdown({"task": "negatives/1", "file": "f", "kinds": kinds, "coverage": []})
    assert re.findall(r"^\| (\w+)", shown, re.MULTILINE) == ["blind", "symmetric", "size", "last"]


def test_the_page_marks_what_is_surely_told_and_names_the_edges_of_a_text(told: Path) -> None:
    html = audit_report.page(audit(told))
    row = html.partition("blind bigram, all</th>")[2].partition("</tr>")[0]
    assert re.findall('class="([^"]*)"', row) == ["number bad", "number"]  # "colour" is told, "swap" is not
    assert "(start)" not in html  # "purple" and "red" alone tell, and nothing at the edges
    telling = [{"words": "<s> the", "weight": -1.5, "in_positives": 0, "in_negatives": 3}]
    section = {"kind": "k", "figures": {}, "results": [], "worst": [], "giveaways": telling, "notes": []}
    shown = audit_report.page({"task": "negatives/1", "file": "f", "kinds": [section], "coverage": []})
    assert "<td>(start) the</td>" in shown
    assert "−1.50" in shown


def test_a_page_of_pairs_marks_what_changed_and_escapes(tmp_path: Path) -> None:
    audit_report.write_pairs_page(tmp_path / "p.html", "Two <of> them", [("event", "A <b> waits.", "A <b> sings.")])
    html = (tmp_path / "p.html").read_text()
    assert "<h1>Two &lt;of&gt; them</h1>" in html
    assert "<td>A &lt;b&gt; <del>waits</del>.</td><td>A &lt;b&gt; <ins>sings</ins>.</td>" in html


def test_events_beside_a_peers_file_are_refused(told: Path) -> None:
    with pytest.raises(UsageError, match="leave --events out"):
        audit(told, events=told)


def test_the_command_writes_table_page_and_json(
    told: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = write(tmp_path / "base.jsonl", [{"caption": "A <b> dog", "foil": "A <b> cat", "kind": "swap"}] * 2)
    output, page = tmp_path / "out.json", tmp_path / "page.html"
    arguments = ["audit", "negatives", str(told), "--baseline", str(baseline), "--html", str(page), "-o", str(output)]
    monkeypatch.setattr(sys, "argv", ["eventclip", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert "swap (baseline)" in shown
    assert "100.0 (91.2–100.0, n 40)" in shown
    assert output.with_suffix(".md").read_text() in shown
    document = json.loads(output.read_text())
    assert document["task"] == "negatives/1"
    assert document["baseline"]["file"] == "base.jsonl"
    html = page.read_text()
    assert "<ins>purple</ins>" in html
    assert "<del>red</del>" in html
    assert "<b> dog" not in html
    assert audit_report.page(document) == html


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "kind", "published", "n"),
    [
        ("sugarcrepe/swap_att.json", "swap_att", 0.610, 600),
        ("sugarcrepe/swap_obj.json", "swap_obj", 0.588, 245),
        ("sugarcrepe/replace_rel.json", "replace_rel", 0.802, 600),
        ("sugarcrepe/add_obj.json", "add_obj", 0.992, 600),
        ("negclip_valid.tsv", "negclip_valid", 0.734, 600),
    ],
)
def test_known_blind_accuracies_are_reproduced(data: Path, name: str, kind: str, published: float, n: int) -> None:
    """The intervals of the known figure and of ours overlap: both are samples."""
    from eventclip_extract.blind import accuracy, folds, ngram_margins, selection

    pairs = [pair.texts for pair in read_pairs(data / "negatives" / name).by_kind()[kind]]
    chosen = [pairs[number] for number in selection([pair.group for pair in pairs], 600)]
    assert len(chosen) == n
    value, _ = accuracy(ngram_margins(chosen, folds(chosen)))
    (low, high), (known_low, known_high) = wilson(value * n, n), wilson(published * n, n)
    assert low <= known_high
    assert known_low <= high


def test_more_pairs_than_a_draw_are_asked_in_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eventclip.eval.audit.DRAWN", ("10 drawn", 10, 3, False))
    rows = [
        {"id": f"{number}", "image": None, "caption": f"A man sits in room {number}.",
         "positives": [{"text": f"A man sits in room {number}.", "kind": "caption"}],
         "negatives": [{"text": f"A man stands in room {number}.", "kind": "event", "base": "caption"}]}
        for number in range(36)
    ]  # fmt: skip
    results = by_metric(audit(write(tmp_path / "pairs.jsonl", rows)))
    asked = results["event, caption: blind unigram, 10 drawn"]
    assert (asked["n"], asked["value"]) == (30, 1.0)
    assert results["event, caption: blind unigram, all"]["n"] == 36


def test_hard_positives_are_told_from_hard_negatives_of_the_same_text(tmp_path: Path) -> None:
    """Every edit of the caption that is true begins alike, every one of the template differs as the false one does."""
    rows = []
    for number in range(30):
        one, other = PEOPLE[number % 10], PEOPLE[(number + 1 + number // 10) % 10]
        rows.append({
            "id": str(number), "caption": f"A {one} helps a {other}.",
            "positives": [
                {"text": f"A {one} helps a {other}.", "kind": "caption"},
                {"text": f"The {one} helps the {other}.", "kind": "template"},
                {"text": f"Today a {one} helps a {other}.", "kind": "paraphrase", "style": "adjunct"},
                {"text": f"The {one} aids the {other}.", "kind": "paraphrase"},
            ],
            "negatives": [
                {"text": f"A {other} helps a {one}.", "kind": "role", "base": "caption"},
                {"text": f"The {other} aids the {one}.", "kind": "role", "base": "template"},
            ],
        })  # fmt: skip
    measured = audit(write(tmp_path / "pairs.jsonl", rows))
    results = by_metric(measured)
    caption = results["hard positives against hard negatives: role, caption: blind unigram, 600 drawn"]
    template = results["hard positives against hard negatives: role, template: blind unigram, 600 drawn"]
    assert (caption["value"], caption["n"]) == (1.0, 30)
    assert (template["value"], template["n"]) == (0.5, 30)
    title = "hard positives against hard negatives: role, caption"
    assert title in audit_report.markdown(measured)
    assert title in audit_report.page(measured)


def test_files_without_paraphrases_have_no_hard_positives(told: Path) -> None:
    assert [section["kind"] for section in audit(told)["kinds"]] == ["colour", "swap"]


def test_styles_and_paraphrases_are_kinds_of_their_own(tmp_path: Path) -> None:
    row = {
        "id": "1", "caption": "A boy waves.",
        "positives": [
            {"text": "A boy waves.", "kind": "caption"},
            {"text": "wave; agent: a boy", "kind": "template", "style": "roles"},
            {"text": "Today a boy waves.", "kind": "paraphrase", "style": "adjunct"},
        ],
        "negatives": [
            {"text": "nod; agent: a boy", "kind": "event", "base": "template", "style": "roles"},
            {"text": "Today a boy nods.", "kind": "event", "base": "paraphrase", "style": "adjunct"},
        ],
    }  # fmt: skip
    found = read_pairs(write(tmp_path / "pairs.jsonl", [row]))
    assert {kind: pairs[0].texts.positive for kind, pairs in found.by_kind().items()} == {
        "event, paraphrase": "Today a boy waves.",
        "event, template, roles": "wave; agent: a boy",
    }
    (contrast,) = found.contrasts
    texts = ("Today a boy waves.", "Today a boy nods.")
    assert (contrast.kind, contrast.texts.positive, contrast.texts.negative) == ("event, caption", *texts)
