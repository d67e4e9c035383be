"""What may be so in the world around a case, as dimensions; and the instants that its clock can show."""

from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.surroundings import Account, Affiliation, Surroundings
from firstkey.enrollment.case.words import Covered
from firstkey.policy.model import Requirements, Ruling, Trust, Verdict
from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.model.environment import Dimension
from tests.model.people import ANNA, DUTIES, JOINER, PEOPLE, eligible

START = 1_800_000_000_000
TICKS = tuple(START + after for after in (0, 6 * MINUTE, 12 * MINUTE, 25 * HOUR, 74 * HOUR, 34 * DAY))
"""The instants of the clock: within and past 10 minutes, 24 hours, 72 hours and 30 days of one another."""

FEW_TICKS = tuple(START + after for after in (0, 12 * MINUTE, 25 * HOUR, 34 * DAY))
"""A coarser clock: past 10 minutes, 24 hours and 30 days of one another."""

FEWEST_TICKS = (*FEW_TICKS[:2], FEW_TICKS[-1])
"""Past 10 minutes, and past 30 days."""

SPENT, UNVERIFIED = "used before", "no longer verifies"
"""Names of statements (and of a start code): one that is spent already, one whose assertion does not verify again."""

ACTS = (
    "hold_case lift_hold report_fraud record_proofing withdraw_proofing give_approval deny_approval withdraw_approval"
    " claim_device anchor_claim release_claim arm_pass confirm_attendance declare_destination_lost record_review"
    " restore_credential"
).split()
OWN_KEY = "own_key"


def statement_of(word: str, person: str) -> str:
    """Return the name of a statement. Statements are fresh each time; which one it is matters to nobody."""
    return f"{word} by {person}"


STATEMENTS = frozenset({*(statement_of(word, person) for person in DUTIES for word in ACTS), SPENT, OWN_KEY})
"""Every statement whose assertion verifies again."""


def both_ways(name: str, values: dict[str, dict[str, Any]]) -> Dimension:
    """Return a dimension that goes from its first value to any other and back."""
    first, *others = values
    return Dimension(name, values, tuple(pair for other in others for pair in ((first, other), (other, first))))


def standing(*values: str, case: str = "") -> Dimension:
    """Return how an account may stand: it stands, has left, is another incarnation, has risen to privileged.

    Args:
        values: which of them.
        case: `0:` or `1:` where only one case's account is meant.
    """
    active, incarnation, risen = f"{case}account.active", f"{case}account.incarnation", f"{case}account.privileged"
    content = {
        "stands": {active: True, incarnation: 1, risen: False},
        "left": {active: False, incarnation: 1, risen: False},
        "rehired": {active: True, incarnation: 2, risen: False},
        "risen": {active: True, incarnation: 1, risen: True},
    }
    moves = (("stands", "left"), ("left", "stands"), ("left", "rehired"), ("stands", "risen"), ("risen", "stands"))
    chosen = {name: content[name] for name in values}
    return Dimension(f"{case}account", chosen, tuple(pair for pair in moves if set(pair) <= set(values)))


def present_people(*people: str, gone: str = ANNA) -> Dimension:
    """Return who may be eligible: all, or all but one who has left."""
    return both_ways(
        "people",
        {"all": {"eligible": eligible(*people)}, f"without {gone}": {"eligible": eligible(*people, without=gone)}},
    )


def _ruling(verdict: Verdict, requirements: Requirements | None, path: str | None = "path") -> dict[str, Any]:
    return {"ruling.path": path, "ruling.verdict": verdict, "ruling.requirements": requirements}


def _stricter_in_terms(pinned: Requirements) -> Requirements:
    return replace(
        pinned,
        tries=max(1, pinned.tries - 1),
        ceremonies=max(1, pinned.ceremonies - 1),
        pass_lifetime_ms=5 * MINUTE,
        window_ms=5 * MINUTE,
        proofing_age_ms_max=24 * HOUR,
        cooling_off_ms=HOUR,
        cosigned=True,
    )


def _weaker(pinned: Requirements) -> Requirements:
    key = replace(pinned.key, aaguids=None, trust=Trust.NONE, user_verification=False)
    return replace(pinned, level=1, quorum=0, tries=5, ceremonies=3, proofing_age_ms_max=100 * DAY, key=key)


