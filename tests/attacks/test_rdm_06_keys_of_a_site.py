"""RDM-06: a device that names no case cannot ask which credentials the site knows."""

import pytest

from firstkey.actions import acts, redemption, sign_in
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Stranger
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld, done


def test_a_known_credential_is_answered_as_an_unknown_one() -> None:
    """With a statement that anybody can have, and an assertion that names a credential, the answers are one."""
    world = SiteWorld()
    known = world.operators["anna"]
    begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
    real = world.people["anna"].authenticator.authenticate(begun.options, world.site.settings.origin)
    assert known.person
    for credential in (real["id"], "AAAA"):
        begun = done(sign_in.sign_in_options(world.site, Stranger(), sign_in.SignInBegun()))
        signed = acts.SignedStatement(begun.digest, {**real, "id": credential, "rawId": credential})
        with pytest.raises(Refused) as caught:
            done(redemption.assert_own_key(world.site, world.by(), redemption.OwnKeyToAssert("A" * 22, signed)))
        assert caught.value.reason is ActionReason.NotFound
