"""A record as a graph: events and their arguments are nodes, roles and links are edges."""

from pathlib import Path
from typing import Any

import networkx as nx

from eventclip.jsonl import atomic_write
from eventclip.records import EventsRecord


def event_graph(record: EventsRecord) -> nx.MultiDiGraph:
    """The graph of a record.

    Event nodes are named by their ids and carry `kind` "event", `type`, `text`, `start`, `end`, `lemma`, `depicted`,
    `polarity`, `modality`, `confidence`, `salience` and `primary`. An argument that several events share is one node,
    named by its head's offsets, with `kind` "argument", `text`, `start`, `end` (the longest that an event has), `head`
    and `entity_type`. Edges carry `kind` ("role" or "link") and `label`, the role or the relation; those of roles
    `confidence`, too.
    """
    graph = nx.MultiDiGraph(id=record.id, caption=record.caption)
    for event in record.events:
        graph.add_node(
            event.id,
            kind="event",
            type=event.type,
            text=event.trigger.text,
            start=event.trigger.start,
            end=event.trigger.end,
            lemma=event.trigger.lemma,
            depicted=event.depicted,
            polarity=event.polarity,
            modality=event.modality,
            confidence=event.confidence,
            salience=event.salience,
            primary=event.id == record.primary,
        )
        for argument in event.arguments:
            name = f"{argument.head.start}-{argument.head.end}"
            known = graph.nodes[name]["end"] - graph.nodes[name]["start"] if name in graph else 0
            if argument.end - argument.start > known:  # where one event's phrase stops, another's may go on
                graph.add_node(
                    name,
                    kind="argument",
                    text=argument.text,
                    start=argument.start,
                    end=argument.end,
                    head=argument.head.text,
                    entity_type=argument.entity_type,
                )
            graph.add_edge(event.id, name, kind="role", label=argument.role, confidence=argument.confidence)
    for link in record.links:
        graph.add_edge(link.source, link.target, kind="link", label=link.relation)
    return graph


def node_link(graph: nx.MultiDiGraph) -> dict[str, Any]:
    """The graph as a JSON object with `nodes` and `edges`, which `networkx.node_link_graph` reads back."""
    made: dict[str, Any] = nx.node_link_data(graph, edges="edges")
    return made


def write_graphml(graph: nx.MultiDiGraph, path: str | Path) -> None:
    """Writes the graph as GraphML, whole or not at all."""
    with atomic_write(path, "wb") as stream:
        nx.write_graphml(graph, stream)
