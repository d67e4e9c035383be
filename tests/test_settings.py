"""A site's settings: destinations named strictly, written as they are read; simulated ones stay on localhost."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from firstkey.settings import FILE, DestinationSettings, Settings, check_settings, format_settings, read_settings
from firstkey.values.errors import Malformed

TRIAL = Settings(site="localhost", name="Example", origin="http://localhost:8443", rp_id="localhost")
TENANT = {"tenant": DestinationSettings("handover_simulator")}


def written(folder: Path, text: str) -> Settings:
    """Write a site's file, and read it."""
    (folder / FILE).write_text(text, "utf-8")
    return read_settings(folder)


def test_destinations_are_written_as_they_are_read(tmp_path: Path) -> None:
    """With and without them, the file says what the settings say."""
    for settings in (TRIAL, replace(TRIAL, destinations={**TENANT, "other_one": TENANT["tenant"]})):
        assert written(tmp_path, format_settings(settings)) == settings


@pytest.mark.parametrize("name", ["local", "Tenant", "9", "a-b", "a__b", ""])
def test_a_destination_is_named_as_policies_name_it(name: str) -> None:
    """Lower-case words joined by underscores, and not `local`, which is the site itself."""
    check_settings(replace(TRIAL, destinations=TENANT))
    with pytest.raises(Malformed):
        check_settings(replace(TRIAL, destinations={name: TENANT["tenant"]}))


def test_a_simulated_destination_stays_on_localhost(tmp_path: Path) -> None:
    """Beyond a trial it is refused with its line."""
    text = format_settings(replace(TRIAL, rp_id="join.example.org", origin="https://join.example.org"))
    assert written(tmp_path, text).destinations == {}
    with pytest.raises(Malformed) as refused:
        written(tmp_path, f'{text}[destinations.tenant]\nkind = "handover_simulator"\n')
    line = len(text.splitlines()) + 1
    assert refused.value.detail.startswith(f"{FILE}:{line}: destinations.tenant: ")


@pytest.mark.parametrize("table", ['kind = "entra"', "", 'kind = "handover_simulator"\nmore = 1', "kind = 1"])
def test_an_unknown_kind_is_refused(tmp_path: Path, table: str) -> None:
    """A kind that is not there, none, or a word too many, is said with the line of the table."""
    text = format_settings(TRIAL)
    with pytest.raises(Malformed) as refused:
        written(tmp_path, f"{text}[destinations.tenant]\n{table}\n")
    assert refused.value.detail.startswith(f"{FILE}:")
