"""How captions tell of events: denied, planned, in a picture in the picture, in a later sentence: phenomena.py."""

import pytest

from eventclip_extract.extract import Extractor
from tests.extract.phenomena import cases, check

ROW = ("caption", "expected")


@pytest.mark.parametrize(
    ROW,
    cases("""
Striking miners refused to meet the labour minister in Pretoria.
    Contact.Meet(meet) Entity=miners|minister negative hidden
The goalkeeper did not shake hands with the referee.
    Contact.Handshake(shake hands) Participant=goalkeeper|referee negative hidden
No one was hurt in Porto.
    Life.Injure(hurt) negative hidden
Nobody attended the funeral of the dictator.
    Gathering.Attend(attended) negative hidden
    Ceremony.Bury(funeral) Person=dictator positive
Neither the president nor his wife attended the wedding.
    Gathering.Attend(attended) Agent=president|wife negative hidden
    Life.Marry(wedding)
A senator leaves the chamber without speaking to reporters.
    Movement.Depart(leaves) Agent=senator Origin=chamber positive depicted primary
    Contact.Speak(speaking) Speaker=senator Audience=reporters negative hidden
Police failed to arrest the smugglers near Calais.
    Justice.Arrest(arrest) Agent=Police Person=smugglers negative hidden
The governor denied that soldiers shot two students in Iguala.
    Conflict.Attack(shot) Attacker=soldiers Target=students negative hidden
Organizers cancelled a march in Minsk on Sunday.
    Conflict.Demonstrate(march) negative hidden
Guards prevented a thief from escaping.
    Movement.Depart(escaping) Agent=thief negative hidden
# What did not fail, and what was not the denied verb's.
Soldiers managed to rescue two hostages from a cave.
    Emergency.Rescue(rescue) Agent=Soldiers Person=hostages Origin=cave positive asserted depicted
A nurse who has not slept for two days treats a child.
    Medical.Treat(treats) Agent=nurse Patient=child positive depicted primary
    Posture.Rest(slept) Agent=nurse negative hidden
No one was injured when the train hit a truck.
    Life.Injure(injured) negative hidden
    Disaster.Crash(hit) Vehicle=train Target=truck positive
No passengers were wounded in the crash.
    Life.Injure(wounded) Victim=passengers negative hidden
"""),
)
def test_negation(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Prime Minister Edda Solberg is expected to visit the shipyard on Thursday.
    Movement.Visit(visit) Agent=Edda Solberg Target=shipyard other hidden
The union plans to hold a rally outside parliament.
    Conflict.Demonstrate(rally) Entity=union other hidden
Activists called for the arrest of the former general.
    Contact.Demand(called) Agent=Activists
    Justice.Arrest(arrest) Person=general other hidden
Protesters demanded the release of two editors in Yangon.
    Justice.Release(release) Person=editors other hidden
A court could sentence the editor to five years.
    Justice.Sentence(sentence) Adjudicator=court Defendant=editor Sentence=five years other hidden
The army threatened to bomb the refinery.
    Conflict.Attack(bomb) Attacker=army Target=refinery other hidden
Pilots may go on strike if the meeting ends without a deal.
    Conflict.Demonstrate(go on strike) Entity=Pilots other hidden primary
    Contact.Meet(meeting) other hidden
A mother prepares to bury her son in Kabul.
    Ceremony.Bury(bury) Agent=mother Person=son other hidden
    not Work.Labor
Rebels are accused of killing eleven farmers.
    Life.Die(killing) Agent=Rebels Victim=farmers other hidden
A woman waits to vote at a school in Harare.
    Posture.Wait(waits) Agent=woman depicted primary
    Politics.Vote(vote) Agent=woman other hidden
The mayor will open the bridge on Monday.
    Ceremony.Inaugurate(open) Agent=mayor Target=bridge other hidden
Supporters fear a planned attack.
    Conflict.Attack(attack) other hidden
# An infinitive that is a fact.
A medic helps an old man walk to a tent.
    Care.Help(helps) Agent=medic Person=man asserted depicted
    Movement.Walk(walk) Agent=man Destination=tent asserted
A pilot is seen boarding a plane.
    Movement.Ride(boarding) Agent=pilot Vehicle=plane asserted depicted primary
A man pretends to shoot a police officer.
    Conflict.Attack(shoot) Attacker=man Target=officer other hidden
A gang leader swore to kill the judge.
    Life.Die(kill) Agent=leader Victim=judge other hidden
"""),
)
def test_modality_and_intent(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
A man watches a television report showing a missile launch at a station in Seoul.
    Perception.Watch(watches) Agent=man Target=report depicted primary
    Military.Launch(launch) hidden
A mother holds a picture of her killed son in Bogota.
    Display.Hold(holds) Agent=mother Artifact=picture depicted primary
    Life.Die(killed) Victim=son hidden
An activist carries a poster demanding the release of a journalist in Istanbul.
    Display.Hold(carries) Agent=activist Artifact=poster depicted primary
    Justice.Release(release) Person=journalist other hidden
People walk past a mural depicting a soldier who kisses a nurse.
    Movement.Walk(walk) Agent=People depicted primary
    Contact.Kiss(kisses) Agent=soldier Target=nurse hidden
A student reads a newspaper with a headline about the murder of a judge.
    Perception.Read(reads) Agent=student Artifact=newspaper depicted primary
    Life.Die(murder) Victim=judge hidden
A guard watches a video of a protest.
    Perception.Watch(watches) Agent=guard Target=video depicted primary
    Conflict.Demonstrate(protest) hidden
A television screen shows the president speaking in Caracas.
    Contact.Speak(speaking) Speaker=president hidden
Commuters pass a billboard showing a couple kissing.
    Contact.Kiss(kissing) Agent=couple hidden
Demonstrators hold placards calling for the resignation of the mayor.
    Display.Hold(hold) Agent=Demonstrators Artifact=placards depicted primary
    Personnel.EndPosition(resignation) Person=mayor other hidden
A woman holds a banner reading “Stop the killing” in Manila.
    Display.Hold(holds) Agent=woman Artifact=banner depicted primary
    Life.Die(killing) hidden
# What a caption says of its own picture is depicted, and so is what is done to a poster.
A photo shows police beating a man in Minsk.
    Conflict.Attack(beating) Attacker=police Target=man depicted primary
Workers remove a poster of a general in Tripoli.
    Work.Clean(remove) Agent=Workers Target=poster depicted primary
A banner burned by students lies on a road.
    Disaster.Burn(burned) Agent=students Target=banner
    Posture.Lie(lies) Agent=banner Support=road depicted primary
"""),
)
def test_a_picture_in_the_picture_is_not_depicted(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
Firefighters battle a blaze at a warehouse in Genoa. Three workers were killed in the explosion on Monday.
    Emergency.Extinguish(battle) Agent=Firefighters depicted primary
    Life.Die(killed) Victim=workers hidden
A nurse vaccinates a child in Juba. Aid groups plan to visit the camp next month.
    Medical.Vaccinate(vaccinates) Agent=nurse Patient=child depicted primary
    Movement.Visit(visit) Agent=groups Target=camp other hidden
FILE - Police arrest a student in Rangoon. The student was released on Friday.
    Justice.Arrest(arrest) Agent=Police Person=student depicted primary
    Justice.Release(released) Person=student hidden
# The first sentence only says when: what is shown stands in the second one.
The mayor was shot dead in January. A widow lays flowers at his grave in Palermo.
    Ceremony.Mourn(lays flowers) Agent=widow depicted
Two rival leaders signed a truce last week. No soldiers were hurt in the fighting.
    Politics.Sign(signed) Agent=leaders Artifact=truce positive primary
    Life.Injure(hurt) Victim=No soldiers negative hidden
"""),
)
def test_several_sentences(caption: str, expected: str) -> None:
    check(caption, expected)


@pytest.mark.parametrize(
    ROW,
    cases("""
POLICE ARREST A PROTESTER IN NAIROBI ON MONDAY
    Justice.Arrest(ARREST) Agent=POLICE Person=A PROTESTER Place=NAIROBI Time=MONDAY depicted primary
RESCUE WORKERS CARRY AN INJURED WOMAN ON A STRETCHER IN SOUTH SUDAN, MAY 3, 2014.
    Movement.Transport(CARRY) Agent=WORKERS Artifact=WOMAN Instrument=STRETCHER Place=SOUTH SUDAN Time=MAY 3, 2014
GUNMEN ATTACK A BUS NEAR O'BRIEN'S FARM IN LAGOS, NIGERIA
    Conflict.Attack(ATTACK) Attacker=GUNMEN Target=BUS
FILE - U.N. SOLDIERS GUARD A BRIDGE IN GOMA
    Security.Guard(GUARD) Agent=U.N. SOLDIERS Target=A BRIDGE Place=GOMA
“Free our sons,” mothers chant as they march through Tunis.
    Expression.Chant(chant) Agent=mothers
    Conflict.Demonstrate(march) Entity=mothers
The minister’s wife greets the pope’s envoy in Lisbon.
    Contact.Greet(greets) Agent=The minister’s wife Recipient=the pope’s envoy
Police arrest the mayorâ€™s driver in BogotÃ¡.
    Justice.Arrest(arrest) Agent=Police Person=the mayorâ€™s driver Place=BogotÃ¡
A cook in SÃ£o Paulo hugs RenÃ© FaurÃ© â€“ a friend.
    Contact.Hug(hugs) Participant=A cook|RenÃ© FaurÃ©
# Small letters that look as if they were broken, and are not.
“Fermé,” says a sign as a waiter leaves the Café Doré in Lyon.
    Movement.Depart(leaves) Agent=waiter Origin=the Café Doré
KABUL, Afghanistan (AP) - A soldier guards a road.
    Security.Guard(guards) Agent=A soldier Target=a road
"""),
)
def test_capitals_quotes_and_broken_characters(caption: str, expected: str) -> None:
    check(caption, expected)


def test_the_text_of_every_argument_stands_in_a_broken_caption() -> None:
    caption = "FILE â€“ “MADRID’S MAYORâ€™S CAR” IS SEARCHED BY POLICE IN BOGOTÃ¡."
    record = Extractor()(caption)
    spans = [argument for event in record.events for argument in event.arguments]
    assert spans
    assert all(caption[one.start : one.end] == one.text for one in spans)
