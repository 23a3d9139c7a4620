"""What nouns, missing verbs and odd spellings do to it: a table a phenomenon, in the notation of phenomena.py."""

import pytest

from tests.extract.phenomena import cases, check

ROW = ("caption", "expected")


@pytest.mark.parametrize(
    ROW,
    cases("""
A poster shows the assassination of a journalist by a sniper in Beirut.
    Life.Die(assassination) Agent=sniper Victim=journalist
# "by" and "of" are not always who acts and who undergoes.
The arrival of a new ambassador by plane on Monday.
    Movement.Arrive(arrival) Agent=ambassador Vehicle=plane
An attack on a bus by militants killed nine people near Gwadar.
    Conflict.Attack(attack) Attacker=militants Target=bus
    Life.Die(killed) Victim=people
A deadly attack in Gwadar shocked the country.
    Conflict.Attack(attack) Place=Gwadar
The shooting of a fisherman in Gwadar led to a strike.
    Conflict.Attack(shooting) Target=fisherman
# The owner acts.
Residents flee Norland's invasion of Afrin.
    Conflict.Attack(invasion) Attacker=Norland Target=Afrin
# The owner undergoes.
A crowd protests the general's arrest by marines.
    Justice.Arrest(arrest) Agent=marines Person=general
# The owner has no part in it.
A man takes cover during Tuesday's attack on a mosque.
    Conflict.Attack(attack) Target=mosque
The wedding of a prince and a dancer drew crowds in Luxor.
    Life.Marry(wedding) Person=prince|dancer
Clashes between farmers and herders left two people dead in Jos.
    Conflict.Clash(Clashes) Participant=farmers|herders
Rebels mourned a fighter after their capture of the airport in Donja.
    Conflict.Seize(capture) Agent=Rebels Target=airport
Brisk's visit to a refugee camp drew criticism.
    Movement.Visit(visit) Agent=Brisk Target=camp
"""),
)
def test_nouns_with_prepositions_and_owners(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Residents look at a house after a police raid in Cebu.
    Conflict.Attack(raid) Attacker=police
# The first half is what is used, the first half is where, the first half is when.
A drone attack killed two guards in Herat.
    Conflict.Attack(attack) Instrument=drone
A market bombing killed two guards in Herat.
    Conflict.Attack(bombing)
    Life.Die(killed) Victim=guards
# A compound whose second half is no event.
An attack helicopter lands near a protest camp in Oslo.
    not Conflict.Attack
    not Conflict.Demonstrate
A war veteran greets a rally driver at a wedding hall in Turin.
    Contact.Greet(greets) Agent=veteran Recipient=driver
    not Conflict.Demonstrate
    not Life.Marry
    not Conflict.Attack
A strike leader speaks at a press conference in Durban.
    Media.Brief Speaker=leader
    not Contact.Meet
    not Conflict.Attack
Relatives mourn the victims of a plane crash in Medan.
    Disaster.Crash(crash) Vehicle=plane
A student protest against a tax increase turned violent in Quito.
    Conflict.Demonstrate(protest) Entity=student
# Who stands before "arrest" is arrested, unless somebody else stands behind it.
The police arrest of two reporters was filmed in Minsk.
    Justice.Arrest(arrest) Agent=police Person=reporters
A lawyer protests the reporter's arrest in Minsk.
    Justice.Arrest(arrest) Person=reporter
"""),
)
def test_compounds(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A boy carries a toddler during a flood in Dhaka.
    Movement.Transport(carries) Agent=boy Artifact=toddler depicted
    Disaster.Flood(flood) during=carries
Smoke rises after an airstrike on a village near Idlib.
    Conflict.Attack(airstrike) Target=village hidden
A police officer helps a woman amid clashes with strikers in Lyon.
    Care.Help(helps) Agent=officer Person=woman
    Conflict.Clash(clashes) Participant=strikers during=helps hidden
# What stands before the comma is the background, too.
After a raid on a bank, officers arrest a clerk in Kobe.
    Justice.Arrest(arrest) Agent=officers Person=clerk depicted
    Conflict.Attack(raid) Target=bank after=arrest hidden
# "after" with a clause.
A woman weeps after soldiers killed her brother in Sagaing.
    Expression.Weep(weeps) Agent=woman depicted
    Life.Die(killed) Agent=soldiers Victim=brother after=weeps hidden
# "after" with a person or a date is no background.
Officers run after a thief in Naples.
    Movement.Chase Agent=Officers Target=thief
Fans wait ahead of a concert by a singer in Split.
    Performance.Music(concert) Performer=singer before=wait hidden
# The participant stands in the foreground only.
A minister shakes hands with a worker following a meeting in Bern.
    Contact.Handshake(shakes hands) Participant=minister|worker depicted
    Contact.Meet(meeting) Entity=minister after=shakes hidden
# What an earlier event was done to is not where the foreground is; what is done to a town is done in it.
A suspect is led away by federal agents after a raid on a warehouse in Newark.
    Movement.Lead(led away) Agent=agents Person=suspect Place=Newark
    Conflict.Attack(raid) Target=warehouse after=led
A man weeps after an attack on Kabul.
    Expression.Weep(weeps) Agent=man Place=Kabul
Mourners gather at a church after a raid.
    Gathering.Gather(gather) Agent=Mourners Place=church
"""),
)
def test_background_nouns(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A protest in front of the parliament in Tirana.
    Conflict.Demonstrate(protest) depicted Place=Tirana
    only
Funeral of a miner in Zenica, Bosnia, March 4, 2018.
    Ceremony.Bury(Funeral) Person=miner depicted Time=March 4, 2018
    only
Rescue workers at the site of a plane crash near Lome.
    Disaster.Crash(crash) Vehicle=plane
    not Emergency.Rescue
Two brothers in handcuffs outside a court in Arad.
    nothing
A portrait of Mayor Elin Brask, who was killed in an explosion.
    Life.Die(killed) Victim=Elin Brask
A street in Homs after a bombing.
    Conflict.Attack(bombing) hidden
A fire at a factory in Narayanganj, Bangladesh.
    Disaster.Burn(fire) Target=factory
# The plural verb would have a singular subject, so it is a noun.
Scene of a knife attack near a train station in Ulm.
    Conflict.Attack(attack) Instrument=knife Place=a train station|Ulm
# The first word has its capital from the sentence.
Handshake between a coach and a referee after a match in Turin.
    Contact.Handshake(Handshake) Participant=coach|referee depicted
Mass funeral for victims of a ferry accident in Zanzibar.
    Ceremony.Bury(funeral) Person=victims depicted
    Disaster.Crash(accident) Vehicle=ferry hidden
"""),
)
def test_captions_without_a_verb(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Velmora shakes hands with Prime Minister Tadeo Brisk in Vaduz.
    Contact.Handshake(shakes hands) Participant=Velmora|Tadeo Brisk
President Odra Velmora hugs a veteran in Vaduz.
    Contact.Hug(hugs) Participant=Odra Velmora|veteran
Senator Brisk visits a school in Bergen.
    Movement.Visit(visits) Agent=Brisk Target=school
Odra Velmora tours a market in Bergen, Norway.
    Movement.Visit(tours) Agent=Odra Velmora Target=market
Tadeo Brisk waves to supporters as he leaves a hotel.
    Contact.Wave(waves) Agent=Tadeo Brisk Recipient=supporters
    Movement.Depart(leaves) Agent=Tadeo Brisk Origin=hotel
Pope Anselm kisses a baby in Assisi.
    Contact.Kiss(kisses) Agent=Anselm Target=baby
Captain Odra Velmora salutes troops in Vaduz.
    Contact.Greet(salutes) Agent=Odra Velmora Recipient=troops
# A verb that was taken for the end of a name.
President Donald Malin claps as he arrives in Washington.
    Movement.Arrive(arrives) Agent=President Donald Malin Destination=Washington
President Victor Malin pauses while speaking at a rally in Lund.
    Contact.Speak(speaking) Speaker=President Victor Malin
First lady Melania Malin smiles during a meeting in Lund.
    Expression.Smile(smiles) Agent=First lady Melania Malin
# An owner and a title belong to the name behind them.
Britain's Prime Minister Theresa May welcomes a guest in London.
    Contact.Greet(welcomes) Agent=Britain's Prime Minister Theresa May Recipient=guest
Soviet leader Mikhail Gorbachev shakes hands with a senator in Lund.
    Contact.Handshake(shakes hands) Participant=Soviet leader Mikhail Gorbachev|senator
# A name right before a verb is its subject.
Afghanistan's President Ashraf Ghani speaks to religious leaders in Kabul.
    Contact.Speak(speaks) Speaker=Afghanistan's President Ashraf Ghani Audience=religious leaders
Chinese President Xi Jinping speaks at a forum in Davos.
    Contact.Speak(speaks) Speaker=Chinese President Xi Jinping
Former Oglala Tribal President Bryan Brewer testifies in Lincoln.
    Politics.Testify(testifies) Agent=Former Oglala Tribal President Bryan Brewer
# Months that persons are called by.
British Prime Minister Theresa May leaves 10 Downing Street in London, Feb. 1, 2017.
    Movement.Depart(leaves) Agent=British Prime Minister Theresa May Origin=10 Downing Street
A general talks with British Prime Minister Theresa May in Taormina, May 26, 2017.
    Contact.Talk(talks) Participant=general|British Prime Minister Theresa May
A minister greets April Jones in Lund.
    Contact.Greet(greets) Agent=minister Recipient=April Jones
Protesters met President Donald Trump May 5 in Lund.
    Contact.Meet(met) Entity=Protesters|President Donald Trump
# Initials of a state are nobody, those of a person are.
Opponents burn structures near Cannon Ball, N. D., Feb. 22, 2017.
    Disaster.Burn(burn) Agent=Opponents Target=structures Place=Cannon Ball
J. K. Rowling waves to a crowd in Lund.
    Contact.Wave(waves) Agent=J. K. Rowling Recipient=crowd
# A noun after a name is no verb.
Velmora supporters clash with police in Vaduz.
    Conflict.Clash(clash) Participant=supporters|police
The Brisk visits ended on Monday.
    not Contact.Meet
Prime Minister Tadeo Brisk addresses lawmakers in Vaduz.
    Contact.Speak(addresses) Speaker=Tadeo Brisk Audience=lawmakers
Ilsa Torv of Norland celebrates with a coach in Doha.
    Ceremony.Celebrate(celebrates) Agent=Ilsa Torv|coach
# An office of two words belongs to the name.
U.S. Secretary of State Antony Blinken is greeted by a prince in Riyadh.
    Contact.Greet(greeted) Agent=prince Recipient=U.S. Secretary of State Antony Blinken
Protesters are addressed by Secretary of State John Kerry in Kyiv.
    Contact.Speak(addressed) Speaker=Secretary of State John Kerry Audience=Protesters
"""),
)
def test_present_tense_after_a_name(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Anti-government protesters march in Minsk.
    Conflict.Demonstrate(march) Entity=Anti-government protesters
    only
A Norland-backed militia attacked an oil-rich town.
    Conflict.Attack(attacked) Attacker=militia Target=town
    only
A 12-year-old girl hugs her father-in-law in Cork.
    Contact.Hug(hugs) Participant=girl|father-in-law
    only
Soldiers test-fire a missile off Busan.
    Military.Launch(test-fire) Agent=Soldiers Artifact=missile
    only
The ex-president was re-elected on Sunday.
    Personnel.Elect(re-elected) Person=ex-president
A hit-and-run driver is arrested in Lodz.
    Justice.Arrest(arrested) Person=driver
    not Movement.Run
    not Conflict.Attack
Workers held a sit-in at a steel mill in Jamshedpur.
    Conflict.Demonstrate Entity=Workers
Norland-trained commandos rescue hostages from a plane in Tunis.
    Emergency.Rescue(rescue) Agent=commandos Person=hostages Origin=plane
# The last part of a hyphenated word is no event.
A post-war monument is unveiled in Sofia.
    Ceremony.Inaugurate(unveiled) Target=monument
    not Conflict.Attack
"""),
)
def test_hyphenated_words(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
# Who "his" is: the subject, whoever is greeted, and nobody where it can be neither.
The president of Brazil waves upon his arrival at the airport in Lisbon.
    Movement.Arrive(arrival) Agent=president
Two ministers talk to reporters after their visit to a shelter in Lima.
    Movement.Visit(visit) Agent=ministers Target=shelter
A mayor greets a bishop upon his arrival at the cathedral in Lima.
    Movement.Arrive(arrival) Agent=bishop
A widow weeps during his funeral in Lima.
    Ceremony.Bury(funeral)
A teacher listens during her speech in Lima.
    Contact.Speak(speech)
"""),
)
def test_events_of_pronouns(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
# A party of politics and one with a cake.
Supporters of opposition parties march in Lusaka.
    not Ceremony.Celebrate
A senator of the ruling party speaks in Lusaka.
    not Ceremony.Celebrate
A photo of a birthday party in Lusaka.
    Ceremony.Celebrate(party)
# What is against or for somebody is nobody.
Students hold an anti-government rally in Lusaka.
    Conflict.Demonstrate Entity=Students
A clerk retired in the 1990s and moved to a farm.
    not Life.Die
"""),
)
def test_parties_and_camps(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
# A title and the name behind it are one person.
A supporter of opposition leader Anna Berg holds a banner in Quito.
    Display.Hold(holds) Agent=supporter Artifact=banner
A minister talks with opposition leader Anna Berg in Quito.
    Contact.Talk(talks) Participant=minister|Anna Berg
# An owner and what is his are one person, in a list as well.
Portugal's Foreign Minister Rui Costa greets reporters in Lisbon.
    Contact.Greet(greets) Agent=Portugal's Foreign Minister Rui Costa Recipient=reporters
    only
President Anna Berg and Norway's King Harald VI shake hands in Oslo.
    Contact.Handshake(shake hands) Participant=President Anna Berg|Norway's King Harald VI
A senior Korean defector Ri Jong Ho speaks to reporters.
    Contact.Speak(speaks) Speaker=A senior Korean defector Ri Jong Ho Audience=reporters
# Two nouns are one weapon; but who strikes is not what with.
Bodies of men who were killed in a car bomb attack lie in Tunis.
    Conflict.Attack(attack) Instrument=car bomb
Bodies of men who were killed in a Norwegian drone strike lie in Tunis.
    Conflict.Attack(strike) Attacker=Norwegian Instrument=drone
Rebels hold a woman hostage in Quito.
    not Display.Hold
# What somebody wears does nothing, wherever the parser hung it.
Man with white beard and glasses gives a boy a book.
    Transaction.HandOver(gives) Giver=Man with white beard Recipient=boy Artifact=book
# A participle with an object behind a plural.
Women hold placards denouncing violence in Lima.
    Display.Hold(hold) Agent=Women Artifact=placards
Workers carry giant tree trunks near Belem.
    Display.Hold(carry) Agent=Workers Artifact=trunks
Students hold a banner reading 'Stop the war' in Berlin.
    Display.Hold(hold) Agent=Students Artifact=banner
    not Perception.Read
An ambulance carries the bodies of those killed in a fire.
    Movement.Transport(carries) Vehicle=ambulance Artifact=the bodies of those
# A word that is a noun and nothing else is no verb.
Ministers shake hands at the trade summit in Tunis.
    Contact.Handshake(shake hands) Participant=Ministers
"""),
)
def test_noun_phrases_torn_apart(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
# Verbs that need a word more, and words that only look like an event.
Workers load crates onto a truck in Mombasa.
    Movement.Transport(load) Agent=Workers Artifact=crates Vehicle=truck
Rioters set ablaze a bus in Quito.
    Disaster.Burn Agent=Rioters Target=bus
A tailor uses a sewing machine in Lima.
    nothing
# The weather attacks nobody.
Rain hits the coast of Haiti.
    not Conflict.Attack
"""),
)
def test_lexicon_of_loads_fires_and_weather(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Two snowboarders rescue a hiker near Oslo.
    Emergency.Rescue Agent=snowboarders Person=hiker
A stranger helps two cleaners in Riga.
    Care.Help Agent=stranger Person=cleaners
# Words with the same endings that name things, deeds and states.
President Anna Berg signs an executive order in Riga.
    Politics.Sign(signs) Agent=President Anna Berg Artifact=order
Ministers leave after a dinner meeting in Oslo.
    Contact.Meet(meeting) Entity=Ministers
A crowd waits outside a prison during a hunger strike in Lima.
    Conflict.Demonstrate(strike) Place=Lima
Officials inspect servers after a cyber attack in Riga.
    Conflict.Attack(attack) Place=Riga
Zookeepers sell ten elephants to Norway.
    Transaction.TransferOwnership(sell) Seller=Zookeepers Artifact=elephants Buyer=Norway
# Adjectives, too.
Nurses demand better treatment in Lima.
    Medical.Treat(treatment) Place=Lima
Workers marked the day with defiant rallies in Quito.
    Conflict.Demonstrate(rallies)
"""),
)
def test_words_that_end_like_those_for_persons(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
White House senior adviser Paul Weber listens as President Anna Berg speaks in Washington.
    Perception.Listen(listens) Agent=White House senior adviser Paul Weber
    Contact.Speak(speaks) Speaker=President Anna Berg
Greek Prime Minister Alexis Berg, right, answers a question after a meeting in Riga.
    Contact.Meet(meeting) Entity=Greek Prime Minister Alexis Berg
Montenegro Prime Minister Paul Weber after appearing to be pushed by Anna Berg in Riga.
    Movement.Push(pushed) Agent=Anna Berg Artifact=Montenegro Prime Minister Paul Weber
Regina Berg, vice president of a bank, speaks on stage in San Jose.
    Contact.Speak(speaks) Speaker=Regina Berg
Sylvia Berg, former chief scientist, stands inside a submarine in Oslo.
    Posture.Stand(stands) Agent=Sylvia Berg
# Two people, not one with the other's title.
Berg and President Paul Weber meet in Riga.
    Contact.Meet(meet) Entity=Berg|President Paul Weber
"""),
)
def test_whose_title_it_is(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Officials tour a packaging facility in Ohio.
    Movement.Visit(tour) Agent=Officials Target=facility
Rebels killed dozens in Goma.
    Life.Die(killed) Agent=Rebels Victim=dozens
Cockfighting enthusiasts watch a fight in Moron.
    Perception.Watch(watch) Agent=enthusiasts
Two locals wait in a cafe in Lima.
    Posture.Wait(wait) Agent=locals
Voters queue for a local election in Lima.
    Personnel.Elect(election) Place=Lima
Police stop a failed attempt to cross into Norland.
    Movement.Transport(cross) Destination=Norland
A whale attacks a boat near Oslo.
    Conflict.Attack(attacks) Attacker=whale Target=boat
# A word of the dictionary that no class has for somebody acts in nothing.
Police break a door during an operation to arrest a dealer in Lima.
    Justice.Arrest(arrest) Person=dealer
Activists condemn the disappearances of reporters in Lima.
    Contact.Demand(condemn) Agent=Activists
Smoke rises as soldiers clash with rebels in Lima.
    Conflict.Clash(clash) Participant=soldiers|rebels
The flood victims blame a report accusing a minister in Lima.
    Contact.Demand(accusing) Recipient=minister
"""),
)
def test_things_do_nothing(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Mourners attend a wake for a slain officer in Manila.
    Ceremony.Mourn(wake) Agent=Mourners Person=officer
Soldiers patrol a street in the wake of a bombing in Kabul.
    not Ceremony.Mourn
Dancers rehearse before a show in Lima.
    Performance.Music(show)
Protesters hold signs during a show of solidarity in Lima.
    not Performance.Music
Workers load a truck in Mosul.
    Work.Labor(load) Agent=Workers Target=truck
A truck loaded with goods arrives in Mosul.
    not Work.Labor
The raid left two people dead in Lima.
    Life.Die(dead) Victim=people
The relatives of the dead cried in Lima.
    not Life.Die
Militants staged an attack on behalf of a rival in Lima.
    Conflict.Attack Attacker=Militants
An officer shot a man at point-blank range in Lima.
    Conflict.Attack(shot) Attacker=officer Target=man
The government slapped new sanctions on ten companies.
    nothing
Crowds celebrate the declaration of independence in Pristina.
    Contact.Speak(declaration) Topic=independence
Three men were charged with human trafficking in Lima.
    Transaction.TransferOwnership(trafficking)
Two men play a game of chess in a park.
    Sport.Play(play) Player=men
    Sport.Play(game)
He came to power in May 2015.
    nothing
The storm brought the city to its knees.
    not Movement.Transport
The suspect was brought up in Lima.
    nothing
The suspect was brought to a court in Lima.
    Movement.Transport(brought) Artifact=suspect Destination=court
The president delivers a message in Lima.
    not Movement.Transport
Workers deliver bread to a shelter in Lima.
    Movement.Transport(deliver) Agent=Workers Artifact=bread Destination=shelter
Brutality drove families from their homes.
    nothing
A family drives a van from Lima to Norland.
    Movement.Ride(drives) Agent=family Vehicle=van Origin=Lima Destination=Norland
Flags fly at half-staff in Lima.
    nothing
A helicopter flies over Lima.
    Movement.Transport(flies) Artifact=helicopter
The emails demonstrate why the bank saw no risk.
    nothing
The government will pay attention to the report.
    nothing
An officer demonstrates a rifle to visitors in Lima.
    Display.Show(demonstrates) Agent=officer Artifact=rifle Audience=visitors
Nurses demonstrate over low pay in Lima.
    Conflict.Demonstrate(demonstrate) Entity=Nurses
A university confers a degree on a singer in Lima.
    not Contact.Meet
The government hits ten companies with sanctions.
    nothing
The pope travels to Norland.
    Movement.Transport(travels) Artifact=pope Destination=Norland
A midwife delivers a baby at a clinic in Lima.
    nothing
The crowd falls silent in Lima.
    nothing
The prime minister came under fire over the budget.
    nothing
A senator runs in the race for president.
    not Sport.Play
A runner wins the race in Lima.
    Sport.Play(race) Player=runner
Climbers reach the summit of Mount Norberg.
    not Contact.Meet
The mayor kicks off the festival in Lima.
    not Conflict.Attack
A guard kicks a prisoner in Lima.
    Conflict.Attack(kicks) Attacker=guard Target=prisoner
A striker kicks the ball in Lima.
    Sport.Play(kicks) Player=striker
Rebels drove government forces out of a town in Norland.
    nothing
A pilot flies a drone over Lima.
    Movement.Transport(flies) Agent=pilot Vehicle=drone
Fishermen carry baskets of sardines off a boat in Lima.
    Movement.Transport(carry) Agent=Fishermen Artifact=baskets of sardines
The army takes control of an airport in Norland.
    Conflict.Seize(takes control) Agent=army Target=airport
Officials hold a minute of silence in Lima.
    Ceremony.Mourn(hold) Agent=Officials
A train passes through a tunnel.
    Movement.Transport(passes) Artifact=train
Soldiers hold a parade to mark independence day in Lima.
    Ceremony.Commemorate(mark) Agent=Soldiers Occasion=independence day
A doctor gives a girl an injection in Lima.
    Medical.Vaccinate(injection) Agent=doctor Patient=girl
Police arrested a man last week in Lima.
    Justice.Arrest(arrested) Agent=Police Person=man Time=last week Place=Lima
A minister waited three hours for a bus.
    Posture.Wait(waited) Agent=minister Target=bus Time=-
The union called off a strike after talks in Lima.
    Conflict.Demonstrate(strike)
The army called off a strike on a village in Norland.
    Conflict.Attack(strike) Target=village
A judge sentenced a banker to ten years in prison.
    Justice.Sentence(sentenced) Adjudicator=judge Defendant=banker Sentence=ten years Place=-
Divers recover the wreck of an airliner off Lima.
    not Medical.Treat
A patient recovers in a hospital in Lima.
    Medical.Treat(recovers) Patient=patient
A helicopter lifts a climber off a mountain in Norland.
    not Military.Launch
Police officers form a cordon around a mosque in Lima.
    Security.Block(form) Agent=Police officers Target=mosque
Children play soccer in Lima.
    Sport.Play(play) Player=Children
Norland plays Brazil in Lima.
    Sport.Play(plays) Player=Norland Opponent=Brazil
A guard holds a basketball in Lima.
    Display.Hold(holds) Agent=guard Artifact=basketball
Police use a water cannon against protesters in Lima.
    Conflict.Attack(use) Attacker=Police Instrument=a water cannon Target=protesters
A nurse takes the temperature of a passenger in Lima.
    Medical.Treat(takes) Agent=nurse Patient=passenger
A truck carries crates of fish in Lima.
    Movement.Transport(carries) Vehicle=truck Artifact=crates
A girl carries a crate of fish in Lima.
    Display.Hold(carries) Agent=girl Artifact=crate
"""),
)
def test_set_phrases(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
Thousands fled persecution in Norland.
    Movement.Depart(fled) Agent=Thousands
A minister sent clear signals to investors in Lima.
    nothing
An ambassador sent troops to Norland.
    Movement.Transport(sent) Agent=ambassador Artifact=troops Destination=Norland
She entered politics in Lima.
    nothing
Workers entered a mine in Lima.
    Movement.Arrive(entered) Agent=Workers Destination=mine
Inspectors investigate a scandal in Lima.
    Work.Inspect(investigate) Agent=Inspectors Target=scandal
A man walks to safety in Lima.
    Movement.Walk(walks) Agent=man
"""),
)
def test_ideas_are_no_things_and_no_places(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# The tagger of names takes these for persons.
Families flee Mosul on foot.
    Movement.Depart(flee) Agent=Families Origin=Mosul
Troops enter Raqqa at dawn.
    Movement.Arrive(enter) Agent=Troops Destination=Raqqa
Nurses treat a miner in Rio de Janeiro.
    Medical.Treat(treat) Agent=Nurses Patient=miner Place=Rio de Janeiro
Protesters march in downtown Los Angeles.
    Conflict.Demonstrate(march) Entity=Protesters Place=downtown Los Angeles
Police chase a thief through downtown Johannesburg.
    Movement.Chase(chase) Agent=Police Target=thief Place=downtown Johannesburg
# Who is called like a city is a person unless a place is asked for.
Police arrest a man in Jackson, Mississippi.
    Justice.Arrest(arrest) Agent=Police Person=man Place=Jackson, Mississippi
Jackson carries a child.
    Movement.Transport(carries) Agent=Jackson Artifact=child
Police arrest Victoria Berg in Lima.
    Justice.Arrest(arrest) Agent=Police Person=Victoria Berg Place=Lima
"""),
)
def test_names_of_cities(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
A truck carries a container to the port.
    Movement.Transport(carries) Vehicle=truck Artifact=container Destination=port
Boats carry migrants to Greece.
    Movement.Transport(carry) Vehicle=Boats Artifact=migrants Destination=Greece
A police van transports prisoners from a court.
    Movement.Transport(transports) Vehicle=van Artifact=prisoners Origin=court
A driver carries a box to the truck.
    Movement.Transport(carries) Agent=driver Artifact=box
A woman carries a toy truck.
    Movement.Transport(carries) Agent=woman Artifact=truck
A missile strikes a bridge.
    Conflict.Attack(strikes) Instrument=missile Target=bridge
"""),
)
def test_vehicles_that_act(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# What is coordinated below "of" belongs to it.
The leaders of France and Germany lay a wreath.
    Ceremony.Mourn(lay) Agent=The leaders of France and Germany
The fathers of two boys and a girl cry.
    Expression.Weep(cry) Agent=The fathers of two boys and a girl
Victims of the fire and volunteers leave a hall.
    Movement.Depart(leave) Agent=Victims of the fire|volunteers Origin=hall
The president of Botswana and a nurse meet a child.
    Contact.Meet(meet) Entity=president|nurse|child
# Who seeks, who is dismissed, what rolls.
Soldiers search for survivors.
    Emergency.Seek(search) Agent=Soldiers Target=survivors
Soldiers search a house.
    Justice.Search(search) Agent=Soldiers Target=house
A judge dismissed the charges against the senator.
    Justice.Charge(charges) Defendant=senator
    not Personnel.EndPosition
The president dismissed a general.
    Personnel.EndPosition(dismissed) Entity=president Person=general
A tank rolls through a village.
    Movement.Transport(rolls) Artifact=tank
Workers roll a barrel into a shed.
    Movement.Push(roll) Agent=Workers Artifact=barrel
A gunman was killed in a shootout with police.
    Conflict.Clash(shootout) Participant=police
"""),
)
def test_coordination_below_of_and_more_lexicon(caption: str, expected: str) -> None:
    check(caption, expected)
