"""What the words of captions mean: roles, ambiguous triggers, nouns that are no event: notation in phenomena.py."""

import pytest

from tests.extract.phenomena import cases, check

ROW = ("caption", "expected")


@pytest.mark.parametrize(
    ROW,
    cases("""
# "with": a weapon, a companion, a belonging, a feeling, a feature of somebody, an ailment.
Masked raiders attack a night guard with iron rods in a car park in Tunis on Friday.
    Conflict.Attack(attack) Attacker=raiders Target=guard Instrument=rods Place=a car park|Tunis Time=Friday
A suspended mayor arrives at the courthouse with his lawyer in Lima.
    Movement.Arrive(arrives) Agent=A suspended mayor Destination=the courthouse Place=Lima
Refugees walk from the port to a reception camp with their belongings in plastic bags.
    Movement.Walk(walk) Agent=Refugees Origin=the port Destination=a reception camp
A widow greets her brother with tears in Accra.
    Contact.Greet(greets) Agent=widow Recipient=brother Place=Accra
A carpenter was stabbed by a man with a beard in Lviv.
    Conflict.Attack(stabbed) Attacker=man Target=carpenter
Paramedics treat a cyclist with burns outside a factory in Lyon.
    Medical.Treat(treat) Agent=Paramedics Patient=cyclist Place=a factory|Lyon
Firefighters carry a trapped miner out of a shaft with ropes in Zonguldak, Turkey.
    Movement.Transport(carry) Agent=Firefighters Artifact=miner Origin=shaft Instrument=ropes Place=Zonguldak, Turkey
# "in": a vehicle, a place, a time, a part of the body, the rain, what somebody wears.
Soldiers ride in a pickup truck in Bamako in March 2013.
    Movement.Ride(ride) Agent=Soldiers Vehicle=truck Place=Bamako Time=March 2013
A farmer was shot in the leg with a hunting rifle by poachers near Arusha.
    Conflict.Attack(shot) Attacker=poachers Target=farmer Instrument=rifle Place=Arusha
A nun in a grey habit is questioned by an officer in a car in Turin.
    Media.Interview(questioned) Journalist=officer Subject=nun Place=Turin
A boy in a wheelchair is greeted by nurses with flowers.
    Contact.Greet(greeted) Agent=nurses Recipient=A boy in a wheelchair
Fans wait in the rain for a singer outside a hotel in Seoul.
    Posture.Wait(wait) Agent=Fans Target=singer Place=a hotel|Seoul
# "for": a crime, a goal, a person.
Police arrested a baker for murder in Turin.
    Justice.Arrest(arrested) Agent=Police Person=a baker Crime=murder Place=Turin
    not Life.Die
A judge sentenced a former banker to nine years for fraud.
    Justice.Sentence(sentenced) Adjudicator=judge Defendant=banker Sentence=nine years Crime=fraud
A prosecutor leaves for Geneva on a military plane.
    Movement.Depart(leaves) Agent=prosecutor Destination=Geneva Vehicle=plane
# "at": a target, a place; "toward", "against": where to, what it is about.
Rebels fire a mortar at government troops near Aleppo.
    Conflict.Attack(fire) Attacker=Rebels Instrument=mortar Target=troops Place=Aleppo
Residents throw stones at a police van from a rooftop in Nablus.
    Movement.Throw(throw) Agent=Residents Artifact=stones Target=van Place=Nablus
Teachers march toward the presidential palace against pension cuts in Quito.
    Conflict.Demonstrate(march) Entity=Teachers Place=Quito
"""),
)
def test_the_noun_behind_a_preposition_decides_on_its_role(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
War veterans lay wreaths at a memorial in Plymouth on March 3.
    Ceremony.Mourn(lay wreaths) Agent=veterans Place=a memorial|Plymouth Time=March 3
    only
An attack helicopter flies over Mosul.
    Movement.Transport(flies) Artifact=helicopter
    only
Fire department officials inspect a warehouse in Oakland.
    Work.Inspect(inspect) Agent=officials Target=warehouse
    only
A strike force soldier guards a bridge in Kandahar.
    Security.Guard(guards) Agent=soldier Target=bridge
    only
Bomb disposal experts inspect a suitcase at a station.
    Work.Inspect(inspect) Agent=experts Target=suitcase
    only
The attack dog of a border guard sleeps in a truck.
    Posture.Rest(sleeps) Agent=dog Support=truck
    only
In March, the transport minister visited a school in Kigali.
    Movement.Visit(visited) Agent=minister Target=school Time=March
    only
A riot policeman carries a shield in Athens.
    Display.Hold(carries) Agent=policeman Artifact=shield
    only
Murder suspect Carl Dunning is led into a courtroom in Boise.
    Movement.Lead(led) Person=Carl Dunning Destination=courtroom
    only
His running mate Jorge Glas smiles in Quito.
    not Movement.Run
A senator listens to opening remarks in Lund.
    not Ceremony.Inaugurate
A wedding dress is displayed in a shop window in Milan.
    Display.Show(displayed) Artifact=dress
    only
The coffin of a fallen pilot is carried by cadets in Riga.
    Movement.Transport(carried) Agent=cadets Artifact=The coffin of a fallen pilot
    only
The fire chief talks to reporters in Fresno.
    Contact.Talk(talks) Participant=The fire chief|reporters
    only
Visitors view a war memorial in Ottawa.
    Perception.Watch(view) Agent=Visitors Target=memorial
    only
Election officials carry ballot boxes into a school.
    Movement.Transport(carry) Agent=officials Artifact=boxes Destination=school
    only
# The same nouns where they are events.
Students hold a march in Minsk.
    Conflict.Demonstrate Entity=Students
Troops prepare for an attack.
    Conflict.Attack(attack) hidden
"""),
)
def test_nouns_that_name_no_event(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
# fire
Police fired tear gas at students in Caracas.
    Conflict.Attack(fired) Attacker=Police Instrument=gas Target=students
A soldier fires into the air in Kinshasa.
    Conflict.Attack(fires) Attacker=soldier
The club fired its coach after three defeats.
    Personnel.EndPosition(fired) Entity=club Person=coach
    not Conflict.Attack
A fire destroyed a mill in Dhaka.
    Disaster.Destroy(destroyed) Agent=fire Target=mill
    not Conflict.Attack
# strike
Nurses strike outside a hospital in Leeds over pay.
    Conflict.Demonstrate(strike) Entity=Nurses
    only
A missile struck a hospital in Aden.
    Conflict.Attack(struck) Instrument=missile Target=hospital
    only
A freight train struck a bus in Ohio.
    Disaster.Crash(struck) Vehicle=train Target=bus
    only
The two companies struck a deal.
    nothing
An earthquake struck the village at dawn.
    Disaster.Storm(earthquake)
    only
# charge
Prosecutors charged a broker with fraud.
    Justice.Charge(charged) Prosecutor=Prosecutors Defendant=broker Crime=fraud
A woman charges her phone at a bus stop in Nairobi.
    nothing
The museum charges five euros for a ticket.
    nothing
Mounted officers charged at protesters in Barcelona.
    Conflict.Attack(charged) Attacker=officers Target=protesters
# shoot
A gunman shot a priest outside a church in Rouen.
    Conflict.Attack(shot) Attacker=gunman Target=priest
A film crew shoots a scene in Prague.
    Media.Photograph(shoots) Agent=crew
    only
A photographer shoots a wedding in Bali.
    Media.Photograph(shoots) Agent=photographer
    not Conflict.Attack
# execute, run, address, draft, release
Militants executed three hostages in Raqqa.
    Justice.Execute(executed) Agent=Militants Person=hostages
The company executed its plan on time.
    nothing
A family runs a bakery in Naples.
    nothing
A boy runs across a field in Kenya.
    Movement.Run(runs) Agent=boy
The president addressed the nation from his office.
    Contact.Speak(addressed) Speaker=president Audience=nation
The president addressed the problem of corruption.
    nothing
Rebels planted a bomb under a bridge.
    not Work.Farm
Women plant trees on a hill near Gitega.
    Work.Farm(plant) Agent=Women Artifact=trees
Lawmakers draft a bill in Warsaw.
    nothing
Guards release a journalist in Minsk.
    Justice.Release(release) Agent=Guards Person=journalist
The band released an album in May.
    nothing
# spray
Riot police spray demonstrators with pepper spray in Lyon.
    Conflict.Attack(spray) Attacker=police Target=demonstrators Instrument=pepper spray
    only
Police spray water at protesters in Santiago.
    Conflict.Attack(spray water) Attacker=Police Target=protesters
    only
Firefighters spray water on a house.
    Emergency.Extinguish(spray water) Agent=Firefighters Target=house
    only
A worker sprays insecticide on a street in Manila.
    Work.Clean(sprays insecticide) Agent=worker Target=street
    only
A health worker sprays a street with disinfectant.
    Work.Clean(sprays) Agent=worker Target=street
    only
A farmer sprays pesticide on his crops.
    Work.Farm(sprays pesticide) Agent=farmer Artifact=crops
    only
A boy sprays graffiti on a wall.
    nothing
# bite
A dog bites a burglar.
    Conflict.Attack(bites) Attacker=dog Target=burglar
    only
A boy bites an apple.
    Consumption.Eat(bites) Agent=boy Artifact=apple
    only
# sign
A singer signs autographs for fans.
    Contact.Greet(signs autographs) Agent=singer Recipient=fans
    only
Two ministers signed a treaty in Geneva.
    Politics.Sign(signed) Agent=ministers Artifact=treaty
# What is played is no opponent.
Children play football in the street.
    Sport.Play(play) Player=Children Place=street
Odra Velmora plays Ilsa Torv in Paris.
    Sport.Play(plays) Player=Odra Velmora Opponent=Ilsa Torv
Odra Velmora celebrates after beating Ilsa Torv in the final.
    Sport.Play(beating) Player=Odra Velmora Opponent=Ilsa Torv
    not Conflict.Attack
Police beat protesters in the square.
    Conflict.Attack(beat) Attacker=Police Target=protesters
    not Sport.Play
# A strike over or for something is no blow.
Teachers hold signs during a strike over pay in London.
    Conflict.Demonstrate(strike) during=hold
    not Conflict.Attack
Nurses hold placards during a strike for better pay.
    Conflict.Demonstrate(strike) during=hold
A strike on a hospital killed ten people.
    Conflict.Attack(strike) Target=hospital
    not Conflict.Demonstrate
# A fire of arms burns nothing, and a hearing of a committee tries nobody.
Soldiers take cover from sniper fire in Mosul.
    Conflict.Attack(fire) Attacker=sniper
    not Disaster.Burn
A banker delivers his testimony during a Senate Finance Committee hearing in Washington.
    Politics.Testify(testimony) Agent=banker
    not Movement.Transport
    not Justice.TrialHearing
# What one is against is no place.
Students hold a rally against the government in Caracas.
    Conflict.Demonstrate(rally) Entity=Students Place=Caracas
A minister attends a meeting between President Anna Berg and vendors in Lund.
    Contact.Meet(meeting) Entity=minister|President Anna Berg|vendors Place=Lund
# Who aims to do something, and what is aimed at doing it, aims no weapon.
A soldier aims at protesters in Lund.
    Conflict.Aim(aims) Agent=soldier Target=protesters
Forces aim to capture a bridge.
    not Conflict.Aim
Ministers meet for a visit aimed at boosting relations.
    not Conflict.Aim
Photographs of those who died in the 9 / 11 attacks hang in New York.
    Conflict.Attack(attacks)
# What is donated or borrowed is no recipient, and what is injected no patient.
Volunteers eat bread donated by a baker to a hospital in Rome.
    Transaction.TransferMoney(donated) Giver=baker Money=bread
A man injects heroin in Rome.
    not Medical.Vaccinate
# A year before Christ is no place, nor is a participle, and nobody stands "behind" persons as in a place.
Visitors walk past a temple built in 444 BC at Cape Sounion.
    Work.Build(built) Artifact=temple Place=Cape Sounion
A fighter walks near destroyed airplane parts inside the Tabqa military airport.
    Movement.Walk(walks) Agent=fighter Place=the Tabqa military airport
A shell explodes behind Kashmiri protesters during a protest in Srinagar.
    Conflict.Attack(explodes) Instrument=shell Place=Srinagar
# What one speaks "on" is no place, if it is a country, a committee's work or a body; bridges and banks are.
A minister attends a Security Council meeting on South Sudan in Geneva.
    Contact.Meet(meeting) Entity=minister Place=Geneva
A diplomat speaks during a meeting on Syria in Bonn.
    Contact.Speak(speaks) Speaker=diplomat Place=Bonn
A senator speaks at a hearing of the House subcommittee on Crime in Lund.
    Contact.Speak(speaks) Speaker=senator Place=Lund
A minister takes part in a discussion on security in Lund.
    Contact.Talk(discussion) Participant=minister Place=Lund
A nun prays on the banks of the Ganges in India.
    Religion.Pray(prays) Agent=nun Place=banks|India
A protester dances on Tower Bridge in London.
    Performance.Dance(dances) Performer=protester Place=Tower Bridge
# Where an occasion is held is no occasion, and those who greet each other before a meeting hold it.
A senator attends a television debate at a studio in Paris.
    Gathering.Attend(attends) Agent=senator Place=studio|Paris
A minister welcomes a general before a meeting in Abuja.
    Contact.Meet(meeting) Entity=minister|general
# "Press", "minor" and "general" are nobody, and R-Ohio is no person.
A minister attends a joint press conference in Tel Aviv.
    Media.Brief(conference) Speaker=minister
Protesters wait after minor clashes erupted in Bucharest.
    Conflict.Clash(clashes) Place=Bucharest
Rep. Ana Berg, R-Ohio, talks with farmers in Lund.
    Contact.Talk(talks) Participant=Rep. Ana Berg|farmers
U.S. Sen. Ana Berg, D-Kan., speaks to reporters in Lund.
    Contact.Speak(speaks) Speaker=U.S. Sen. Ana Berg Audience=reporters
# What is left of a house was not destroyed by who searches it.
Rescuers search the rubble of a school.
    Justice.Search(search) Agent=Rescuers Target=rubble
"""),
)
def test_participants_decide_what_an_ambiguous_word_means(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A fisherman weeps as he is hugged by his brother in Aceh.
    Expression.Weep(weeps) Agent=fisherman
    Contact.Hug(hugged) Participant=fisherman|brother
After she was released from jail, the editor hugged her lawyer.
    Justice.Release(released) Person=editor Origin=jail
    Contact.Hug(hugged) Participant=editor|lawyer
Workers wave to their families before they board a ferry.
    Contact.Wave(wave) Agent=Workers Recipient=families
    Movement.Ride(board) Agent=Workers Vehicle=ferry before=wave
Opposition leader Omar Sadiq is escorted by his guards as he leaves a mosque.
    Movement.Lead(escorted) Agent=guards Person=Omar Sadiq
    Movement.Depart(leaves) Agent=Omar Sadiq Origin=mosque
# Of two clauses the nearer subject is another person than the pronoun.
Police arrested a man who they said had stabbed two tourists.
    Justice.Arrest(arrested) Agent=Police Person=man
    Conflict.Attack(stabbed) Attacker=man Target=tourists
The general, Viktor Malin, inspects his troops in Minsk.
    Work.Inspect(inspects) Agent=The general Target=troops
Governor Ana Ruiz, a former nurse, vaccinates a farmer in Oaxaca.
    Medical.Vaccinate(vaccinates) Agent=Governor Ana Ruiz Patient=farmer
Leila Haddad, who was freed from prison on Monday, hugs her daughter in Rabat.
    Justice.Release(freed) Person=Leila Haddad Origin=prison
    Contact.Hug(hugs) Participant=Leila Haddad|daughter
Villagers bury a farmer in Sinaloa. He was kidnapped by a gang in May.
    Ceremony.Bury(bury) Agent=Villagers Person=farmer Place=Sinaloa
    Conflict.Seize(kidnapped) Agent=gang Target=farmer
The president was shot last week. Supporters pray for him outside a hospital in Lagos.
    Conflict.Attack(shot) Target=president
    Religion.Pray(pray) Agent=Supporters Target=president
The arrest of its leader angered the union.
    Justice.Arrest(arrest) Person=leader
# Where no subject can be meant, whoever else is there alone; a group is no "she".
Police arrest demonstrators as they march in Istanbul.
    Conflict.Demonstrate(march) Entity=demonstrators
Faculty members cheer a poet after she delivered a speech in Lund.
    Contact.Speak(speech) Speaker=poet
A nurse is applauded by staff as she returns to a clinic in Lund.
    Movement.Transport(returns) Artifact=nurse Destination=clinic
# "Their" meeting is of both, and "whose" is of the noun before it.
A minister speaks to a general during their meeting in Oslo.
    Contact.Meet(meeting) Entity=minister|general
A minister talks with a general as he leaves after their meeting in Oslo.
    Contact.Meet(meeting) Entity=minister|general
A boy passes the house of chief Omar Sadiq, whose death sparked fighting.
    Life.Die(death) Victim=chief Omar Sadiq
# "They" are all who are listed.
Friends and neighbors mourn as they attend a funeral in Lund.
    Gathering.Attend(attend) Agent=Friends|neighbors
"""),
)
def test_pronouns_appositions_and_possessives(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Dozens of protesters march through Tbilisi.
    Conflict.Demonstrate(march) Entity=Dozens of protesters
Rescuers carry the bodies of three soldiers from a ravine in Kashmir.
    Movement.Transport(carry) Agent=Rescuers Artifact=soldiers Origin=ravine
Police detained hundreds of migrants in Tripoli.
    Justice.Arrest(detained) Agent=Police Person=migrants
A group of schoolgirls wave flags in Pyongyang.
    Display.WaveFlag(wave flags) Agent=schoolgirls Place=Pyongyang
Members of the Karen militia guard a camp.
    Security.Guard(guard) Agent=Members of the Karen militia Target=camp
Two of the four suspects were arrested in Ghent.
    Justice.Arrest(arrested) Person=suspects
Some of the wounded were treated by doctors.
    Medical.Treat(treated) Agent=doctors Patient=Some of the wounded
One of the pilots waves from the cockpit.
    Contact.Wave(waves) Agent=One of the pilots
At least 12 people were killed in a bombing in Quetta.
    Life.Die(killed) Victim=At least 12 people
More than 300 workers protest outside a mill in Dhaka.
    Conflict.Demonstrate(protest) Entity=More than 300 workers
A number of houses were destroyed by troops.
    Disaster.Destroy(destroyed) Agent=troops Target=houses
# A member of a team is a person; a team of divers is more than one diver.
A member of the rescue team waves from a boat.
    Contact.Wave(waves) Agent=A member of the rescue team
A team of divers searches a lake in Finland.
    Justice.Search(searches) Agent=A team of divers Target=lake
Thousands were evacuated from the city of Banda.
    Movement.Transport(evacuated) Artifact=Thousands Origin=the city of Banda
Members of the Taliban pray in Kabul.
    Religion.Pray(pray) Agent=Members of the Taliban Place=Kabul
Members of the Senate vote on a bill.
    Politics.Vote(vote) Agent=Members of the Senate Target=bill
Members of Congress applaud the president.
    Contact.Greet(applaud) Agent=Members of Congress Recipient=president
# There a noun follows the body.
Victims of the Taliban attack in Kabul are treated.
    Medical.Treat(treated) Patient=Victims
    Conflict.Attack(attack) Attacker=Taliban
# Persons that are told by their part.
Two soldiers and a medic carry a wounded comrade to a helicopter.
    Movement.Transport(carry) Agent=soldiers|medic Artifact=comrade
A widower carries his belongings to a bus.
    Movement.Transport(carries) Agent=widower Artifact=belongings
    only
"""),
)
def test_parts_and_numbers_of_persons(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
# A strike is work laid down where it is that of workers, and lightning is nobody's.
Students march during a strike by teachers in Lagos.
    Conflict.Demonstrate(strike) Entity=teachers
A strike by militants killed two guards.
    Conflict.Attack(strike) Attacker=militants
The president's strikes on a base killed two guards.
    Conflict.Attack(strikes) Attacker=president Target=base
A lightning strike killed a cow.
    Life.Die(killed) Victim=cow
    not Conflict.Attack
# Who shoots with a camera takes pictures; who is charged with batons is attacked.
The photographer shoots a model on the beach.
    Media.Photograph(shoots) Agent=photographer Target=model
A gunman shoots a photographer.
    Conflict.Attack(shoots) Attacker=gunman Target=photographer
Police charged the demonstrators with batons.
    Conflict.Attack(charged) Attacker=Police Target=demonstrators Instrument=batons
Prosecutors charged the banker with fraud.
    Justice.Charge(charged) Prosecutor=Prosecutors Defendant=banker Crime=fraud
# An attack that hits something is one attack.
A missile strike hit a hospital.
    Conflict.Attack(strike) Instrument=missile Target=hospital
    only
A hospital hit by an airstrike burns.
    Conflict.Attack(airstrike) Target=hospital
    Disaster.Burn(burns) Target=hospital
    only
A truck hit a wall.
    Disaster.Crash(hit) Vehicle=truck Target=wall
The bombing of a hospital by jets shocked the city.
    Conflict.Attack(bombing) Target=hospital Instrument=jets
# Theft and looting.
Thieves stole a painting from the museum.
    Conflict.Loot(stole) Agent=Thieves Artifact=painting Source=museum
Looters ransack a shop after the storm.
    Conflict.Loot(ransack) Agent=Looters Source=shop
Three men were arrested for theft.
    Justice.Arrest(arrested) Person=men Crime=theft
    only
A singer stole the show.
    not Conflict.Loot
# A day is nobody.
The meeting of March 3 was canceled.
    Contact.Meet(meeting)
The army drafted thousands of young men.
    Personnel.StartPosition(drafted) Entity=army Person=thousands of young men
A lawyer drafted a letter.
    not Personnel.StartPosition
"""),
)
def test_senses_that_hang_on_who_and_with_what(caption: str, expected: str) -> None:
    check(caption, expected)
