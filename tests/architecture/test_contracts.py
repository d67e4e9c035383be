"""The import contracts hold, and each bites: a violation planted in a copy of the tree is refused by name."""

import re
from pathlib import Path

import pytest

from tests.architecture.contracts import broken, contract_names, copy_of_the_tree, groups, plant, sideways, upwards
from tests.architecture.size import ROOT

DOWNWARDS = contract_names()["layers"]
STAGES = contract_names()["stages"]
SIMULATOR = contract_names()["simulator"]

# Written out here and not read from the contracts, so that a contract which is weakened no longer passes.
PARTS = groups(
    "cli / demo assembly witness / simulator web storage sources destinations notices / settings / actions /"
    " ports reports / evidence / enrollment / ceremonies ledger / policy / values"
)
STAGE_PARTS = groups(
    "lifecycle / request proofing approval claim issuance delivery redemption registration activation closure / case"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a copy of the package with its contracts."""
    return copy_of_the_tree(tmp_path)


def test_the_documented_order_is_this_one() -> None:
    """docs/architecture.md lists the same parts in the same order."""
    rows = re.findall(r"^\| ([a-z, ]+) \| ", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
    assert [row.split(", ") for row in rows if row != "parts"] == PARTS


def test_the_contracts_hold(tree: Path) -> None:
    """In the package as it is no contract is broken."""
    assert broken(tree)[0] == []


@pytest.mark.parametrize(("importer", "imported"), upwards(PARTS) + sideways(PARTS), ids=lambda name: name)
def test_an_import_upwards_or_sideways_is_refused(tree: Path, importer: str, imported: str) -> None:
    """No part imports one above it, or another of its own group."""
    plant(tree, f"firstkey.{imported}")
    plant(tree, f"firstkey.{importer}", f"import firstkey.{imported}")
    names, report = broken(tree)
    assert DOWNWARDS in names
    assert f"firstkey.{importer} is not allowed to import firstkey.{imported}:" in report


@pytest.mark.parametrize(("importer", "imported"), upwards(STAGE_PARTS) + sideways(STAGE_PARTS), ids=lambda name: name)
def test_a_stage_knows_the_case_alone(tree: Path, importer: str, imported: str) -> None:
    """No stage imports another or the lifecycle, and the case imports none of them."""
    plant(tree, f"firstkey.enrollment.{imported}")
    plant(tree, f"firstkey.enrollment.{importer}", f"import firstkey.enrollment.{imported}")
    names, report = broken(tree)
    assert names == [STAGES]
    assert f"firstkey.enrollment.{importer} is not allowed to import firstkey.enrollment.{imported}:" in report


@pytest.mark.parametrize("imported", ["settings", "ports", "enrollment", "ceremonies", "ledger", "policy"])
def test_the_simulator_shares_no_code_with_what_it_tests(tree: Path, imported: str) -> None:
    """The simulator imports nothing but values, though it stands above most of the package."""
    plant(tree, f"firstkey.{imported}")
    plant(tree, "firstkey.simulator", f"import firstkey.{imported}")
    assert broken(tree)[0] == [SIMULATOR]


@pytest.mark.parametrize(
    ("package", "contracts"),
    [("firstkey.utilities", {DOWNWARDS, SIMULATOR}), ("firstkey.enrollment.escalation", {STAGES})],
)
def test_a_new_part_must_be_given_its_place(tree: Path, package: str, contracts: set[str]) -> None:
    """A package that no contract lists is refused, even if it imports nothing."""
    plant(tree, package)
    names, report = broken(tree)
    assert set(names) == contracts
    assert f"- {package}" in report


@pytest.mark.parametrize(
    "statement",
    [
        "def act():\n    import firstkey.actions",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import firstkey.actions",
        "from firstkey import actions",
    ],
    ids=["inside a function", "for types alone", "from the root"],
)
def test_no_form_of_import_escapes(tree: Path, statement: str) -> None:
    """An import inside a function, for types alone, or by way of the root counts like any other."""
    plant(tree, "firstkey.actions")
    plant(tree, "firstkey.policy", statement)
    assert broken(tree)[0] == [DOWNWARDS]
