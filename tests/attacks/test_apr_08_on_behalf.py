"""APR-08: nobody acts for somebody who has delegated nothing to them."""

import pytest

from firstkey.actions import acts
from firstkey.enrollment.case.refusals import R
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld, done


def test_an_act_names_no_delegator_of_the_signers_choosing() -> None:
    """Else anybody could write a colleague into the ledger as approver, and bar them from every other duty."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    cora = world.people["cora"].person
    asked = acts.StatementAsked(act="give_approval", case=world.case, revision=1, on_behalf_of=cora)
    with pytest.raises(Refused) as caught:
        done(acts.ask_statement(world.site, world.operators["anna"], asked))
    assert caught.value.reason is R.NotEligible
