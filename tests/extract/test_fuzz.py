"""Whatever the caption is, it gives a valid record and no exception.

`EVENTCLIP_FUZZ=100000 pytest tests/extract/test_fuzz.py` tries that many; a few hundred otherwise.
"""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventclip.records import CaptionRecord, EventsRecord
from eventclip_extract.extract import Extractor
from eventclip_extract.negatives import generate
from eventclip_extract.ontology import load_ontology

NUM_EXAMPLES = int(os.environ.get("EVENTCLIP_FUZZ", "300"))
PER_EXAMPLE = 20  # captions parsed together: one by one the parser takes five times as long
PIECES = (
    "FILE - ", "(Reuters)", ", left,", "Goma, Congo", "on Tuesday, May 3, 2022", ".", ",", ";", "\n", "  ", "'s", "’s",
    '"', "“", "—", "(", ")", "&", "carry", "carries", "arrested", "being", "is", "was", "who", "that", "and", "or",
    "by", "with", "on", "in", "after", "during", "police", "protesters", "a", "the", "two", "injured", "man", "attack",
    "attacks", "open fire", "takes", "into custody", "of", "from", "to", "not", "will", "stretcher", "Kyiv", "he",
    "them", "her", "3,000", "dozens", "whose", "their", "fled",
    "president", "Juan Santos", "reading", "those", "cross", "sniper fire", "Ann Poe, R-Ohio,",
    "bodies", "U.S.", "Sunday", "killed", "dead", "meeting", "said", "no", "without",
    "last week", "launched a second", "control of", "drove", "air", "strikes", "a minute of silence",
)  # fmt: skip
PHRASES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(" ".join)
ANYTHING = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80)
CAPTIONS = st.one_of(PHRASES, PHRASES, ANYTHING).filter(str.strip)

EXTRACTOR, NEWS = Extractor(), load_ontology("news")


@settings(
    max_examples=max(1, NUM_EXAMPLES // PER_EXAMPLE),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
@given(st.lists(CAPTIONS, min_size=PER_EXAMPLE, max_size=PER_EXAMPLE))
def test_any_text_gives_a_valid_record_and_its_negatives(captions: list[str]) -> None:
    records = [CaptionRecord(id=str(number), caption=caption) for number, caption in enumerate(captions)]
    for record in EXTRACTOR.pipe(records):
        assert EventsRecord.model_validate(record.model_dump(by_alias=True)) == record
        generate(record, NEWS)
