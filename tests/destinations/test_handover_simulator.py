"""The simulated destination keeps its rules, misbehaves as told, and outlives whoever opened it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firstkey.ceremonies.trust import TrustAnchors
from firstkey.destinations.handover_simulator import HONEST, Conduct, HandoverPage, HandoverSimulator
from firstkey.destinations.reasons import DestinationReason
from firstkey.ports.destination import Destination, HandoverDestination, Manner, SealedNativePass, SeenCredential
from firstkey.simulator.alter import WRONG_ORIGIN
from firstkey.simulator.authenticator import Authenticator
from firstkey.values.errors import Refused, Unavailable
from firstkey.values.instants import SECOND

ACCOUNT, OTHER = "dir:1", "dir:2"
SEEN = SeenCredential(credential="one", created_at=0, active=True)


class Trial:
    """A destination in memory or in a file, its page, and a clock that stands."""

    def __init__(self, file: Path | None = None) -> None:
        self.now = 1_000_000
        self.secrets: list[bytes] = []
        self.there: HandoverDestination = HandoverSimulator("tenant", file, lambda: self.now)
        assert isinstance(self.there, HandoverSimulator)
        self.page = HandoverPage(self.there, TrustAnchors({}))

    def mint(self, account: str = ACCOUNT, lifetime_seconds: int = 600) -> SealedNativePass:
        """Mint a native pass, and keep its secret as a device would that it is sealed to."""

        def seal(secret: bytes) -> bytes:
            self.secrets.append(secret)
            return b"sealed"

        return self.there.mint(account, lifetime_seconds, seal)

    def behave(self, conduct: Conduct) -> None:
        """It behaves so from now on."""
        self.page.behave(conduct)


@pytest.fixture(params=["memory", "file"])
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Trial:
    """A destination of either kind."""
    return Trial(tmp_path / "tenant.sqlite" if request.param == "file" else None)


def test_it_is_what_the_port_says(trial: Trial) -> None:
    """Its name and manner are as a policy and the core know them."""
    destination: Destination = trial.there
    assert (destination.name, destination.manner) == ("tenant", Manner.HANDOVER)


def test_a_native_pass_opens_the_page_once(trial: Trial) -> None:
    """Its secret leaves only sealed, makes one credential, and is listed as used afterwards; then it opens nothing."""
    minted = trial.mint()
    assert minted.sealed == b"sealed"
    secret = trial.secrets[0].decode()
    assert [(each.native_pass, each.used) for each in trial.there.native_passes(ACCOUNT)] == [
        (minted.native_pass, False)
    ]
    options = trial.page.begin(secret)
    credential = trial.page.finish(secret, Authenticator().register(options, trial.page.origin))
    assert [each.used for each in trial.there.native_passes(ACCOUNT)] == [True]
    (seen,) = trial.there.read_back(ACCOUNT)
    assert (seen.credential, seen.active, seen.attested, seen.user_verified) == (credential, True, False, True)
    for secret_tried in (secret, "guessed"):
        with pytest.raises(Refused) as refused:
            trial.page.begin(secret_tried)
        assert refused.value.reason is DestinationReason.NativePassOver


def test_what_the_page_refuses_makes_nothing(trial: Trial) -> None:
    """An answer from another page, and one without an open pass, leave no credential."""
    trial.mint()
    secret = trial.secrets[0].decode()
    options = trial.page.begin(secret)
    for tried, answer in (
        (secret, Authenticator().register(options, trial.page.origin, WRONG_ORIGIN)),
        ("guessed", Authenticator().register(options, trial.page.origin)),
    ):
        with pytest.raises(Refused):
            trial.page.finish(tried, answer)
    assert trial.there.read_back(ACCOUNT) == ()


def test_an_account_has_one_native_pass(trial: Trial) -> None:
    """A second is refused while one stands, of another account it is not; reaped or expired, there is room again."""
    first = trial.mint()
    with pytest.raises(Refused) as refused:
        trial.mint()
    assert refused.value.reason is DestinationReason.NativePassStands
    trial.mint(OTHER)
    trial.there.reap(ACCOUNT, "another")
    assert len(trial.there.native_passes(ACCOUNT)) == 1
    trial.there.reap(ACCOUNT, first.native_pass)
    trial.there.reap(ACCOUNT, first.native_pass)
    assert trial.there.native_passes(ACCOUNT) == ()
    second = trial.mint(lifetime_seconds=1)
    assert second.expires_at == trial.now + SECOND
    trial.now += SECOND
    assert trial.there.native_passes(ACCOUNT) == ()
    trial.mint()
    trial.there.reap(ACCOUNT, None)
    assert trial.page.usable_native_passes(ACCOUNT) == 0
    assert trial.page.usable_native_passes(OTHER) == 1


def test_a_credential_is_suspended_restored_and_removed(trial: Trial) -> None:
    """Each is what is read back afterwards, done twice is done once, and of another account it is nothing."""
    trial.page.plant(ACCOUNT, SEEN)
    seen = []
    for step in (trial.there.suspend, trial.there.suspend, trial.there.restore):
        step(OTHER, "one")
        step(ACCOUNT, "one")
        seen.append((trial.there.read_back(ACCOUNT)[0].active, trial.page.opens("one")))
    assert seen == [(False, False), (False, False), (True, True)]
    trial.there.recall(ACCOUNT, "one")
    trial.there.recall(ACCOUNT, "one")
    assert (trial.there.read_back(ACCOUNT), trial.page.opens("one"), trial.page.opens("none")) == ((), False, False)


CALLS: dict[str, Callable[[Trial], object]] = {
    "mint": lambda trial: trial.mint(OTHER),
    "native_passes": lambda trial: trial.there.native_passes(ACCOUNT),
    "reap": lambda trial: trial.there.reap(ACCOUNT, None),
    "read_back": lambda trial: trial.there.read_back(ACCOUNT),
    "suspend": lambda trial: trial.there.suspend(ACCOUNT, "one"),
    "restore": lambda trial: trial.there.restore(ACCOUNT, "one"),
    "recall": lambda trial: trial.there.recall(ACCOUNT, "one"),
}


def truth(trial: Trial) -> tuple[int, int, bool]:
    """What is so there, whatever it says."""
    return trial.page.usable_native_passes(ACCOUNT), trial.page.usable_native_passes(OTHER), trial.page.opens("one")


@pytest.mark.parametrize("operation", CALLS)
def test_every_call_can_fail_before_and_after_it_took_hold(trial: Trial, operation: str) -> None:
    """Before: nothing has changed. After: what it does is done. Counted failures end, and others are not touched."""
    trial.mint()
    trial.page.plant(ACCOUNT, SEEN)
    before = truth(trial)
    trial.behave(Conduct(fails_before=(operation,), times=2))
    for _ in range(2):
        with pytest.raises(Unavailable):
            CALLS[operation](trial)
    assert truth(trial) == before
    trial.behave(Conduct(fails_after=(operation,), times=1))
    with pytest.raises(Unavailable):
        CALLS[operation](trial)
    changes = operation in ("mint", "reap", "suspend", "recall")
    assert (truth(trial) != before) is changes
    trial.behave(Conduct(drops=(operation,)))
    after = truth(trial)
    CALLS[operation](trial)
    assert truth(trial) == after


def test_it_shows_old_news_and_lies(trial: Trial) -> None:
    """Reads show what was a while ago; it calls passes gone that are usable, and used that are not."""
    trial.behave(Conduct(old_news_ms=SECOND))
    trial.mint()
    trial.page.plant(ACCOUNT, SEEN)
    seen = [(len(trial.there.native_passes(ACCOUNT)), len(trial.there.read_back(ACCOUNT)))]
    trial.now += SECOND
    seen.append((len(trial.there.native_passes(ACCOUNT)), len(trial.there.read_back(ACCOUNT))))
    trial.there.reap(ACCOUNT, None)
    trial.there.recall(ACCOUNT, "one")
    seen.append((len(trial.there.native_passes(ACCOUNT)), len(trial.there.read_back(ACCOUNT))))
    trial.now += SECOND
    seen.append((len(trial.there.native_passes(ACCOUNT)), len(trial.there.read_back(ACCOUNT))))
    assert seen == [(0, 0), (1, 1), (1, 1), (0, 0)]
    trial.behave(HONEST)
    trial.mint()
    trial.behave(Conduct(says_used=True))
    assert [each.used for each in trial.there.native_passes(ACCOUNT)] == [True]
    trial.behave(Conduct(says_gone=True))
    assert trial.there.native_passes(ACCOUNT) == ()
    assert trial.page.usable_native_passes(ACCOUNT) == 1


def test_its_state_outlives_who_opened_it(tmp_path: Path) -> None:
    """Closed and opened again, also by somebody beside us, it is as it was, misconduct included."""
    file = tmp_path / "tenant.sqlite"
    first = Trial(file)
    first.mint()
    first.behave(Conduct(says_used=True))
    beside = Trial(file)
    assert [each.used for each in beside.there.native_passes(ACCOUNT)] == [True]
    beside.there.reap(ACCOUNT, None)
    assert first.there.native_passes(ACCOUNT) == ()
