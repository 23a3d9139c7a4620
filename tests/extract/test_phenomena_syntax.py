"""What the clauses of captions do to who did what to whom: a table a phenomenon, in the notation of phenomena.py."""

import pytest

from tests.extract.phenomena import cases, check

ROW = ("caption", "expected")


@pytest.mark.parametrize(
    ROW,
    cases("""
Officers in riot gear arrest a teacher and a nurse in Lima, Peru, on May 3, 2019.
    Justice.Arrest(arrest) Agent=Officers in riot gear Person=teacher|nurse Place=Lima, Peru Time=May 3, 2019
    only
# The verb looks like a noun, and its subject is a compound.
Border guards search trucks near Tacna, Peru.
    Justice.Search(search) Agent=guards Target=trucks
    only
# A time without preposition is no object.
Soldiers raided a village Tuesday night.
    Conflict.Attack(raided) Attacker=Soldiers Target=village
    only
# An object that is counted.
A hurricane destroyed hundreds of homes along the coast of Belize.
    Disaster.Destroy(destroyed) Target=homes
    Disaster.Storm(hurricane)
    only
# An adverb between subject and verb.
Two masked gunmen fatally shot a taxi driver in Karachi on Monday.
    Conflict.Attack(shot) Attacker=gunmen Target=driver Place=Karachi
    only
A miner carries a toddler across a river near Quito.
    Movement.Transport(carries) Agent=miner Artifact=toddler
    only
# Every word could be a noun.
Riot police fire rubber bullets at demonstrators blocking a highway near Arequipa.
    Conflict.Attack(fire) Attacker=police Instrument=bullets Target=demonstrators
    Security.Block(blocking) Agent=demonstrators Target=highway
    not Disaster.Burn
Farmers block roads with tractors in Lyon.
    Security.Block(block) Agent=Farmers Target=roads Instrument=tractors
# The verb has the tag of an adjective.
Farm workers harvest grapes in Mendoza.
    Work.Farm(harvest) Agent=workers Artifact=grapes
"""),
)
def test_active_transitive(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A baker was arrested by two officers outside a bank in Oslo.
    Justice.Arrest(arrested) Agent=officers Person=baker
    only
# "by" opens a place.
A wounded sailor is being treated by the roadside in Aden.
    Medical.Treat(treated) Patient=sailor
    only
# "by" opens a time.
All the hostages were freed by Tuesday morning.
    Justice.Release(freed) Person=hostages
    only
# "by" opens a vehicle.
Villagers were evacuated by helicopter from Tarma.
    Movement.Transport(evacuated) Artifact=Villagers Vehicle=helicopter Origin=Tarma
    only
# The perfect is no passive.
Rebels have attacked a convoy near Goma.
    Conflict.Attack(attacked) Attacker=Rebels Target=convoy
# The receiver becomes the subject.
A swimmer was handed a medal by a princess in Malmo.
    Transaction.HandOver(handed) Recipient=swimmer Artifact=medal Giver=princess
    only
Medals were handed to two swimmers by a princess in Malmo.
    Transaction.HandOver(handed) Recipient=swimmers Artifact=Medals Giver=princess
    only
A smuggler got arrested at the airport.
    Justice.Arrest(arrested) Person=smuggler Place=airport
    only
# A passive clause behind "as".
Sailors salute as the coffin of an admiral is carried past.
    Contact.Greet(salute) Agent=Sailors
    Movement.Transport(carried) Artifact=the coffin of an admiral
"""),
)
def test_passive(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A student detained by troops sits on a curb in Harare.
    Justice.Arrest(detained) Agent=troops Person=student
    Posture.Sit(sits) Agent=student Support=curb
A man wounded in a bombing is carried to a hospital in Kabul.
    Life.Injure(wounded) Victim=man
    Movement.Transport(carried) Artifact=man Destination=hospital
# The participle has the form of the past, but there is no other verb: it is the verb of the sentence.
Thousands of protesters marched through the streets of Lima on Sunday.
    Conflict.Demonstrate(marched) Entity=protesters
    only
Police officers detained two activists in Minsk.
    Justice.Arrest(detained) Agent=officers Person=activists
    only
# So it is where the verb has no passive.
Tibetan refugees fled to Jordan in boats.
    Movement.Depart(fled) Agent=refugees Destination=Jordan Vehicle=boats
    only
Seven sailors perished in an explosion near Dakar.
    Life.Die(perished) Victim=sailors
# But not where it has one.
A minister injured in a knife attack in Seoul.
    Life.Injure(injured) Victim=minister
# The participle behind an adverb belongs to the noun before it, not to who rides.
A boy rides his bike through a village recently liberated by rebels.
    Movement.Ride(rides) Agent=boy Vehicle=his bike
    Conflict.Seize(liberated) Agent=rebels Target=village
# A verb behind an apposition was one more noun to the parser.
Vanita Gupta, incoming president of a union, testifies on Capitol Hill.
    Politics.Testify(testifies) Agent=Vanita Gupta
# The same form, with the verb of the sentence behind it.
Protesters gathered outside a court in Tunis chant slogans.
    Gathering.Gather(gathered) Agent=Protesters
    Expression.Chant(chant slogans) Agent=Protesters
Police officers carrying shields push back a crowd in Athens.
    Movement.Push(push back) Agent=officers Artifact=crowd
A boy rescued from a well smiles at reporters in Pune.
    Emergency.Rescue(rescued) Person=boy Origin=well
    Expression.Smile(smiles) Agent=boy Target=reporters
# The participle stands after the object, and says what the object does.
Medics treat a woman injured in a stampede in Mecca.
    Medical.Treat(treat) Agent=Medics Patient=woman
    Life.Injure(injured) Victim=woman
# The participle stands after a comma, and says what the subject does.
A guard stands outside a bank, holding a rifle.
    Display.Hold(holding) Agent=guard Artifact=rifle
    Posture.Stand(stands) Agent=guard
# A caption that is a noun with a participle.
A firefighter seen rescuing a dog from a burning house in Porto.
    Emergency.Rescue(rescuing) Agent=firefighter Person=dog Origin=house depicted
# Three verbs that are participles by their form; the second is none.
Troops backed by tanks stormed a town held by rebels, killing six people.
    Conflict.Attack(stormed) Attacker=Troops Target=town
    Life.Die(killing) Agent=Troops Victim=people
# The participle belongs to the nearer noun, and its verb has a particle.
The funeral of a soldier killed in a clash with rebels in Donja.
    Ceremony.Bury(funeral) Person=soldier depicted
    Life.Die(killed) Victim=soldier
Police clear a camp set up by migrants in Calais.
    Work.Clean(clear) Agent=Police Target=camp
    Work.Build(set up) Agent=migrants Artifact=camp
# A participle that is a noun as well.
Smoke rises from a building hit by a missile in Sumy.
    Conflict.Attack(hit) Target=building Instrument=missile
# The first participle is one, the second is the verb of the sentence.
A plane carrying troops landed in Vaduz.
    Movement.Arrive(landed) Agent=plane Destination=Vaduz
Demonstrators demanding the release of prisoners clash with guards in Caracas.
    Conflict.Clash(clash) Participant=Demonstrators|guards depicted
Customs officers display ivory seized from smugglers in Mombasa.
    Display.Show(display) Agent=officers Artifact=ivory
    Conflict.Seize(seized) Target=ivory
# A participle between commas is passive whatever stands behind it, and its adjective is nobody.
An earthquake survivor, pulled alive from the rubble by Turkish rescuers, is embraced by her brother.
    Movement.Drag(pulled) Agent=rescuers Artifact=survivor
    Contact.Hug(embraced) Participant=survivor|brother primary
    Disaster.Destroy(rubble)
A baby, rescued alive from the ruins by firefighters, is treated by doctors.
    Emergency.Rescue(rescued) Agent=firefighters Person=baby
    Medical.Treat(treated) Agent=doctors Patient=baby primary
    Disaster.Destroy(ruins)
# An article makes the adjective a person.
Medics treat the wounded in a tent.
    Medical.Treat(treat) Agent=Medics Patient=the wounded Place=tent
Several were arrested by guards.
    Justice.Arrest(arrested) Agent=guards Person=Several
"""),
)
def test_participles(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A driver who hit a cyclist leaves a court in Turin.
    Conflict.Attack(hit) Attacker=driver Target=cyclist
    Movement.Depart(leaves) Agent=driver Origin=court
# The noun is the object of its relative clause.
A journalist whom soldiers beat in Juba shows his bruises.
    Conflict.Attack(beat) Attacker=soldiers Target=journalist
The senator that protesters booed greets a supporter in Dover.
    Expression.Chant(booed) Agent=protesters
    Contact.Greet(greets) Agent=senator Recipient=supporter
# No relative pronoun at all.
A woman shows a photo of the son police arrested in Manila.
    Justice.Arrest(arrested) Agent=police Person=son
# A passive relative clause.
A priest who was kidnapped by gunmen hugs his sister in Jos.
    Conflict.Seize(kidnapped) Agent=gunmen Target=priest
    Contact.Hug(hugs) Participant=priest|sister
# The relative clause belongs to the nearer noun.
Police arrest a man who attacked a priest in Nice.
    Justice.Arrest(arrest) Agent=Police Person=man
    Conflict.Attack(attacked) Attacker=man Target=priest
# Gap behind a preposition.
A widow stands by the house in which her husband was shot.
    Conflict.Attack(shot) Target=husband
# "where" is a place.
A girl lights a candle at a church where gunmen killed six people.
    Life.Die(killed) Agent=gunmen Victim=people
"""),
)
def test_relative_clauses(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Police chase and arrest a thief in Bogota.
    Movement.Chase(chase) Agent=Police Target=thief
    Justice.Arrest(arrest) Agent=Police Person=thief
# Each verb has its own object.
A nurse hugs a patient and kisses a baby.
    Contact.Hug(hugs) Participant=nurse|patient
    Contact.Kiss(kisses) Agent=nurse Target=baby
    only
# Each clause has its own subject.
Protesters throw stones and police fire tear gas in Nairobi.
    Movement.Throw(throw) Agent=Protesters Artifact=stones
    Conflict.Attack(fire) Attacker=police Instrument=gas
# Distributive: each of the two was arrested, by each of the two.
Soldiers and policemen arrested a teacher, a baker and a student in Kigali.
    Justice.Arrest(arrested) Agent=Soldiers|policemen Person=teacher|baker|student
    only
# Collective: they shook hands with each other, and nobody else's.
The mayor of Ghent and a bishop shake hands.
    Contact.Handshake(shake hands) Participant=mayor|bishop
    only
A fisherman was killed and two sailors were injured in a collision off Bari.
    Life.Die(killed) Victim=fisherman
    Life.Injure(injured) Victim=sailors
# The passive is shared.
A clerk was beaten and robbed by two men in Cali.
    Conflict.Attack(beaten) Attacker=men Target=clerk
# The second noun has its own clause.
A farmer feeds a cow and his wife milks a goat.
    Care.Feed(feeds) Agent=farmer Recipient=cow
    Work.Farm(milks) Agent=wife Artifact=goat
# "Stop" denies what hangs on it, not what stands beside it.
Border police stop and search a truck at a checkpoint in Edirne.
    Security.Block(stop) Agent=police Target=truck positive
    Justice.Search(search) Agent=police Target=truck positive
Officials say the rebels killed ten hostages and released three others.
    Life.Die(killed) Agent=rebels Victim=hostages hidden
    Justice.Release(released) Agent=rebels Person=others hidden
# What is denied is coordinated with nothing.
Protesters, not police, burned the car.
    Disaster.Burn(burned) Agent=Protesters Target=car
The president, not the king, signed the law.
    Politics.Sign(signed) Agent=president Artifact=law
"""),
)
def test_coordination(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Gunmen opened fire on a wedding party in Mosul.
    Conflict.Attack(opened fire) Attacker=Gunmen Target=party
    not Emergency.Extinguish
    not Disaster.Burn
The foreign minister of Chile holds talks with a union leader in Santiago.
    Contact.Meet(holds talks) Entity=minister|leader
    only
A suspected smuggler was taken into custody by marines in Nampula.
    Justice.Arrest(taken into custody) Agent=marines Person=smuggler
    only
A senator delivers a speech to students in Boston.
    Contact.Speak(speech) Speaker=senator Audience=students
    only
# A light verb with a modified noun.
A singer gave a long interview to a reporter in Seoul.
    Media.Interview(interview) Journalist=reporter Subject=singer
    only
# The verb means what it says.
A vendor holds a radio while two guards talk in Accra.
    Display.Hold(holds) Agent=vendor Artifact=radio
    Contact.Talk(talk) Participant=guards
    not Contact.Meet
A cook opened an oven as a fire burned in a hotel.
    not Conflict.Attack
Rebels carried out an attack on a mine in Kolwezi.
    Conflict.Attack Attacker=Rebels Target=mine
    only
# A passive light verb.
A minute of silence was held and candles were lit.
    not Conflict.Demonstrate
Prosecutors pressed charges against a banker in Zug.
    Justice.Charge Prosecutor=Prosecutors Defendant=banker
    not Movement.Push
Rival fans exchanged blows outside a stadium in Belgrade.
    Conflict.Clash(exchanged blows) Participant=fans
Pirates took the captain hostage off Somalia.
    Conflict.Seize(took) Agent=Pirates Target=captain
Pirates seized the ship and took its crew hostage.
    Conflict.Seize(seized) Agent=Pirates Target=ship
    Conflict.Seize(took) Agent=Pirates Target=crew
Two students were taken hostage by gunmen in Kano.
    Conflict.Seize(taken hostage) Agent=gunmen Target=students
Rebels held Odra Velmora captive in Vaduz.
    Conflict.Seize Agent=Rebels Target=Odra Velmora
Pirates took the captain to a beach.
    Movement.Transport(took) Agent=Pirates Artifact=captain Destination=beach
    only
Students take part in a protest in Paris.
    Gathering.Attend(take part) Agent=Students
    not Conflict.Seize
President Emmanuel Macron shakes hands with German Chancellor Olaf Scholz.
    Contact.Handshake(shakes hands) Participant=President Emmanuel Macron|German Chancellor Olaf Scholz
# With other words between, the noun that names the event by itself is the trigger.
Rebels launched a second attack on a checkpoint in Lima.
    Conflict.Attack(attack) Attacker=Rebels Target=checkpoint
Students stage a noisy protest in Lima.
    Conflict.Demonstrate(protest) Entity=Students
Students stage protests in Lima.
    Conflict.Demonstrate(stage protests) Entity=Students
Police take a teacher into custody in Lima.
    Justice.Arrest(take) Agent=Police Person=teacher
# The parser tears "air strikes" apart.
Relatives carry the bodies of civilians killed in air strikes during a battle in Lima.
    Movement.Transport(carry) Agent=Relatives Artifact=the bodies of civilians
    Conflict.Attack(strikes)
    not Conflict.Demonstrate
# Without an auxiliary the parser takes "crossed" for passive.
Rebel fighters crossed into Norland.
    Movement.Transport(crossed) Artifact=fighters Destination=Norland
The video shows girls abducted from a school in Lima.
    Conflict.Seize(abducted) Target=girls
# The parser takes what comes behind a colour for a noun.
A police officer in blue embraces a soldier in an orange coat in Lima.
    Contact.Hug(embraces) Participant=A police officer in blue|a soldier in an orange coat Place=Lima
"""),
)
def test_light_verbs(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Militants gunned down a judge in Quetta.
    Life.Die(gunned down) Agent=Militants Victim=judge
    only
A judge was gunned down outside his home in Quetta.
    Life.Die(gunned down) Victim=judge
    only
# Setting off is leaving, setting something off is not.
Climbers set off for a mountain hut in Nepal.
    Movement.Depart(set off) Agent=Climbers Destination=hut
    not Conflict.Attack
Insurgents set off a bomb near a market in Basra.
    Conflict.Attack Attacker=Insurgents Instrument=bomb
    not Movement.Depart
# The particle stands behind the object.
A boy picks a coin up in Riga.
    Movement.PickUp Agent=boy Artifact=coin
    only
Firefighters put out a blaze in a warehouse in Lagos.
    Emergency.Extinguish(put out) Agent=Firefighters
    not Movement.PutDown
# The preposition is no particle.
A girl looks up a tower in Pisa.
    not Perception.Read
A judge swears in a new governor in Salta.
    Personnel.SwearIn(swears) Agent=judge Person=governor
    only
A new governor is sworn in by a judge in Salta.
    Personnel.SwearIn(sworn in) Agent=judge Person=governor
    only
A bomb went off in a market in Basra.
    Conflict.Attack(went off) Instrument=bomb
    only
"""),
)
def test_particles(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A car bomb exploded near a hotel in Mogadishu.
    Conflict.Attack(exploded) Instrument=bomb
# The subject of "die" and "drown" undergoes; the subject of "kill" acts.
A fisherman drowned in a lake near Osh.
    Life.Die(drowned) Victim=fisherman
    only
Six people died when a ferry sank off Samar.
    Life.Die(died) Victim=people
    Disaster.Crash(sank) Vehicle=ferry
A bridge collapsed in Genoa.
    Disaster.Destroy(collapsed) Target=bridge
    only
A house burns in a suburb of Perth.
    Disaster.Burn(burns) Target=house
    only
Protesters burn a flag in Dhaka.
    Disaster.Burn(burn) Agent=Protesters Target=flag
    only
# Symmetric: whoever stands where, both take part.
A bishop met with a rabbi in Haifa.
    Contact.Meet(met) Entity=bishop|rabbi
    only
Students clashed with police in Santiago.
    Conflict.Clash(clashed) Participant=Students|police
    only
Two brothers wed two sisters in Pune.
    Life.Marry(wed) Person=brothers|sisters
    only
# The thing hit is no party to a symmetric event.
Two trucks collided on a highway near Graz.
    Disaster.Crash(collided) Vehicle=trucks
    only
"""),
)
def test_unaccusative_and_symmetric_verbs(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
# Realised: it happened, and the object did it.
Police forced a driver to leave a square in Ankara.
    Movement.Depart(leave) Agent=driver Origin=square asserted
A medic helps a woman climb a wall in Aleppo.
    Movement.Climb(climb) Agent=woman Target=wall asserted
Officers made a suspect kneel on a road.
    Posture.Kneel(kneel) Agent=suspect asserted
# Not realised: it was wanted only.
The general ordered soldiers to attack a village.
    Conflict.Attack(attack) Attacker=soldiers Target=village other hidden
A farmer asked a judge to release his son.
    Justice.Release(release) Agent=judge Person=son other
# The subject would do it, not the object.
A union leader promised workers to meet a minister.
    Contact.Meet(meet) Entity=leader|minister other
# Kept from happening.
Guards prevented a man from entering a stadium in Doha.
    Movement.Arrive(entering) Agent=man Destination=stadium negative
Soldiers failed to capture a rebel leader in Bria.
    Justice.Arrest(capture) Agent=Soldiers Person=leader negative
# The subject does both.
A widow begins to weep at a funeral in Gaza.
    Expression.Weep(weep) Agent=widow asserted
A crowd watches a man jump into a river in Sarajevo.
    Movement.Jump(jump) Agent=man Target=river
    Perception.Watch(watches) Agent=crowd Target=man
# What somebody is accused of need not have happened.
A man accused of killing a priest is escorted by officers to a court in Lublin.
    Life.Die(killing) Agent=man Victim=priest other hidden
    Movement.Lead(escorted) Agent=officers Person=man Destination=court depicted
Police guards watch protesters burn tires in Beirut.
    Disaster.Burn(burn) Agent=protesters Target=tires
"""),
)
def test_causatives_and_control(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
The raid was staged by police in Goma.
    Conflict.Attack(raid) Attacker=police Place=Goma
A rally organized by teachers blocked a road in Lima.
    Conflict.Demonstrate(rally) Entity=teachers
An attack claimed by rebels killed ten guards in Goma.
    Conflict.Attack(attack) Attacker=rebels
The shooting of two officers was carried out by a lone gunman.
    Conflict.Attack(shooting) Attacker=gunman Target=officers
# Who does something else with it does not do it.
A raid watched by residents ended in Goma.
    Conflict.Attack(raid)
"""),
)
def test_passives_that_say_who_does_what_a_noun_names(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Women walk back to their homes in Leer.
    Movement.Walk(walk) Agent=Women Destination=homes
A minister arrived Friday in Lima for talks.
    Movement.Arrive(arrived) Agent=minister Destination=Lima
Refugees wait to go back to Norland.
    Movement.Transport(go) Artifact=Refugees Destination=Norland
# An adverb before the verb has nothing behind it.
The minister again visits a camp in Lima.
    Movement.Visit(visits) Agent=minister Target=camp Place=Lima
"""),
)
def test_phrases_behind_adverbs_and_times(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
People shot by IS lie in a street in Mosul.
    Conflict.Attack(shot) Attacker=IS Target=People
Strikes against IS forces destroyed a bridge in Mosul.
    Conflict.Attack(Strikes) Target=IS forces
Soldiers battle rebels in Mosul.
    Conflict.Clash(battle) Participant=Soldiers|rebels
Iraqi forces battle IS in Mosul.
    Conflict.Clash(battle) Participant=Iraqi forces|IS
Doctors battle an outbreak in Goma.
    not Conflict.Clash
"""),
)
def test_islamic_state_and_battles(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# Who did it stands below a state, or has it on his hands.
A gunman was shot dead by police in Lyon.
    Conflict.Attack(shot) Attacker=police Target=gunman Place=Lyon
A gunman was found dead by police in Lyon.
    Life.Die(dead) Victim=gunman
    not Conflict.Attack
Two men were killed at the hands of rebels.
    Life.Die(killed) Agent=rebels Victim=men
Two men were treated for burns on their hands.
    Medical.Treat(treated) Patient=men
# An event of which the object says how much.
Dozens of nurses who took part in demonstrations were arrested.
    Conflict.Demonstrate(demonstrations) Entity=Dozens of nurses
Rebels conducted most of the raids in the north.
    Conflict.Attack(raids) Attacker=Rebels
Rebels hid most of the raids from the press.
    Conflict.Attack(raids) positive
A mayor was charged with taking bribes from builders.
    Transaction.TransferMoney(taking bribes) Recipient=mayor Giver=builders
A mayor paid bribes to inspectors.
    Transaction.TransferMoney Giver=mayor Recipient=inspectors
Planes drop bombs on a village.
    Conflict.Attack(drop bombs) Instrument=Planes Target=village
A child drops a bag on the floor.
    not Conflict.Attack
# A thing is nobody who arrives.
The report says when he arrived in Lima.
    Movement.Arrive(arrived) Agent=he Destination=Lima
A guest says when he arrived in Lima.
    Movement.Arrive(arrived) Agent=guest Destination=Lima
Fishing in Lagos feeds three families.
    Care.Feed(feeds) Recipient=families
    Work.Farm(Fishing) Place=Lagos
Fishing in Lagos, a man feeds his family.
    Care.Feed(feeds) Agent=man Recipient=family
"""),
)
def test_who_does_it_and_how_much_of_it(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# Who kills in an attack attacks.
Militants killed two guards in an attack on a bank.
    Conflict.Attack(attack) Attacker=Militants Target=bank
Two guards were killed by militants in an attack on a bank.
    Conflict.Attack(attack) Attacker=militants Target=bank
Militants killed two guards in an attack by rebels.
    Conflict.Attack(attack) Attacker=rebels
Two guards were killed in an attack on a bank.
    Conflict.Attack(attack) Target=bank
# What the parser takes for a predicate, a verb or a subject of its own.
A gunman attacked the Reina nightclub in Istanbul.
    Conflict.Attack(attacked) Attacker=gunman Target=nightclub
A woman became a doctor in Lima.
    nothing
The assault on eastern Aleppo is taking its toll.
    Conflict.Attack(assault) Target=Aleppo
Four men were convicted in the killing of a woman.
    Life.Die(killing) Victim=woman
Supporters speak during a gathering of nurses in Lima.
    Gathering.Gather(gathering) Agent=nurses Place=Lima
# "They" are those who act, "them" are others.
Police units advance as they fire at protesters.
    Conflict.Attack(fire) Attacker=Police units Target=protesters
Families wait until units are close enough to protect them.
    Security.Guard(protect) Target=Families
"""),
)
def test_violence_and_what_the_parser_misplaces(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
Migrants rescued from a sinking dinghy disembark at the port.
    Emergency.Rescue(rescued) Person=Migrants Origin=dinghy
    Movement.Arrive(disembark) Agent=Migrants Destination=port
A woman holding a baby crosses a river with other refugees.
    Care.Hold(holding) Agent=woman Person=baby
    Movement.Transport(crosses) Artifact=woman
Norland's invasion of Sweden displaced thousands.
    Conflict.Attack(invasion) Attacker=Norland Target=Sweden
    Movement.Transport(displaced) Artifact=thousands
A police raid on a warehouse in Milan led to two arrests.
    Conflict.Attack(raid) Attacker=police Target=warehouse Place=Milan
# What somebody goes through or is given something against is no part of him.
A child is carried by her father through flood waters.
    Movement.Transport(carried) Agent=her father Artifact=child
A nurse vaccinates an elderly man against measles.
    Medical.Vaccinate(vaccinates) Agent=nurse Patient=an elderly man
The pope blesses a child in St. Peter's Square.
    Religion.Pray(blesses) Agent=pope Target=child Place=St. Peter's Square
The bodies of three soldiers were flown home.
    Movement.Transport(flown) Artifact=The bodies of three soldiers
A pilot flies a plane over the city.
    Movement.Transport(flies) Agent=pilot Vehicle=plane
"""),
)
def test_verbs_and_phrases_that_were_lost(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# A past without a passive, an infinitive inside its object, a subject inside its verb.
The prime minister resigned on Sunday.
    Personnel.EndPosition(resigned) Person=minister
Two suspects arrested in Lima.
    Justice.Arrest(arrested) Person=suspects
Demonstrators try to storm parliament.
    Conflict.Attack(storm) Attacker=Demonstrators Target=parliament other
The U.N. envoy arrives for peace talks in Geneva.
    Movement.Arrive(arrives) Agent=envoy Destination=Geneva
A Palestinian hurls a stone at a soldier.
    Movement.Throw(hurls) Agent=Palestinian Artifact=stone Target=soldier
Troops from Chad fought rebel fighters in Mali.
    Conflict.Clash(fought) Participant=Troops|fighters Place=Mali
A bus carrying pilgrims plunged into a ravine, killing 20 people.
    Movement.Transport(carrying) Vehicle=bus Artifact=pilgrims
    Life.Die(killing) Instrument=bus Victim=people
# What a court finds stands behind whom it judges.
The jury found him guilty of murder.
    Justice.Convict(found) Adjudicator=jury Defendant=him Crime=murder
A man was found guilty of fraud by a court in Lima.
    Justice.Convict(found guilty) Adjudicator=court Defendant=man Crime=fraud
The jury found the officer not guilty of fraud.
    Justice.Acquit(found) Adjudicator=jury Defendant=officer Crime=fraud
    not Justice.Convict
The company went bankrupt in May.
    Business.DeclareBankruptcy(went bankrupt) Organization=company
# Who he is ends where it says where from, or when.
Gunmen kidnapped three aid workers from their car.
    Conflict.Seize(kidnapped) Agent=Gunmen Target=three aid workers
Fighters from the People's Units inspect a house.
    Work.Inspect(inspect) Agent=Fighters from the People's Units Target=house
Tourists take pictures of the Eiffel Tower.
    Media.Photograph(take pictures) Agent=Tourists Target=Tower
The striker scores a goal against Brazil.
    Sport.Play(scores) Player=striker Opponent=Brazil Place=-
Election workers count ballots in Kyiv.
    Politics.CountVotes(count ballots) Agent=workers
"""),
)
def test_subjects_objects_and_verdicts(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# A plural right before what is a verb and a noun is its subject.
U.S. Marines fire at Taliban positions in Helmand.
    Conflict.Attack(fire) Attacker=Marines Target=positions Place=Helmand
Veterans march in London.
    Conflict.Demonstrate(march) Entity=Veterans Place=London
A protest march in London ended.
    Conflict.Demonstrate(march) Place=London
A man holds the body of his son, killed by soldiers, in Aleppo.
    Life.Die(killed) Agent=soldiers Victim=his son
A guard holds a flag, watched by soldiers.
    Perception.Watch(watched) Agent=soldiers Target=guard
A striker celebrates scoring against Brazil.
    Ceremony.Celebrate(celebrates) Agent=striker
    Sport.Play(scoring) Player=striker Opponent=Brazil
Soldiers retook the town from militants.
    Conflict.Seize(retook) Agent=Soldiers Target=the town
A runner wins the Berlin marathon.
    Sport.Play(marathon) Player=runner
A coast guard boat intercepts migrants.
    Security.Block(intercepts) Instrument=boat Target=migrants
A child is pulled from a school in Port-au-Prince, Haiti.
    Movement.Drag(pulled) Artifact=child Place=Port-au-Prince, Haiti
"""),
)
def test_verbs_behind_plurals_and_names_with_hyphens(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# What a blast does is the blast, and what it shakes is where it is.
An explosion ripped through a crowded market.
    Conflict.Attack(explosion) Place=market
    only
A blast rocked the capital.
    Conflict.Attack(blast) Place=capital
    only
A band rocked the capital.
    not Conflict.Attack
Police inspect the site of a blast which struck worshippers.
    Conflict.Attack(blast) Target=worshippers
# A verb between what has an owner and a plural.
A teachers' strike closed schools in Lima.
    Conflict.Demonstrate(strike) Entity=teachers
Police rescue a man's injured dogs in Lima.
    Emergency.Rescue(rescue) Agent=Police Person=dogs Place=Lima
"""),
)
def test_blasts_and_verbs_behind_owners(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# Who uses a thing to do something does it, with the thing.
Guards use batons to beat a student in Harare.
    Conflict.Attack(beat) Attacker=Guards Instrument=batons Target=student asserted
Villagers use a boat to cross a lake in Assam.
    Movement.Transport(cross) Artifact=Villagers Vehicle=boat asserted
Medics use ladders and ropes to rescue a climber.
    Emergency.Rescue(rescue) Agent=Medics Person=climber Instrument=ladders|ropes asserted
A painter used to live in Cairo.
    nothing
# Where something is thrown or loaded is no part of it.
Protesters throw eggs toward a minister in Lyon.
    Movement.Throw(throw) Agent=Protesters Artifact=eggs Target=minister
Soldiers load a coffin onto a plane.
    Movement.Transport(load) Agent=Soldiers Artifact=coffin Vehicle=plane
A van crashed into a bus.
    Disaster.Crash(crashed) Vehicle=van Target=bus
The king opened an inquiry into the crash.
    not Ceremony.Inaugurate
# Who collapses falls; what collapses is destroyed.
A singer collapses on a stage in Lyon.
    Movement.Fall(collapses) Agent=singer
A bridge collapsed in Genoa.
    Disaster.Destroy(collapsed) Target=bridge
A portion of a tunnel collapsed.
    Disaster.Destroy(collapsed) Target=A portion of a tunnel
A tenor lies on a sofa.
    Posture.Lie(lies) Agent=tenor Support=sofa
# During a strike nobody works; a strike on something is a blow.
Bakers wait at a station during a strike near Lyon.
    Conflict.Demonstrate(strike) during=wait hidden
Commuters walk to work because of a train strike in Paris.
    Conflict.Demonstrate(strike) Place=Paris
Smoke rises during a strike on a suburb of Aden.
    Conflict.Attack(strike) Target=suburb
# To be accused of a deed is a charge, of lying a reproach.
A clerk accused of killing a priest is led away by police.
    Justice.Charge(accused) Defendant=clerk
    Life.Die(killing) Agent=clerk Victim=priest other
The minister accused his rival of lying.
    Contact.Demand(accused) Agent=minister Recipient=rival
    not Posture.Lie
The judge ordered the banker to pay a fine.
    Justice.Fine(fine) Entity=banker other
The banker paid a fine of two million dollars.
    Justice.Fine(fine) Entity=banker Money=two million dollars
# What bars the way, and who stands about, happens as little as what is opened to look inside.
A soldier stands at a checkpoint near a barricade in Aden.
    Posture.Stand(stands) Agent=soldier
    only
A van ploughs through a crowd.
    not Gathering.Gather
Fans crowd around a singer.
    Gathering.Gather(crowd) Agent=Fans
Officials open ballot boxes in Harare.
    nothing
The mayor opens a hospital in Leeds.
    Ceremony.Inaugurate(opens) Agent=mayor Target=hospital
"""),
)
def test_tools_goals_and_what_only_looks_like_an_event(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# Peoples are people, whatever a tagger takes them for; lands are not.
Afghans throw stones at Americans in Kabul.
    Movement.Throw(throw) Agent=Afghans Artifact=stones Target=Americans Place=Kabul
Palestinians clash with Israelis in Hebron.
    Conflict.Clash(clash) Participant=Palestinians|Israelis Place=Hebron
The United States has sent troops to Iraq.
    Movement.Transport(sent) Agent=The United States Artifact=troops Destination=Iraq
Tourists arrive in the Balkans.
    Movement.Arrive(arrive) Agent=Tourists Destination=Balkans
# A title stands right before its name, also a long one.
Senate Majority Leader Odra Velmora of Kentucky leaves a hall in Lund.
    Movement.Depart(leaves) Agent=Senate Majority Leader Odra Velmora of Kentucky Origin=hall Place=Lund
Community health care worker Odra Velmora stands outside a tavern.
    Posture.Stand(stands) Agent=Community health care worker Odra Velmora
# A clause behind what looks like a preposition, before the main one or inside it.
A man carries the body of a child who drowned after a boat capsized.
    Life.Die(drowned) Victim=child
    Disaster.Crash(capsized) Vehicle=boat
After Anna was arrested, her children wept.
    Justice.Arrest(arrested) Person=Anna hidden
    Expression.Weep(wept) Agent=her children
# A relative clause without a pronoun, and one that somebody reports.
The rebels freed two drivers they had kidnapped in June.
    Conflict.Seize(kidnapped) Agent=rebels Target=two drivers Time=June
Mourners carry the body of a baker, who medics said was killed by troops.
    Life.Die(killed) Agent=troops Victim=baker
# What somebody is tried for is no part of him.
A court acquitted the senator of money laundering.
    Justice.Acquit(acquitted) Adjudicator=court Defendant=senator Crime=money laundering
A court acquitted the minister of defense.
    Justice.Acquit(acquitted) Adjudicator=court Defendant=the minister of defense
Officials burn confiscated marijuana in Jakarta.
    Conflict.Seize(confiscated) Target=marijuana
# A sewing machine sews nothing; a burning car burns.
A tailor uses a sewing machine in Lima.
    nothing
A burning car blocks a road in Lima.
    Disaster.Burn(burning) Target=car
"""),
)
def test_peoples_titles_and_clauses_the_parser_hides(caption: str, expected: str) -> None:
    check(caption, expected)
