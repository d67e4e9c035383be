"""Taking a key out of use takes one person who may; giving it back takes two administrators."""

import pytest

from firstkey.actions import credentials
from firstkey.enrollment.case.words import CredentialState
from firstkey.values.errors import Refused
from tests.actions.handover_world import ACCOUNT, restore, suspend
from tests.actions.looking import entries, facts, refusal
from tests.actions.site_world import SiteWorld, done


def working() -> tuple[SiteWorld, str]:
    """A world with a joiner whose key works, and its id."""
    world = SiteWorld()
    world.completed()
    credential = world.shown.credential
    assert credential is not None
    return world, credential


def test_a_suspended_key_opens_nothing_until_two_give_it_back() -> None:
    """Signing in is refused, a session that it opened is over; restored, it opens again."""
    world, credential = working()
    world.sign_in_as_joiner()
    shown = suspend(world, credential)
    assert shown.state is CredentialState.SUSPENDED
    with pytest.raises(Refused):
        world.sign_in_as_joiner()
    assert restore(world, credential).state is CredentialState.ACTIVE
    assert world.sign_in_as_joiner().account == ACCOUNT
    assert facts(world, f"account/{ACCOUNT}") == ("CredentialHeld", "CredentialSuspended", "CredentialRestored")


def test_the_holder_stops_their_own_key() -> None:
    """Who thinks that somebody else has it needs nobody's leave, and no duty."""
    world, credential = working()
    world.people["joy"], world.operators["joy"] = world.joiner, world.sign_in_as_joiner()
    signed = world.sign("joy", "suspend_credential", names=(ACCOUNT, credential))
    asked = credentials.CredentialToSuspend(ACCOUNT, credential, signed)
    shown = done(credentials.suspend_credential(world.site, world.operators["joy"], asked))
    assert shown.state is CredentialState.SUSPENDED


def test_nobody_stops_a_key_of_others_without_a_duty() -> None:
    """A joiner at the console cannot find another's key, whatever they sign."""
    world, _ = working()
    world.people["joy"], world.operators["joy"] = world.joiner, world.sign_in_as_joiner()
    world.record_joiner(person="p-200", account="dir:200", user_name="other")
    before, joy = entries(world), world.operators["joy"]
    for account in ("dir:200", "unheard-of"):
        signed = world.sign("joy", "suspend_credential", names=(account, "any"))
        asked = credentials.CredentialToSuspend(account, "any", signed)
        assert refusal(credentials.suspend_credential(world.site, joy, asked)) == "not-found"
        also = credentials.CredentialToRestore(account, "any", (world.sign("joy", "any"),))
        assert refusal(credentials.restore_credential(world.site, joy, also)) == "not-eligible"
    assert entries(world) == before


def test_an_act_about_another_key_stops_none() -> None:
    """What was signed names account and credential."""
    world, credential = working()
    signed = world.sign("anna", "suspend_credential", names=(ACCOUNT, "another"))
    asked = credentials.CredentialToSuspend(ACCOUNT, credential, signed)
    assert refusal(credentials.suspend_credential(world.site, world.operators["anna"], asked)) == "act-not-for-this"
    assert suspend(world, credential).state is CredentialState.SUSPENDED


def test_one_person_gives_nothing_back() -> None:
    """Restoration is two people's; the same act twice is one."""
    world, credential = working()
    suspend(world, credential)
    with pytest.raises(Refused) as refused:
        restore(world, credential, by=("paul",))
    assert refused.value.type == "people-too-few"
    with pytest.raises(Refused):
        restore(world, credential, by=("paul", "paul"))
    assert restore(world, credential).state is CredentialState.ACTIVE


def test_what_is_out_of_use_is_not_suspended_again() -> None:
    """A second suspension, and one of a key that nobody holds, are refused."""
    world, credential = working()
    suspend(world, credential)
    for name, reason in ((credential, "credential-state-differs"), ("nobodys", "credential-not-held")):
        with pytest.raises(Refused) as refused:
            suspend(world, name)
        assert refused.value.type == reason
