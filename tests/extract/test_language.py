import json
from pathlib import Path

import pytest

from eventclip.errors import InputError
from eventclip.records import CaptionRecord
from eventclip_extract.extract import Extractor, extract
from eventclip_extract.text import clean

CAPTIONS = Path(__file__).parents[2].parent / "shared" / "data" / "captions" / "voa2017.jsonl"


@pytest.mark.parametrize(
    ("caption", "language"),
    [
        ("El presidente saluda a los niños en Lima.", "Spanish"),
        ("Policías detienen a un manifestante.", "Spanish"),
        ("Des manifestants défilent dans les rues de Lyon.", "French"),
        ("Manifestantes protestam contra o governo em São Paulo.", "Portuguese"),
        ("Una donna saluta un poliziotto alla stazione di Torino.", "Italian"),
        ("Ein Polizist nimmt einen Mann fest.", "German"),
        ("Die Polizei nimmt einen Mann in Paris fest.", "German"),
        ("Ein Mann umarmt eine Frau in Berlin.", "German"),
        ("Der Präsident besucht Schulen in Paris.", "German"),
        ("De burgemeester staat voor het stadhuis en zwaait naar een kind.", "Dutch"),
        ("Polisi menangkap seorang pengunjuk rasa di Jakarta.", "Indonesian"),
        ("Polis bir adamı gözaltına alıyor.", "Turkish"),
        ("Göstericiler Ankara'da yürüyor.", "a language other than English"),
        ("Мужчина несёт коробку.", "the Cyrillic script"),
        ("رجل يحمل صندوقا", "the Arabic script"),
        ("警察が男性を逮捕する。", "Chinese or Japanese"),
        ("경찰이 남자를 체포한다.", "Korean"),
    ],
)
def test_other_languages_are_named(caption: str, language: str) -> None:
    assert clean(caption).skipped == f"is in {language}"


@pytest.mark.parametrize(
    ("caption", "reason"),
    [
        ("🙂 12/34", "has no letters"),
        ("IMG_2041.JPG", "is a file name or an address only"),
        ("press/2017/lima 3 (1).png", "is a file name or an address only"),
        ("DSC00012", "is a file name or an address only"),
        ("https://example.org/lima", "is a file name or an address only"),
        ("Ann Poe/Reuters", "is a credit or an archive mark only"),
        ("Photo by Ann Poe", "is a credit or an archive mark only"),
        ("FILE - (AP)", "is a credit or an archive mark only"),
    ],
)
def test_what_is_no_text_is_told(caption: str, reason: str) -> None:
    cleaned = clean(caption)
    assert (cleaned.skipped, cleaned.text) == (reason, "")


@pytest.mark.parametrize(
    "caption",
    [
        "Protesters march.",
        "Die Hard actor Bruce Willis arrives in Berlin.",
        "Der Spiegel reporters in Paris.",
        "Das Boot star in Cannes.",
        "Medics en route in Paris.",
        "Police arrest man",
        "Medics en route.",
        "Luis de la Cruz y Maria del Mar embrace Joao dos Santos da Silva.",
        "Recep Özgür greets Şahin Güneş.",
        "Ursula von der Aue hugs Ludwig van den Berg.",
        "Medics of Médicos sin Fronteras treat a boy.",
        'A banner reading "Fuera el dictador de la nación" hangs in La Paz.',
        "Die-hard fans cheer.",
        "A boy holds a sign in Arabic that says حرية للجميع ولكل الناس.",
        "The file lima.jpg shows a port",
        "Photo editors meet.",
    ],
)
def test_english_is_never_skipped(caption: str) -> None:
    assert clean(caption).skipped is None


def test_the_library_gives_a_record_for_every_caption() -> None:
    captions = ["A nurse waves.", "Un homme porte une caisse dans les rues de Lyon.", "A boy hugs a nun."]
    records = [CaptionRecord(id=str(number), caption=caption) for number, caption in enumerate(captions)]
    made = list(Extractor().pipe(records))
    assert [record.skipped for record in made] == [None, "is in French", None]
    assert [bool(record.events) for record in made] == [True, False, True]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    captions = ["A nurse waves.", "IMG_2041.JPG", "A boy hugs a nun.", "Un homme porte une caisse dans les rues."]
    lines = [json.dumps({"id": str(number), "caption": caption}) for number, caption in enumerate(captions)]
    (tmp_path / "captions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "captions.jsonl"


def test_the_stage_sets_them_aside_with_the_reason(mixed: Path) -> None:
    report = extract(mixed, mixed.with_name("events.jsonl"))
    assert report.num_written == 2
    assert report.rejects_file is not None
    rejects = [json.loads(line) for line in report.rejects_file.read_text(encoding="utf-8").splitlines()]
    assert [one["reason"] for one in rejects] == [
        "caption of id '1' is a file name or an address only; expected an English sentence",
        "caption of id '3' is in French; expected an English sentence",
    ]


def test_strict_stops_at_the_first_of_them(mixed: Path) -> None:
    with pytest.raises(InputError, match="caption of id '1' is a file name"):
        extract(mixed, mixed.with_name("events.jsonl"), strict=True)


@pytest.mark.data
def test_no_real_caption_is_skipped() -> None:
    if not CAPTIONS.is_file():
        pytest.skip(f"{CAPTIONS} is missing: the real captions are not part of the repository")
    captions = [json.loads(line)["caption"] for line in CAPTIONS.read_text(encoding="utf-8").splitlines()]
    assert [caption for caption in captions if clean(caption).skipped] == []
