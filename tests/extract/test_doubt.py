"""What leaves a hard negative true: each reason by name, and the pairs that must stay undoubted."""

import pytest

from eventclip_extract.doubt import CERTAIN, REASON_WEIGHTS, Doubt, event_reasons, judge, role_reasons, verbs


@pytest.mark.parametrize(
    ("caption", "foil", "reason"),
    [
        ("A monk rings a bell.", "A  monk rings a bell", "identical"),
        ("A bishop preaches to a crowd.", "A bishop speaks to a crowd.", "broader"),
        ("The nurse comforted the boy.", "The nurse helped the boy.", "broader"),
        ("A clerk speaks to a widow.", "A clerk whispers to a widow.", "narrower"),
        ("A sailor lifts a crate.", "A sailor hoists a crate.", "narrower"),
        ("Two cousins chat in the yard.", "Two cousins argue in the yard.", "kindred"),
        ("A painter draws a barn.", "A painter sits a barn.", "accompanying"),
        ("A waiter pours wine.", "A waiter talks wine.", "accompanying"),
    ],
)
def test_reason_to_doubt_another_verb(caption: str, foil: str, reason: str) -> None:
    assert judge(caption, foil).reasons == (reason,)


@pytest.mark.parametrize(
    ("caption", "foil", "reason"),
    [
        ("A bride hugs a groom in red.", "A groom in red hugs a bride.", "symmetric"),
        ("The tall envoy met the minister.", "The minister met the tall envoy.", "symmetric"),
        ("A girl in green dances with an old man.", "An old man dances with a girl in green.", "symmetric"),
        ("A judge sits next to a juror.", "A juror sits next to a judge.", "symmetric"),
        ("The woman looks up at the pilot.", "The pilot looks up at the woman.", "mutual"),
        ("A guard runs towards a thief.", "A thief runs towards a guard.", "mutual"),
        ("A farmer speaks calmly to a vet.", "A vet speaks calmly to a farmer.", "mutual"),
        ("The police confront a motorist.", "A motorist confronts the police.", "mutual"),
        ("A cook pushes a baker.", "A baker is pushed by a cook.", "reversed"),
    ],
)
def test_reason_to_doubt_exchanged_roles(caption: str, foil: str, reason: str) -> None:
    assert judge(caption, foil).reasons == (reason,)


@pytest.mark.parametrize(
    ("caption", "foil"),
    [
        ("A rider arrests a clerk.", "A clerk arrests a rider."),
        ("A nurse washes a boy in the yard.", "A boy washes a nurse in the yard."),
        ("The diver chases a shark.", "A shark chases the diver."),
        ("The soldier glares at the driver.", "The driver glares at the soldier."),
        ("A cook peels a pear while talking to a guard.", "A guard peels a pear while talking to a cook."),
        ("A woman looks at a lamp.", "A lamp looks at a woman."),
        ("A woman looks at an unconscious sailor.", "An unconscious sailor looks at a woman."),
        ("A climber ascends the tower.", "A climber descends the tower."),
        ("A porter opens the gate.", "A porter shuts the gate."),
        ("A boy runs along the beach.", "A boy strolls along the beach."),
        ("A cook eats a plum.", "A cook talks a plum."),
        ("A mechanic paints a stool.", "A mechanic sits on a stool."),
        ("A girl feeds a goat.", "A girl paints a goat."),
        ("A man holds the phone.", "A man holds the dial."),
        ("Three boys row a boat.", "Four boys row a boat."),
    ],
)
def test_sound_negative_is_not_doubted(caption: str, foil: str) -> None:
    assert judge(caption, foil) == Doubt()


def test_verdict_and_weight_follow_from_the_reasons() -> None:
    assert (Doubt().verdict, Doubt().weight) == ("false", 1.0)
    assert (Doubt(("kindred",)).verdict, Doubt(("kindred",)).weight) == ("doubtful", 0.5)
    assert (Doubt(("broader",)).verdict, Doubt(("broader",)).weight) == ("true", 0.25)
    assert Doubt(("kindred", "mutual")).weight == 0.25
    assert REASON_WEIGHTS.keys() > CERTAIN


def test_a_longer_text_finds_the_verb_that_the_roles_hang_on() -> None:
    caption = "The man wearing a straw hat slowly stared straight ahead at the woman in boots near the well."
    foil = "The woman in boots slowly stared straight ahead at the man wearing a straw hat near the well."
    assert judge(caption, foil).reasons == ("mutual",)


def test_another_preposition_ties_the_object_to_the_new_verb() -> None:
    assert event_reasons("paints", "talks") == ("accompanying",)
    assert event_reasons("paints", "talks", same_object=False) == ()


def test_preposition_decides_whether_roles_are_symmetric() -> None:
    assert role_reasons("fights", "with") == ("symmetric",)
    assert role_reasons("works", "with") == ("symmetric",)
    assert role_reasons("works", "for") == ()
    assert role_reasons("stands", "near") == ("symmetric",)
    assert role_reasons("aims", "near") == ()
    assert role_reasons("runs", "toward") == role_reasons("runs", "towards") == ("mutual",)


def test_lexicon_holds_lemmas_and_no_verb_that_is_its_own_opposite() -> None:
    lexicon = verbs()
    for name, kind in lexicon.kinds.items():
        assert kind.broad, name
        assert not kind.broad & kind.narrow, name
    assert all(len(group) > 1 for group in lexicon.opposites)


def test_empty_texts_are_not_doubted() -> None:
    assert judge("A man waves.", "") == Doubt()
    assert judge("", "A man waves.") == Doubt()
