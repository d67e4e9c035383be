"""Devices as an inventory lists them: which is assigned to whom, and so what its holder's facts are.

A JSON list; each row has `serial`, `model`, `assigned_to` (a person's id), `managed`, and where it is so `certificate`
(the device holds a client certificate of ours), `uncovered` (ours, and known not to be reached by the MDM) and
`shipped` (it went to its holder by post). Whoever is shipped a device works far away; whoever is handed one is on site.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from firstkey.actions.assets import AssetToFeed
from firstkey.actions.recording import PersonToRecord
from firstkey.sources.reasons import SourceReason
from firstkey.sources.rows import read_json, read_rows
from firstkey.values.errors import Malformed

Asset = AssetToFeed


def read_assets(document: bytes) -> tuple[Asset, ...]:
    """Read an inventory.

    Raises:
        Malformed: AssetsUnfit, with the row and what is wrong with it.
    """
    assets = read_rows(read_json(document, SourceReason.AssetsUnfit), Asset, SourceReason.AssetsUnfit)
    for name in ("serial", "assigned_to"):
        said = [value for asset in assets if (value := getattr(asset, name)) is not None]
        if len(set(said)) != len(said):
            raise Malformed(SourceReason.AssetsUnfit, f"the same {name} twice")
    return assets


def with_assets(people: Iterable[PersonToRecord], assets: Iterable[Asset]) -> tuple[PersonToRecord, ...]:
    """Return records of people with what the inventory says of each; nothing is said of whom it does not list."""
    by_person = {asset.assigned_to: asset for asset in assets}
    found = ((person, by_person.get(person.person)) for person in people)
    return tuple(
        person if asset is None else replace(person, asset=asset.serial, facts=person.facts | asset.facts)
        for person, asset in found
    )
