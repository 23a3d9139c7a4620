"""Whether a text is English at all: by its script, and by the little words that every sentence is held together by.

No model: an English caption must never be lost, however short and however full of foreign
names, so what is not plainly another language passes.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import re
import unicodedata
from collections import Counter
from functools import cache

_ENGLISH = frozenset(
    "the of and with for by from at are is was were his her their its who which that this these those after before "
    "during near as an a in on to into over under against through between it he she they has have had not but while "
    "when where following outside inside around amid about than other i me my we us our you your him them there what "
    "why how do does did be been being can could will would no so or if all more up out off down back just some".split()
)
_OTHERS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "Spanish": "el la los las un una de del en y que con por para su sus se al lo como durante tras entre ante "
        "contra desde hasta sobre este esta fue es son ha han está",
        "Portuguese": "o os as um uma de do da dos das no na nos nas em e que com por para seu sua se ao aos à às pelo "
        "pela durante após entre contra desde até sobre foi é são está não",
        "French": "le la les un une des du de et en que qui dans avec pour par sur sous son sa ses leur leurs au aux "
        "ce cette après avant pendant lors contre entre chez est sont été à où il elle",
        "Italian": "il lo la gli i le un una di del della dei delle dello e che con per su nel nella nei sul sulla "
        "dal dalla al alla si suo sua durante dopo prima contro tra fra è sono stato",
        "Romanian": "și în la de pe cu un o din care este sunt al ale după pentru prin fost lui împotriva",
        "Catalan": "el la els les un una de del dels i que amb per en al als seva seu durant és són",
        "German": "der die das den dem des ein eine einen einem einer und mit von vom zu zum zur für auf bei nach vor "
        "in während gegen über unter zwischen ist sind wird werden wurde wurden sich nicht auch im am aus als",
        "Dutch": "de het een van en met voor op zijn niet aan door bij naar uit tijdens tegen tussen wordt worden "
        "haar hun ook als dat die te werd",
        "Swedish": "och att som är på av till med den det en ett för inte har i från under efter vid mot sin sina",
        "Danish or Norwegian": "og at som er på af av til med den det en et for ikke har i fra under efter etter ved "
        "mod mot sin sine",
        "Finnish": "ja on ei se oli että ovat kun joka hän sekä myös mukaan",
        "Polish": "w z i na do się nie że jest przez po od za dla oraz są podczas przed pod przy po jego jej",
        "Czech or Slovak": "a v na se je že s z do od po pro za při před během jeho její která který sa vo zo pri",
        "Hungarian": "a az és egy hogy nem van volt ez meg is között ellen után",
        "Serbian or Croatian": "i u na je se da su od za s sa nakon tijekom tokom pred kod koji koja",
        "Turkish": "ve bir bu ile için olarak da de olan sonra önce kadar gibi karşı çok tarafından sırasında",
        "Indonesian": "yang di dan untuk dengan dari ini itu pada dalam oleh akan adalah saat ke sebuah seorang para "
        "telah setelah",
        "Tagalog": "ang ng sa mga na ay si ni kay ito nang para mula",
        "Swahili": "ya wa na kwa katika ni za cha vya kuwa hii huyo baada wakati",
        "Vietnamese": "của và một các trong người là được tại với những cho ở không",
    }.items()
}
_OTHER_WORDS = frozenset().union(*_OTHERS.values())
_UNMISTAKABLE = _ENGLISH - _OTHER_WORDS
_OF_NAMES = frozenset(
    "de la del da do dos das di du des le les el lo los las y e i et und von van der den dem zu zum al ad bin ibn ben "
    "ter ten op ya wa na".split()
)
"""Little words of other languages that stand inside names ("Luis de la Cruz") and so say nothing about the sentence."""
_GERMAN_ARTICLES = frozenset("der die das ein eine".split())
"""They open a sentence before a capital, as all German nouns have one."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_FILE = re.compile(r"(?:.*[\\/])?[^\\/]*\.(?:jpe?g|png|gif|tiff?|webp|bmp|heic|svg|mp4|mov|avi|webm)", re.IGNORECASE)
_CAMERA = re.compile(r"(?:IMG|DSC[FN]?|PICT|PXL|GOPR|MVI|VID|Screenshot)[-_ ]?[\d_ -]+(?:at [\d. ]+)?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_CREDIT = re.compile(
    r"(?:[\w.'’ -]{2,40} ?[/|] ?)?"
    r"(?:AP|AFP|EPA|Reuters|Getty(?: Images)?|VOA|Xinhua|dpa|KCNA|TASS|Associated Press)"
    r"(?: (?:Photo|Pool|Images|News))?(?: ?[/|,] ?[\w.'’ -]{2,40})?"
    r"|(?:©|\(c\)|copyright|courtesy(?: of)?:?|credit:) ?[\w.,'’ -]{2,60}",
    re.IGNORECASE,
)
_SCRIPTS = {"CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}


def skip_reason(caption: str, sentence: str, *, english: bool = True) -> str | None:
    """Why no events can be looked for in a caption; None when they can.

    Args:
        caption: the caption as it came.
        sentence: what is left of it after clean-up.
        english: whether it must be English.
    """
    whole = caption.strip()
    if not any(map(str.isalpha, whole)):
        return "has no letters"
    if _FILE.fullmatch(whole) or _CAMERA.fullmatch(whole) or _ADDRESS.fullmatch(whole):
        return "is a file name or an address only"
    if not any(map(str.isalpha, sentence)) or _CREDIT.fullmatch(sentence.strip(" .()")):
        return "is a credit or an archive mark only"
    other = other_language(sentence) if english else None
    return None if other is None else f"is in {other}"


def other_language(text: str) -> str | None:
    """The language or script that a text is plainly written in; None when it is or may be English."""
    if not text.isascii() and (script := _other_script(text)) is not None:
        return script
    words = _WORD.findall(text)
    lower = {word for word in words if word.islower()}
    if len(_UNMISTAKABLE & lower) * 2 > len(_OTHER_WORDS & lower):  # nearly all captions end here
        return None
    told = _telling(words)
    others = sum(count for word, count in told.items() if word in _OTHER_WORDS)
    if not others:
        return _by_letters(words, told)
    name, known = max(_OTHERS.items(), key=lambda item: sum(told[word] for word in item[1] - _ENGLISH))
    theirs = sum(told[word] for word in known - _ENGLISH)
    ours = sum(told[word] for word in _ENGLISH - known)
    if theirs >= 2 and theirs > 2 * ours and theirs * 12 >= len(words):
        return name
    doubtful = theirs > 0 and not any(
        word in _UNMISTAKABLE for word in told
    )  # "Medics en route", or a short sentence of another language
    return name if doubtful and (_foreign_letters(words) or _no_english_words(words)) else None


def _telling(words: list[str]) -> Counter[str]:
    """The words in small letters, and the first, without those that belong to names."""
    told: Counter[str] = Counter()
    for number, word in enumerate(words):
        before = words[number - 1] if number else ""
        after = next((one for one in words[number + 1 :] if one not in _OF_NAMES), "")
        in_name = word in _OF_NAMES and after[:1].isupper() and (before[:1].isupper() or before in _OF_NAMES)
        opens = number == 0 and len(words) > 1 and (words[1].islower() or word.lower() in _GERMAN_ARTICLES)
        if (word.islower() or opens) and not in_name:
            told[word.lower()] += 1
    return told


def _foreign_letters(words: list[str]) -> bool:
    """Whether words that are no names have letters which English does not."""
    return sum(word.islower() and not word.isascii() and "’" not in word for word in words) * 5 >= len(words)


def _no_english_words(words: list[str]) -> bool:
    """Whether a text of some length has few words that an English dictionary knows."""
    import lemminflect  # not before it is needed: only captions in doubt come here

    longer = [word for word in words if word.islower() and len(word) > 3]
    known = sum(bool(lemminflect.getAllLemmas(word)) for word in longer)
    return len(words) >= 4 and len(longer) > 0 and known * 2 <= len(longer)


def _by_letters(words: list[str], told: Counter[str]) -> str | None:
    small = [word for word in words if word.islower()]
    foreign = sum(not word.replace("’", "'").isascii() for word in small)
    if foreign * 2 >= len(small) > 0 and not any(word in _ENGLISH for word in told):
        return "a language other than English"
    return None


def _other_script(text: str) -> str | None:
    counts = Counter(_script(letter) for letter in text if letter.isalpha())
    script, count = counts.most_common(1)[0] if counts else ("LATIN", 0)
    if script == "LATIN" or count * 2 <= counts.total():
        return None
    return _SCRIPTS.get(script, f"the {script.capitalize()} script")


@cache
def _script(letter: str) -> str:
    """The script of a letter: the first word of its name ("CYRILLIC SMALL LETTER A")."""
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "LATIN").split()[0].split("-")[0]
