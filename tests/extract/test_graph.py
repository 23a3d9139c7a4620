from pathlib import Path

import networkx as nx
import pytest

from eventclip.records import EventsRecord
from eventclip_extract.graph import event_graph, node_link, write_graphml

CAPTION = "A nurse hugs a pilot during a parade."


def span(text: str) -> dict[str, object]:
    start = CAPTION.index(text)
    return {"text": text, "start": start, "end": start + len(text)}


@pytest.fixture
def record() -> EventsRecord:
    nurse = {**span("A nurse"), "role": "Participant", "head": span("nurse"), "entity_type": "PER"}
    pilot = {**span("a pilot"), "role": "Participant", "head": span("pilot"), "entity_type": "PER"}
    hug = {"id": "e0", "type": "Contact.Hug", "trigger": {**span("hugs"), "lemma": "hug"}, "arguments": [nurse, pilot]}
    parade = {
        "id": "e1",
        "type": "Ceremony.Parade",
        "trigger": {**span("parade"), "lemma": "parade"},
        "arguments": [nurse],
        "depicted": False,
    }
    link = {"source": "e0", "target": "e1", "relation": "during"}
    return EventsRecord.model_validate(
        {"id": "x", "caption": CAPTION, "events": [hug, parade], "primary": "e0", "links": [link]}
    )


def test_events_and_arguments_are_nodes_and_a_shared_argument_is_one(record: EventsRecord) -> None:
    graph = event_graph(record)
    assert sorted(data["kind"] for _, data in graph.nodes(data=True)) == ["argument", "argument", "event", "event"]
    assert graph.nodes["e0"]["primary"] is True
    assert graph.nodes["e1"]["depicted"] is False


def test_roles_and_links_are_edges(record: EventsRecord) -> None:
    edges = {(one, label, kind) for one, _, (kind, label) in
             ((a, b, (d["kind"], d["label"])) for a, b, d in event_graph(record).edges(data=True))}  # fmt: skip
    assert edges == {("e0", "Participant", "role"), ("e1", "Participant", "role"), ("e0", "during", "link")}


def test_node_link_reads_back_as_the_same_graph(record: EventsRecord) -> None:
    graph = event_graph(record)
    again = nx.node_link_graph(node_link(graph), edges="edges")
    assert nx.utils.graphs_equal(graph, again)


def test_graphml_reads_back_with_the_same_attributes(record: EventsRecord, tmp_path: Path) -> None:
    graph = event_graph(record)
    write_graphml(graph, tmp_path / "graph.graphml")
    again = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))


def test_an_argument_of_two_lengths_is_one_node_with_the_longer_text(record: EventsRecord, tmp_path: Path) -> None:
    first, second = record.events
    short = second.arguments[0].model_copy(update={"text": "nurse", "start": 2, "end": 7})
    second.arguments[0] = short
    for events in ([first, second], [second, first]):
        graph = event_graph(record.model_copy(update={"events": events}))
        assert graph.nodes["2-7"]["text"] == "A nurse"
        assert sorted(source for source, _ in graph.in_edges("2-7")) == ["e0", "e1"]
        write_graphml(graph, tmp_path / "graph.graphml")
        again = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
        assert sorted(source for source, _ in again.in_edges("2-7")) == ["e0", "e1"]


def test_edges_of_roles_say_how_sure_they_are(record: EventsRecord) -> None:
    record.events[0].arguments[0].confidence = 0.25
    (edge,) = event_graph(record).get_edge_data("e0", "2-7").values()
    assert (edge["label"], edge["confidence"]) == ("Participant", 0.25)
