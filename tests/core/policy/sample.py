"""Requirements, paths and documents to start from, and strategies that draw them."""

from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from firstkey.policy.facts import FACTS
from firstkey.policy.floors import on
from firstkey.policy.model import Bootstrap, Condition, FirstScreen, Path, Policy, Requirements, Verdict
from firstkey.policy.terms import TERMS, requirements_of, values_in

PAIRS: dict[str, tuple[Any, Any]] = {
    "channel": ("device_sealed", "in_person"),
    "anchors": (["client_certificate"], ["client_certificate", "presence"]),
    "methods": (["document_in_person"], ["document_in_person", "live_vouch"]),
    "level": (2, 1),
    "proofing_age_ms_max": ("24h", "72h"),
    "approvers": (["security"], ["security", "manager"]),
    "quorum": (2, 1),
    "spread": (["different_units"], []),
    "distinct": ([["proofer", "confirmer"]], []),
    "pass_lifetime_ms": ("5m", "10m"),
    "window_ms": ("5m", "10m"),
    "tries": (3, 5),
    "ceremonies": (1, 3),
    "user_verification": (True, False),
    "device_bound": (True, False),
    "trust": ("anchored", "self"),
    "formats": (["packed"], ["packed", "tpm"]),
    "algorithms": (["ES256"], ["ES256", "RS256"]),
    "roaming": (True, False),
    "aaguids": (["00000000-0000-4000-8000-000000000001"], None),
    "cooling_off_ms": ("24h", "1h"),
    "cosigned": (True, False),
    "tier": ("low", "standard"),
    "credential_lifetime_ms": ("30d", None),
    "destinations": (["local"], ["local", "elsewhere"]),
    "after_review": (True, False),
}
"""For every term with an order, a value as TOML has it and a laxer one."""


def read(term: str, raw: Any) -> Any:
    """Return a term's value from what TOML has; `None` is left as it is."""
    return None if raw is None else TERMS[term].kind.read(raw)


STRICT = {term: read(term, strict) for term, (strict, _) in PAIRS.items()}
LAX = {term: read(term, lax) for term, (_, lax) in PAIRS.items()}


def requirements(**changes: Any) -> Requirements:
    """Return strict requirements of a pass path, with some terms changed."""
    return requirements_of({"bootstrap": Bootstrap.PASS, **STRICT, **changes})


def changed(given: Requirements, **changes: Any) -> Requirements:
    """Return requirements with some terms changed."""
    return requirements_of(values_in(given) | changes)


def path(name: str = "only", required: Requirements | None = None, *, when: str = "", **changes: Any) -> Path:
    """Return a path that verifies, or prohibits where nothing is required; `when` reads "device=own,shared …"."""
    conditions = on(**{fact: values.replace(",", " ") for fact, values in (each.split("=") for each in when.split())})
    verdict = Verdict.PROHIBIT if required is None else Verdict.VERIFY
    made = Path(name, verdict, f"The reason of {name}.", conditions, FirstScreen.BROWSER, required)
    return replace(made, **changes)


def policy(*paths: Path, **changes: Any) -> Policy:
    """Return a policy of these paths, nothing of it checked."""
    return replace(Policy("sample", 1, "00" * 32, paths), **changes)


def facts(**values: str) -> dict[str, str]:
    """Return a value for every fact: a new employee with an assigned laptop, unless said otherwise."""
    plain = {"purpose": "first_key", "request": "single", "account": "standard", "employment": "employee"}
    return plain | {"workplace": "on_site", "device": "certified"} | values


def document(*lines: str, drop: str = "nothing") -> bytes:
    """Return a sound policy of one path, with lines put at its end and those that begin with a word left out."""
    kept = [line for line in SOUND.splitlines() if not line.startswith(drop)]
    return "\n".join([*kept, *lines, ""]).encode()


SOUND = """\
format = 1
name = "sample"
version = 7

[[path]]
name = "managed"
verdict = "allow"
reason = "A managed device."
first_screen = "browser"
bootstrap = "pass"
anchors = ["client_certificate"]
destinations = ["local"]
when.purpose = ["first_key"]
when.account = ["standard"]
when.employment = ["employee"]
when.request = ["single"]
when.workplace = ["on_site"]
when.device = ["certified"]
proofing.methods = ["document_in_person", "vendor_check"]
proofing.level = 2
proofing.age = "72h"
approval.approvers = ["manager", "approver"]
approval.quorum = 1
credential.tier = "standard"
"""

all_facts = st.fixed_dictionaries({name: st.sampled_from(fact.values) for name, fact in FACTS.items()})
"""Any combination of facts."""


def _values_of(name: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(FACTS[name].values), min_size=1)


any_when = st.fixed_dictionaries({}, optional={name: _values_of(name) for name in FACTS}).map(
    lambda values: tuple(Condition(name, each) for name, each in values.items())
)
"""Any conditions of a path."""

any_requirements = st.fixed_dictionaries(
    {"bootstrap": st.sampled_from(Bootstrap)}
    | {term: st.sampled_from([STRICT[term], LAX[term]]) for term in PAIRS}
    | {"level": st.integers(0, 3), "quorum": st.integers(0, 5), "tries": st.integers(1, 5)}
    | {"credential_lifetime_ms": st.none() | st.integers(1, 10**10), "proofing_age_ms_max": st.integers(1, 10**9)}
    | {"anchors": st.frozensets(st.sampled_from(sorted(read("anchors", ["presence", "authenticator"]))))}
).map(requirements_of)
"""Requirements of every kind, sensible or not."""


@st.composite
def any_policy(draw: st.DrawFn) -> Policy:
    """Draw a policy of a few paths, sensible or not."""
    drawn = draw(st.lists(st.tuples(any_when, st.none() | any_requirements, st.booleans()), max_size=5))
    paths = (path(f"p{place}", has, stricter_of_first=flag) for place, (_, has, flag) in enumerate(drawn))
    return policy(*(replace(each, when=when) for each, (when, _, _) in zip(paths, drawn, strict=True)))
