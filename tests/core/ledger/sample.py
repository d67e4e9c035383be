"""A small ledger: three streams side by side, with real MACs, as the tests build, judge and attack it."""

from typing import Any

from firstkey.ledger.checkpoint import Checkpoint
from firstkey.ledger.entry import Activity, Entry, Head, fact_mac, leaf_bytes, read_entry
from firstkey.ledger.merkle import leaf_hash, root_of
from firstkey.values import canonical
from firstkey.values.secret import Secret

ORIGIN = "site.example/ledger"
MAC_KEY = Secret(bytes(range(32)))
FOREIGN_KEY = Secret(bytes(32))
START = 1_772_352_000_000

PLOT: tuple[tuple[str, str, Activity, Any], ...] = (
    ("site:1", "PolicyTookEffect", Activity.ADMINISTRATION, {"policy": "a1"}),
    ("case:7", "CaseOpened", Activity.ENROLLMENT, {"purpose": "first_key"}),
    ("case:8", "CaseOpened", Activity.ENROLLMENT, {"purpose": "recovery"}),
    ("case:7", "PassIssued", Activity.ENROLLMENT, {"tries": 3}),
    ("case:7", "PassRedeemed", Activity.ENROLLMENT, {}),
    ("site:1", "SignInAccepted", Activity.SIGN_IN, {"account": "c0ffee"}),
    ("case:8", "CaseClosed", Activity.ENROLLMENT, {"reason": "withdrawn"}),
    ("case:7", "CredentialActivated", Activity.ENROLLMENT, {"tier": "standard"}),
    ("site:1", "SweepDone", Activity.SYSTEM, None),
)


def write(plot: tuple[tuple[str, str, Activity, Any], ...] = PLOT, key: Secret = MAC_KEY) -> list[bytes]:
    """Write a plot (stream, kind, activity, body) as a ledger: dense, numbered and chained under a key."""
    heads: dict[str, Head] = {}
    leaves = []
    for index, (stream, kind, activity, body) in enumerate(plot):
        before, at = heads.get(stream, Head()), START + index
        number, data = before.number + 1, canonical.encode(body)
        mac = fact_mac(key, before.mac, stream=stream, number=number, kind=kind, body_bytes=data, at=at)
        heads[stream] = Head(number, mac)
        entry = Entry(
            index=index,
            activity=activity,
            at=at,
            stream=stream,
            number=number,
            kind=kind,
            body=body,
            mac=mac.hex(),
        )
        leaves.append(leaf_bytes(entry))
    return leaves


def plot_of(leaves: list[bytes]) -> tuple[tuple[str, str, Activity, Any], ...]:
    """Return the plot of a ledger, to write it again as somebody with the MAC key could."""
    entries = [read_entry(leaf) for leaf in leaves]
    return tuple((entry.stream, entry.kind, entry.activity, entry.body) for entry in entries)


def head(leaves: list[bytes], size: int | None = None) -> Checkpoint:
    """Return the head of the first `size` leaves, or of all."""
    covered = leaves[:size]
    return Checkpoint(ORIGIN, len(covered), root_of(map(leaf_hash, covered)))
