"""Writes extract/eventclip_extract/ontologies/imsitu.yaml: the 504 activities of imSitu with their roles.

    python scripts/imsitu_ontology.py TEMPLATES VERBS

TEMPLATES is imSitu's table of verbs and role patterns, VERBS its list of 504 verbs. Verbs, role names and prepositions
are facts of that data set (Yatskar, Zettlemoyer and Farhadi 2016); sentences, entity types and frames are ours.
"""

import re
import sys
from pathlib import Path

import yaml

from eventclip_extract.pipeline import lemma

OUT = Path("extract/eventclip_extract/ontologies/imsitu.yaml")
HEAD = """# The 504 everyday activities of imSitu with their roles, for pictures that are no news.
# Written by scripts/imsitu_ontology.py from the data set's verbs, role names and prepositions.
"""
EVERYTHING = "PER OBJ VEH WEA ORG FAC LOC GPE VAL"
ROLES_OF_TYPES = {
    "PER ORG GPE VEH OBJ": "Agent Agents Traveler",
    "PER ORG GPE": "Addressee Audience Coagent Experiencer Follower Giver Listener Participant Party Performer "
    "Receiver Recipient Seller Student Suspect Teacher Victim",
    "OBJ WEA VEH": "Tool Instrument Device Fastener",
    "VEH OBJ": "Vehicle",
    "WEA OBJ": "Weapon",
}
TYPES_OF_ROLE = {role: types for types, roles in ROLES_OF_TYPES.items() for role in roles.split()}
TOOL_PREPOSITIONS = {"using": "with"}


def main(templates: Path, verbs: Path) -> None:
    patterns = {}
    for line in templates.read_text(encoding="utf-8").splitlines():
        gerund, _, pattern = line.partition("\t")
        patterns.setdefault(gerund.strip(), pattern.strip())
    types = {}
    for gerund in verbs.read_text(encoding="utf-8").split():
        if gerund not in patterns:
            print(f"{gerund}: no pattern", file=sys.stderr)
            continue
        types[f"Activity.{gerund.capitalize()}"] = activity(gerund, patterns[gerund])
    text = HEAD + "name: imsitu\ndescription: The 504 everyday activities of imSitu.\ntypes:\n"
    for name, keys in types.items():
        text += f"  {name}:\n" + "".join(f"    {key}: {_flow(value)}\n" for key, value in keys.items())
    OUT.write_text(text, encoding="utf-8")
    print(f"{OUT}: {len(types)} types")


def _flow(value: object) -> str:
    """A value on one line, as our other ontologies have it."""
    return yaml.safe_dump(value, sort_keys=False, width=10_000, default_flow_style=True).removesuffix("...\n").strip()


def activity(gerund: str, pattern: str) -> dict[str, object]:
    """One type: subject, object and prepositions as they stand in the pattern."""
    verb = lemma(gerund, "VERB")
    words = re.sub(r"\b(?:a|an|the|their|its|his) ", "", pattern).split()
    subject: str | None = None
    frame: dict[str, str | None] = {}
    parts: list[str] = []
    roles: list[str] = []
    object_ = ""
    before: list[str] = []
    seen_verb = False
    for word in words:
        if not word.isupper():  # the verb first, then prepositions
            before = [*before, word] if seen_verb else []
            seen_verb = True
            continue
        role = word.capitalize()
        preposition = TOOL_PREPOSITIONS.get(" ".join(before), " ".join(before[-1:]))
        before = []
        if role == "Place" or role in roles:
            continue
        if not seen_verb:
            subject = role
        elif preposition:
            frame.setdefault(preposition, role)
            parts.append(f"[{preposition} {{{role}}}]")
        elif not object_:
            object_ = role
        else:
            continue
        roles.append(role)
    if subject is None:
        subject = "Agent"
        roles.insert(0, subject)
    template = " ".join([f"{{{subject}}} <{verb}>", *([f"{{{object_}}}"] if object_ else []), *parts])
    return {
        "description": f"Somebody or something is {gerund}.",
        "roles": {role: TYPES_OF_ROLE.get(role, EVERYTHING).split() for role in roles},
        "frame": {"subject": subject, "object": object_ or None, **frame},
        "verbs": [verb],
        "templates": [template],
    }


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
