"""An inventory's devices: what each says of its holder, and of nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest

from firstkey.actions.recording import PersonToRecord
from firstkey.policy.facts import FACTS
from firstkey.sources.assets import read_assets, with_assets
from firstkey.values.errors import Malformed

ROOT = Path(__file__).resolve().parents[2]


def row(**changed: Any) -> dict[str, Any]:
    """A managed laptop that was handed out."""
    return {"serial": "S1", "model": "Laptop", "assigned_to": "p-1", "managed": True, **changed}


def document(*rows: Any) -> bytes:
    """An inventory."""
    return json.dumps(list(rows)).encode()


@pytest.mark.parametrize(
    ("changed", "device", "workplace"),
    [
        ({}, "managed", "on_site"),
        ({"certificate": True}, "certified", "on_site"),
        ({"shipped": True}, "managed", "remote"),
        ({"managed": False}, "own", "on_site"),
        ({"managed": False, "certificate": True}, "own", "on_site"),
    ],
    ids=str,
)
def test_a_device_says_what_its_holder_works_on_and_where(changed: dict[str, Any], device: str, workplace: str) -> None:
    """Only a managed device counts as one, and who is shipped theirs works far away."""
    (asset,) = read_assets(document(row(**changed)))
    assert asset.facts == {"device": device, "workplace": workplace}
    assert all(value in FACTS[name].values for name, value in asset.facts.items())


def test_it_is_said_of_its_holder_alone() -> None:
    """A person with a device gets serial and facts beside their own; another person is left as they were."""
    holder = PersonToRecord("p-1", "a-1", "u", "U", facts={"employment": "employee"})
    other = PersonToRecord("p-2", "a-2", "v", "V")
    first, second = with_assets((holder, other), read_assets(document(row())))
    assert (first.asset, first.facts) == ("S1", {"employment": "employee", "device": "managed", "workplace": "on_site"})
    assert second == other


UNFIT: dict[str, tuple[bytes, str]] = {
    "no list": (b"{}", "a list"),
    "too long": (document(*[row(serial=str(n), assigned_to=str(n)) for n in range(5_001)]), "5000"),
    "an unknown field": (document(row(colour="red")), "row 1"),
    "managed by word": (document(row(managed="yes")), "row 1"),
    "no word of management": (document({"serial": "S1", "model": "L", "assigned_to": "p"}), "row 1"),
    "an empty serial": (document(row(serial="")), "row 1"),
    "a serial twice": (document(row(), row(assigned_to="p-2")), "serial twice"),
    "two for one person": (document(row(), row(serial="S2")), "assigned_to twice"),
    "large": (b" " * (4 * 1024 * 1024 + 1), "bytes"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_is_no_inventory_is_refused_whole(name: str) -> None:
    """It is told where; a sound one is read."""
    data, said = UNFIT[name]
    with pytest.raises(Malformed) as malformed:
        read_assets(data)
    assert (malformed.value.type, said in malformed.value.detail) == ("assets-unfit", True)
    assert read_assets(document(row()))


def test_the_example_is_read() -> None:
    """It knows devices of every kind: managed, with and without a certificate, of one's own, and uncovered."""
    assets = read_assets((ROOT / "examples" / "assets.json").read_bytes())
    assert {asset.facts["device"] for asset in assets} == {"managed", "certified", "own", "uncovered"}
