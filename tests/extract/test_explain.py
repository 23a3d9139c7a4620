"""The explanation of one caption: what was read, which rules fired, and the page with its graph."""

from io import StringIO
from xml.etree import ElementTree

import pytest
from rich.console import Console

from eventclip.records import EventsRecord
from eventclip_extract.explain import Explanation, explain, to_console, to_html
from eventclip_extract.extract import Extractor

CAPTION = "FILE - A nurse in red & blue hugs a pilot after a raid in Lima."


@pytest.fixture(scope="module")
def found() -> Explanation:
    return explain(CAPTION, Extractor())


def printed(found: Explanation) -> str:
    stream = StringIO()
    Console(file=stream, width=200).print(to_console(found))
    return stream.getvalue()


def test_it_shows_what_was_read_the_tree_and_the_rules(found: Explanation) -> None:
    text = printed(found)
    assert "read as: A nurse" in text
    assert "e0 Contact.Hug: hugs (clause-active, confidence 0.56, depicted, primary)" in text
    assert "subject, 0.74" in text
    assert "VBZ" in text


def test_a_caption_without_events_says_so() -> None:
    assert "no event" in printed(explain("A red house.", Extractor()))


def test_the_least_confidence_of_the_extractor_counts() -> None:
    caption = "A family fled the war in Syria."
    assert "Conflict.Attack" not in printed(explain(caption, Extractor()))
    assert "Conflict.Attack: war" in printed(explain(caption, Extractor(min_confidence=0.0)))


def test_the_page_draws_every_argument_and_link_once_and_is_well_formed(found: Explanation) -> None:
    page = to_html(found.record)
    svg = ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    num_arcs = len([path for path in svg.iter("path") if path.get("marker-end")])
    arguments = sum(len(event.arguments) for event in found.record.events)
    assert num_arcs == arguments + len(found.record.links)
    assert "red &amp; blue" in page


def test_arcs_that_overlap_run_at_different_heights(found: Explanation) -> None:
    (graph,) = [to_html(found.record)]
    labels = [line.split('y="')[1].split('"')[0] for line in graph.split("<text")[1:] if 'class="label"' in line]
    assert len(set(labels)) > 1


LONG = (
    "Two police officers in riot gear carry an injured man on a stretcher after a bombing killed two guards in Kabul, "
    "as protesters march outside a hospital on Monday, May 3, 2019. The attack sparked protests."
)


@pytest.mark.parametrize("caption", [CAPTION, LONG, "Police raid, arrest, detain and jail men."])
@pytest.mark.parametrize("kind", ["label", "type"])
def test_words_of_the_picture_never_cover_each_other(caption: str, kind: str) -> None:
    page = to_html(explain(caption, Extractor()).record)
    svg = ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    boxes = []
    for text in svg.iter("text"):
        if text.get("class") == kind:
            x, y, width = float(text.get("x", 0)), float(text.get("y", 0)), 6.0 * len(text.text or "")
            boxes.append((x - width / 2 if kind == "label" else x, y, width))
            assert x + width <= float(svg.get("width", 0)) + 1
    assert boxes
    for number, (x, y, width) in enumerate(boxes):
        for other_x, other_y, other_width in boxes[:number]:
            assert abs(y - other_y) > 12 or x + width <= other_x or other_x + other_width <= x


def test_a_long_caption_is_drawn_with_smaller_letters_that_can_still_be_read() -> None:
    sizes = [
        float(to_html(explain(caption, Extractor()).record).split('font-size="')[1].split('"')[0])
        for caption in (CAPTION, LONG)
    ]
    assert sizes == [16.0, 11.0]


def test_links_are_told_with_their_triggers(found: Explanation) -> None:
    assert "hugs (e0) after raid (e1)" in printed(found)
    assert "hugs (e0) after raid (e1)" in to_html(found.record)


def test_arguments_of_predictions_without_rules_are_drawn_as_given() -> None:
    span = {"text": "A nurse", "start": 0, "end": 7}
    head = {"text": "nurse", "start": 2, "end": 7}
    argument = {**span, "role": "Agent", "head": head, "entity_type": "PER"}
    trigger = {"text": "waves", "start": 8, "end": 13, "lemma": "wave"}
    event = {"id": "e0", "type": "Contact.Wave", "trigger": trigger, "arguments": [argument]}
    record = EventsRecord.model_validate({"id": "r", "caption": "A nurse waves.", "events": [event], "primary": "e0"})
    assert "PER, given, 1.00" in to_html(record)
