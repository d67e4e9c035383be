"""What the database says after a crash, held against what was acknowledged and against what may never happen."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from firstkey.enrollment.case.facts import decode_fact
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import CredentialState
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.storage.sqlite.connection import open_reader
from tests.durability.errand import Told
from tests.journeys.sites import run

Fact = dict[str, Any]

UNFINISHED = (CredentialState.PENDING, CredentialState.SUSPENDED)


def facts_of(site: Path) -> dict[str, list[Fact]]:
    """Return every stream's facts, in order, as they stand in the database."""
    streams: dict[str, list[Fact]] = defaultdict(list)
    with closing(open_reader(site)) as connection:
        for stream, body in connection.execute("SELECT stream, body FROM facts ORDER BY stream, number"):
            streams[stream].append(json.loads(body))
    return streams


def missing(site: Path, told: Iterable[Told]) -> list[tuple[Told, int, int]]:
    """Return what was acknowledged more often than it stands in the database."""
    streams, lost = facts_of(site), []
    for each, times in Counter(told).items():
        stream = f"sign_in/{each.names}" if each.kind == "SignedIn" else f"case/{each.case}"
        stored = sum(fact["fact"] == each.kind and _names(fact, each.names) for fact in streams[stream])
        if stored < times:
            lost.append((each, times, stored))
    return lost


def _names(fact: Fact, name: str) -> bool:
    return not name or name in json.dumps(fact)


def check_history(site: Path) -> int:
    """Check of every case what no crash may bring about; return how many credentials were made.

    A pass is redeemed once at most and yields one credential at most; a code spent is not spent again; a statement
    stands under one fact; a credential is made once, and one pass of an account lives at a time.
    """
    streams, made = facts_of(site), Counter[str]()
    redeemed, proofs = Counter[str](), Counter[str]()
    for stream, facts in streams.items():
        if not stream.startswith("case/"):
            continue
        live: str | None = None
        yielded = Counter[str]()
        for fact in facts:
            kind = fact["fact"]
            if kind == "PassIssued":
                assert live is None, f"{stream}: a second live pass"
                live = fact["pass_id"]
            elif kind in ("PassRevoked", "PassExpired"):
                live = None
            elif kind == "PassRedeemed":
                assert live == fact["pass_id"], f"{stream}: a dead pass redeemed"
                redeemed[fact["pass_id"]] += 1
            elif kind == "CredentialRegistered":
                assert live is not None, f"{stream}: a credential without a pass"
                yielded[live] += 1
                made[fact["made"]["credential"]] += 1
                live = None
            if isinstance(fact.get("by"), dict):
                proofs[fact["by"]["statement"]] += 1
        assert max(yielded.values(), default=0) <= 1, f"{stream}: a pass with two credentials"
        assert sum(fact["fact"] == "CaseClosed" for fact in facts) <= 1, f"{stream}: closed twice"
    for name, counted in (("pass redeemed", redeemed), ("credential made", made), ("statement used", proofs)):
        twice = [key for key, times in counted.items() if times > 1]
        assert not twice, f"{name} twice: {twice}"
    return len(made)


def verify(site: Path) -> None:
    """Verify the ledger: chains, tree, checkpoint, and that the facts are those that it tells of."""
    result = run("ledger", "verify", "--site", site, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["macs_checked"] is True


def check_standing(site: Path) -> dict[str, Case]:
    """Fold every case from the database and check what the core forbids of each; return them by id."""
    cases: dict[str, Case] = {}
    with closing(open_reader(site)) as connection:
        rows = connection.execute("SELECT stream, body FROM facts WHERE stream LIKE 'case/%' ORDER BY stream, number")
        folded: dict[str, Any] = {}
        for stream, body in rows:
            folded[stream] = apply_fact(folded.get(stream), decode_fact(body))
    for state in folded.values():
        if isinstance(state, Case):
            cases[state.case] = state
    living = Counter(case.account for case in cases.values() if case.live_pass is not None)
    assert max(living.values(), default=0) <= 1, f"two live passes: {living}"
    for case in cases.values():
        assert case.tries_failed <= case.requirements.tries, f"{case.case}: {case.tries_failed} tries"
        assert case.credentials_made <= 1, f"{case.case}: {case.credentials_made} credentials"
        if case.closed is not None:
            pending = case.credential is not None and case.credential.state in UNFINISHED
            assert (case.live_pass, case.window, pending) == (None, None, False), f"{case.case}: closed with what lives"
    return cases