def policies(pinned: Requirements, *names: str) -> Dimension:
    """Return the policies that may come into force beside the one that a case pinned, by name."""
    every = {
        "as pinned": _ruling(Verdict.ALLOW, pinned),
        "stricter in quorum": _ruling(Verdict.ALLOW, replace(pinned, quorum=pinned.quorum + 1)),
        "stricter in level": _ruling(Verdict.VERIFY, replace(pinned, level=3)),
        "stricter in terms": _ruling(Verdict.VERIFY, _stricter_in_terms(pinned)),
        "stricter in key": _ruling(Verdict.ALLOW, replace(pinned, key=replace(pinned.key, aaguids=frozenset()))),
        "takes it nowhere": _ruling(Verdict.ALLOW, replace(pinned, destinations=())),
        "weaker": _ruling(Verdict.ALLOW, _weaker(pinned)),
        "elsewhere": _ruling(Verdict.ALLOW, pinned, "another path"),
        "prohibits": _ruling(Verdict.PROHIBIT, None),
    }
    return both_ways("policy", {name: every[name] for name in ("as pinned", *names)})


def policies_of_two(*pinned: Requirements) -> Dimension:
    """Return the policies of two cases: as each pinned it, or prohibiting both."""
    both = {f"{place}:ruling.requirements": each for place, each in enumerate(pinned)}
    none = {f"{place}:ruling.requirements": None for place in range(len(pinned))}
    return both_ways(
        "policy",
        {
            "as pinned": {"ruling.verdict": Verdict.ALLOW, **both},
            "prohibits": {"ruling.verdict": Verdict.PROHIBIT, **none},
        },
    )


ASSERTIONS = both_ways(
    "assertions",
    {
        "verify": {"verified": STATEMENTS},
        "anna's does not": {"verified": STATEMENTS - {statement_of("give_approval", ANNA)}},
    },
)
EPOCH = Dimension("epoch", {"1": {"epoch": 1}, "2": {"epoch": 2}}, (("1", "2"),))
CHECKPOINT = Dimension(
    "checkpoint",
    {"no": {"covered": Covered.NO}, "signed": {"covered": Covered.SIGNED}, "cosigned": {"covered": Covered.COSIGNED}},
    (("no", "signed"), ("signed", "cosigned")),
)
CLOCK = both_ways("clock", {"sure": {"clock_doubtful": False}, "doubtful": {"clock_doubtful": True}})
ASSET = both_ways("asset", {"asset": {"asset": "asset"}, "none": {"asset": None}})
ELSEWHERE = both_ways(
    "elsewhere",
    {
        "nothing": {"live_pass_elsewhere": False, "native_elsewhere": False},
        "pass": {"live_pass_elsewhere": True, "native_elsewhere": False},
        "native pass": {"live_pass_elsewhere": False, "native_elsewhere": True},
    },
)
RIVALS = Dimension(
    "rivals", {"few": {"rival_codes_compared": 0}, "many": {"rival_codes_compared": 5}}, (("few", "many"),)
)
SITE = Dimension("site", {"serving": {}, "behind its head": {}}, (("serving", "behind its head"),))
"""A restore from an older copy puts the store behind its head; from there only a fence leads on."""

_ACCOUNT = Account(account="account", person=JOINER, incarnation=1)
_AROUND = Surroundings(
    account=_ACCOUNT,
    eligible=eligible(*PEOPLE),
    verified=STATEMENTS,
    affiliations=frozenset(Affiliation(person, None, None) for person in DUTIES),
)
_RULING = Ruling(policy="policy", path="path", verdict=Verdict.ALLOW, requirements=None, reasons=("a reason",))
CONSTANTS: dict[str, Any] = {
    **{name: getattr(_AROUND, name) for name in _AROUND.__struct_fields__ if name != "account"},
    **{f"account.{name}": getattr(_ACCOUNT, name) for name in _ACCOUNT.__struct_fields__},
    **{f"ruling.{name}": getattr(_RULING, name) for name in _RULING.__struct_fields__},
}
"""Every field of the surroundings as it is where a bound says nothing else."""
