"""The closed classes of English that inflection, templates and swaps go by."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BE = _words("be is are was were been being am 's 're get gets got getting")
HAVE = _words("have has had having 've")
MODALS = _words("to will would can could may might must shall should do does did let")
"""What a bare infinitive follows."""
ADVERBS = _words("not also still already now just then n't never")

SINGULAR_PRONOUNS = _words("he him she her it someone something somebody everyone nobody himself herself")
PLURAL_PRONOUNS = _words("they them we us you others i me")
"""Those that take the verb form of the plural, "I" and "you" included."""
PRONOUNS = _words(
    "i me we us you he him she her it they them who whom which that this these those what his hers its their theirs "
    "himself herself itself themselves each both all some many others"
)
PERSONAL_PRONOUNS = _words("he she him her they them we us i me")
SHE = _words("she her hers herself")
SEXED = SHE | _words("he him his himself")
POSSESSIVES = _words("his her its their our my your whose")
SINGULAR_DETERMINERS = _words("a an this that one each every another either neither")
PLURAL_DETERMINERS = _words(
    "these those two three four five six seven eight nine ten eleven twelve several many few both all some most "
    "various dozens hundreds thousands millions scores numerous other"
)
DETERMINERS = SINGULAR_DETERMINERS | PLURAL_DETERMINERS | POSSESSIVES | _words("the he she it him they them we us")
"""What a singular noun phrase in small letters may begin with, pronouns included."""
UNCHANGED_PLURALS = _words("police people personnel aircraft cattle clergy youth staff")
SINGULAR_IN_S = _words("news series politics headquarters netherlands philippines states nations")
GENERIC_HEADS = _words(
    "man woman men women person people boy girl boys girls child children kid kids guy guys lady ladies gentleman "
    "gentlemen male males female females adult adults teen teens teenager teenagers youth youths youngster youngsters "
    "group groups one others other someone member members crowd couple thing things something anyone everyone "
    "individual individuals"
)
"""Heads that are true of nearly everybody: exchanging or replacing them may leave a text true."""
FEMALE = _words(
    "woman women girl girls lady ladies wife wives mother mothers daughter daughters sister sisters queen "
    "princess actress nun nuns grandmother widow mrs. ms. policewoman businesswoman spokeswoman "
    "congresswoman chairwoman"
)
"""Words that name women and girls alone."""
NEVER_NAMES = (
    POSSESSIVES
    | SINGULAR_DETERMINERS
    | PLURAL_DETERMINERS
    | _words("the he she it they we you who in on at near outside inside during after before for with from to by")
    | _words("members people police officials")
)
"""Words that are written small unless they open a sentence."""

PLACE_PREPOSITIONS = _words(
    "in at on near outside inside by along across behind beside under over above around through throughout off before "
    "within aboard between against beneath below"
)
TIME_PREPOSITIONS = _words("on in at during before after since until by for")
ENDS_HEAD = _words(
    "of in on at with from for to by near outside inside under over after before during against between among without "
    "along across behind beside next who whom whose which that as around into through wearing holding carrying left "
    "right center aboard toward towards amid"
)
"""What follows the head of a noun phrase."""
OPENS_NOUN = _words(
    "a an the this that these those his her their its of during after before at in from on for against amid following "
    "another first second annual daily joint mass big large huge deadly violent recent public massive new"
)
"""What goes before a noun, whichever noun it is."""
ENDS_COMPLEMENT = PLACE_PREPOSITIONS | _words(
    "of to with for from as and or but while when after before during since until amid toward towards into onto on off "
    "against among upon over via without following together again today yesterday is are was were has have had will "
    "who that which where than because if left right center according"
)
"""What may follow a trigger that is to be swapped: any other word hangs on it in a way that we know nothing of."""
RECEIVES = frozenset({"greet", "welcome", "receive", "escort", "hug", "embrace"})
"""Verbs whose object meets their subject: "greets a guest upon his arrival"."""
