"""The words of caption_grammar.py that no list of the package has: names, modifiers and what captions like to say."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

PEOPLE = (
    "nurse farmer doctor soldier policeman chef student monk miner judge teacher boy girl woman man child "
    "protester demonstrator firefighter paramedic worker fisherman priest pilot driver suspect prisoner migrant "
    "refugee resident villager lawmaker minister official rebel militant fighter journalist lawyer artist "
    "dancer singer runner player coach fan vendor trader baker builder carpenter cleaner gardener guard medic "
    "midwife shepherd tailor waiter sailor athlete tourist pilgrim mourner victim survivor rescuer volunteer "
    "activist supporter senator engineer patient"
).split()
COMPOUNDS = (
    "police officer|riot policeman|rescue worker|health worker|security guard|army officer|police dog handler|"
    "border guard|opposition leader|bus driver|aid worker|flight attendant|prison guard|navy officer|"
    "medical worker|party member|election official|opposition supporter|government soldier|rebel fighter|"
    "factory worker|street vendor|sanitation worker|school child|family member|football fan|peace activist|"
    "police detective|crew member|truck driver|tribal leader|union member|army soldier|bank robber|taxi driver"
).split("|")
GROUPS = (
    "police protesters soldiers residents firefighters migrants rescuers demonstrators supporters workers troops "
    "people rebels fans students mourners voters refugees villagers activists gunmen militants relatives children "
    "women men commuters shoppers worshippers survivors volunteers officials doctors farmers pilgrims fishermen "
    "veterans tourists lawmakers insurgents hostages prisoners paramedics nurses medics lawyers teachers miners players"
).split()
FORCES = (
    "riot police|security forces|government forces|government troops|police officers|army soldiers|rescue workers|"
    "border guards|opposition supporters|rebel fighters|government soldiers|coalition forces|family members|"
    "aid workers|health workers|emergency crews|rescue teams|security officials|election officials|customs officers|"
    "union members"
).split("|")
ADJECTIVES = (
    "young elderly injured wounded masked armed plainclothes anti-government pro-democracy 12-year-old homeless local "
    "former displaced uniformed pregnant malnourished angry unidentified suspected slain stranded exhausted ousted"
).split()
NATIONALITIES = (
    "Syrian Turkish Indian French Ukrainian Iraqi African Russian Chinese Israeli Palestinian Egyptian Afghan "
    "Pakistani Kenyan Nigerian South-Korean Iranian German British Greek Mexican Colombian Venezuelan Somali Yemeni "
    "Libyan Kurdish Rohingya Haitian Cuban Japanese Indonesian Filipino Congolese Burundian Hungarian Polish Serbian "
    "Lebanese American"
).split()
COLOURS = (
    "red blue green yellow white black orange purple grey brown pink uniform plainclothes camouflage black white"
).split()
GARMENTS = "jacket coat shirt helmet hat mask vest uniform dress scarf T-shirt suit robe cap".split()
OUTFITS = (
    "protective suits|white coats|riot gear|traditional dress|prison uniforms|face masks|gas masks|red shirts".split(
        "|"
    )
)
THINGS = (
    "box bag ball flag banner sign ladder rope table chair bicycle package suitcase tent umbrella basket bucket "
    "book cup bottle candle portrait poster placard tray phone camera sack crate blanket door cart tyre drum"
).split()
STUFF = (
    "water food aid rice smoke tear-gas rubble medicine fuel ammunition luggage evidence flour milk cocaine furniture "
    "snow dust blood equipment clothing bread fish wheat garbage mud ice"
).split()
PHRASES_OF_STUFF = "tear gas|humanitarian aid|drinking water|rubber bullets|relief supplies|election material".split(
    "|"
)
TOOLS = (
    "stretcher knife baton hose stick rope shovel gun rifle hammer wheelchair cart camera wire net sling truck".split()
)
PLACES = (
    "street square hospital court market camp house school station airport village park church mosque field river "
    "border bridge beach road cemetery stadium prison factory mine clinic courthouse museum checkpoint forest hotel"
).split()
COMPOUND_PLACES = (
    "refugee camp|polling station|train station|bus stop|police station|city center|parliament building|war memorial|"
    "army base|construction site|press conference|field hospital|border crossing|military base|displacement camp|"
    "news conference|city hall|subway station|conference room|vaccination center|shopping mall"
).split("|")
PLACE_PREPOSITIONS = "in at near outside on inside across through behind along over under around past beside".split()
SQUARES = "Square Street Bridge Airport Park Stadium Hospital University Cathedral Hotel Palace Market Prison".split()
REGIONS = "northern southern eastern western central southeastern northwestern".split()
VEHICLES = "truck bus helicopter boat ship warplane tank car train ambulance jet ferry convoy plane van drone".split()
HAPPENINGS = (
    "bomb explosion blast airstrike storm earthquake flood fire landslide attack shooting typhoon hurricane crash "
    "avalanche tornado raid missile rocket volcano drought epidemic".split()
)
EVENTS = (
    "protest|rally|earthquake|visit|raid|attack|march|ceremony|funeral|clash|parade|meeting|flood|explosion|"
    "strike|news conference|bomb blast|campaign rally|military operation|rescue operation|training exercise"
).split("|")
COMPOUNDED = "police rebel government opposition bomb missile army car street labor student border peace prison".split()
INTRANSITIVE = (
    "march protest walk run sit stand wait gather dance sing pray sleep arrive leave speak work swim cry rest clash "
    "chant cheer vote weep kneel flee demonstrate rally strike shout celebrate queue camp mourn listen watch react "
    "play smile wave laugh train patrol pose salute look perform bow fight shop vote"
).split()
LIGHT = {
    "shake": ("hands",),
    "hold": ("hands", "talks", "signs", "placards", "flags", "a rally", "a meeting", "a sign", "candles"),
    "wave": ("flags", "a flag", "banners"),
    "chant": ("slogans",),
    "shout": ("slogans",),
    "open": ("fire",),
    "take": ("part", "pictures", "cover", "shelter", "photos", "a break", "positions"),
    "lay": ("flowers", "wreaths", "a wreath"),
    "light": ("candles", "a candle"),
    "cast": ("votes", "ballots", "a ballot"),
    "give": ("speeches", "a speech", "an interview"),
    "pay": ("respect", "tribute"),
    "stand": ("guard",),
    "throw": ("stones", "rocks", "eggs", "fireworks"),
    "fire": ("shots", "tear gas", "rockets", "rubber bullets"),
    "sign": ("autographs", "an agreement"),
    "score": ("a goal",),
    "burn": ("tyres", "an effigy", "flags"),
    "count": ("ballots",),
    "set": ("fire",),
}
WITH_PLACES = (
    "march through|march to|march toward|gather outside|gather in|line-up outside|walk past|walk along|sit in|stand on|"
    "arrive at|arrive in|flee to|flee from|run through|stand outside|wait outside|camp in|return to|return from|"
    "withdraw from|come from|drive through|fly over|live in|sit on|kneel on|swim in|enter into|travel to|cross into|"
    "look at|land at|sleep on|rest at|play in|patrol in|climb over|pass through|work in|disembark at|appear in"
).split("|")
WITH_PEOPLE = (
    "meet with|talk to|argue with|clash with|fight with|pose with|shake-hands with|speak to|walk with|dance with|"
    "shout at|wave to|listen to|look at|wait for|search for|pray for|cheer for|fire at|shoot at|bow to|fight against|"
    "protest against|demonstrate against|care for|sing for|react to|respond to|vote for|talk with|bark at|play with|"
    "collide with|campaign for|call for|apologize to|negotiate with|stare at|operate on|surrender to|crack-down on"
).split("|")
DITRANSITIVE = "give hand offer pass show bring send sell distribute throw deliver".split()
OBJECT_AND_MORE = (
    "accuse of:VAL|charge with:VAL|sentence to:VAL|protect from:THING|pull from:PLACE|drive from:PLACE|throw at:PER|"
    "fire at:PER|load onto:VEH|drop on:PLACE|carry to:PLACE|carry into:PLACE|carry through:PLACE|lift into:VEH|"
    "rescue from:PLACE|treat for:VAL|question about:VAL|beat with:TOOL|hit with:TOOL|attack with:TOOL|wrap in:THING|"
    "cover with:THING|transport to:PLACE|remove from:PLACE|escort out-of:PLACE|escort from:PLACE|lead through:PLACE|"
    "drag from:VEH|aim at:PER|hurl at:PER|unload from:VEH|evacuate from:PLACE|convict of:VAL|place on:PLACE|"
    "release from:PLACE|deport to:PLACE|disperse with:TOOL|vaccinate against:VAL|greet with:THING|arrest for:VAL"
).split("|")
VALUES = (
    "murder fraud corruption measles treason espionage terrorism cholera death justice peace robbery malaria violence "
    "freedom"
).split()
CONTROL = "try prepare wait attempt plan refuse begin continue want help".split()
CAUSING = "force order urge ask allow help teach tell".split()
AFTER_PASSIVE = (
    "kill in:EVENT|injure in:EVENT|wound in:EVENT|kill by:EVENT|injure by:EVENT|displace by:EVENT|damage by:EVENT|"
    "hit by:VEH|rescue from:PLACE|treat at:PLACE|hold at:PLACE|wound by:EVENT|destroy by:EVENT|accuse of:VAL|"
    "charge with:VAL|sentence to:VAL|surround by:PER|take to:PLACE|take into-custody:|trap in:PLACE|strand at:PLACE|"
    "see in:PLACE|bury in:PLACE|kill during:EVENT|force from:PLACE|shelter in:PLACE|bring to:PLACE|destroy in:EVENT"
).split("|")
COUNTRIES = (
    "Egypt Peru Kenya Ukraine Congo Greece France Spain Japan India Bangladesh Nigeria Ghana Tunisia Libya Iraq "
    "Syria Afghanistan Pakistan Philippines Indonesia Colombia Venezuela Ecuador Cuba Turkey Germany Austria "
    "Italy Poland Britain Ireland Nepal China Vietnam Myanmar Uganda Zimbabwe Senegal Mali Chile Brazil Mexico "
    "Haiti Yemen Lebanon"
).split()
CITIES = (
    "Cairo Lima Nairobi Kyiv Goma Athens Paris Madrid Tokyo Delhi Dhaka Lagos Accra Tunis Tripoli Baghdad Mosul "
    "Aleppo Damascus Kabul Karachi Lahore Manila Jakarta Bogota Caracas Quito Havana Ankara Istanbul Berlin "
    "Vienna Rome Warsaw London Dublin Boston Chicago Houston Seattle Beijing Shanghai Seoul Hanoi Yangon "
    "Kampala Harare Dakar Bamako"
).split()
FIRST = (
    "Anna Peter Maria John Amina Omar Li Elena David Grace Ivan Rosa Kofi Leila Hugo Nadia Paul Sara Marek Tomas "
    "Abdullah Vladimir Angela Emmanuel Fatima Jose Sergei Ahmed Carlos Kim Yusuf Mohammed Barbara Benjamin"
).split()
LAST = (
    "Keller Okoro Petrov Silva Haddad Mensah Novak Rossi Tanaka Moreno Larsen Ahmed Costa Weber Diallo Singh Park "
    "Hassan Kowalski Ortega Yildiz Popov Mwangi Nguyen Schmidt Dubois al-Hakim Karimi Johansson Castro Bianchi"
).split()
ONSETS = "b br ch d dr f g gh h j k kh kl l m n p r s sh sl t th ts v w x y z zh".split()
RHYMES = "a an ang ai ar e ek el en er i in ing ir o on ong or ov u un ul ur".split()
NAME_ENDINGS = ("", "", "", "", "a", "i", "o", "ov", "ski", "son", "ez", "oglu", "enko", "ani", "wala", "berg")
MIDDLES = ("al", "bin", "de", "van", "J.", "M.", "W.")
ACRONYMS = "U.N. NATO EU WHO FBI CIA UNICEF ISIS IS AU BBC NASA PKK FARC G-20 OPEC".split()
DOINGS = "visit cry smile strike retreat flee protest celebrate sleep return".split()
DONE_TO_THINGS = "seize destroy steal damage fire launch build hit throw confiscate recover abandon".split()
DONE_TO_PEOPLE = "stop search chase arrest beat detain treat kill wound attack hug question interview rescue".split()
STATES_OF_THINGS = [(text, "VBG") for text in "burning sinking moving floating flying collapsing passing".split()] + [
    (text, "VBN") for text in "destroyed damaged stolen seized burned abandoned flooded collapsed sunken".split()
]
RESULTS = "hold captive|hold hostage|find dead|leave dead|leave homeless|find guilty|set free|keep alive".split("|")
ATTEMPTS = "attempt|effort|operation|failed attempt|plan|bid|decision|refusal|campaign|agreement".split("|")
TITLES = (
    "President|Prime Minister|Chancellor|King|Pope|Senator|Foreign Minister|Secretary|Mayor|Judge|Gov.|Queen|Gen.|Sen.|"
    "Defense Minister|Rev.|Dr.|Vice President|Prince|Bishop|Capt.|Rep.|Sgt.|Ambassador"
).split("|")
DESCRIPTIONS = (
    "opposition leader|actress|singer|actor|activist|lawyer|presidential candidate|coach|rapper|author".split("|")
)
BODIES = (
    "Red Cross|United Nations|Green Party|European Union|National Guard|Supreme Court|Interior Ministry|World Bank|"
    "Free Syrian Army|Malaysia Airlines|Manchester United|White House|"
    "Security Council|Defense Ministry|Catholic Church|Labor Party|National Assembly|Coast Guard"
).split("|")
ARMED = "Islamic State|Boko Haram|Taliban|Hamas|Hezbollah|al-Shabab".split("|")
KIN = (
    "wife husband brother sister mother father son daughter family lawyer friend colleagues children bodyguard".split()
)
RELATIONS = (
    "relatives residents supporters members victims survivors leaders families friends employees followers fans mother "
    "father leader wife head founder commander director chairman opponents citizens owner".split()
)
MONTHS = "January February March April May June July August September Sept. Oct. Nov. Dec. Jan. Feb.".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NUMBERS = "two three four five six seven eight ten 12 20 35 60 100 200".split()
PARTICLES = frozenset("up down out off away back over".split())
PRONOUNS = frozenset(
    "he him himself she her herself they them themselves who whom everybody everyone someone somebody anyone nobody "
    "one many few other another".split()
)
