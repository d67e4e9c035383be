"""Reading verifiers: by one reader, in one module."""

import ast
from pathlib import Path

import pytest

import firstkey
from firstkey.ports.fact_store import Reader, Transaction, answer
from firstkey.storage.rows import Rows
from firstkey.storage.sqlite.connection import STATEMENTS
from firstkey.values.errors import Defect
from tests.contracts.site import Site, do

PACKAGE = Path(firstkey.__file__).parent


def test_a_verifier_is_read_by_its_reader_until_it_is_destroyed(site: Site) -> None:
    """A pass has one verifier; destroyed, it is gone, and destroying it again changes nothing."""
    do(site, lambda tx: tx.put_verifier("pass-1", b"salt and digest"))
    with pytest.raises(Defect):
        do(site, lambda tx: tx.put_verifier("pass-1", b"another"))
    assert answer(site.verifiers().read("pass-1"), 5) == b"salt and digest"
    assert answer(site.verifiers().read("pass-2"), 5) is None
    for _ in range(2):
        do(site, lambda tx: tx.destroy_verifier("pass-1"))
    assert answer(site.verifiers().read("pass-1"), 5) is None


def test_no_common_statement_reads_a_verifier() -> None:
    """Of the statements that all rows share none tells a verifier, nor does any method of a reader or transaction."""
    single = [text for text in vars(STATEMENTS).values() if isinstance(text, str)]
    texts = [*single, *STATEMENTS.cases.values()]
    told = [text.split()[0] for text in texts if "verifiers" in text]
    assert sorted(told) == ["DELETE", "INSERT"]
    assert "RETURNING" not in "".join(texts)
    methods = {name for port in (Reader, Transaction, Rows) for name in dir(port) if "verifier" in name}
    assert methods == {"put_verifier", "destroy_verifier", "add_verifier", "drop_verifier"}


def test_only_the_assembly_knows_the_reader_of_verifiers() -> None:
    """No module imports `storage.verifiers` but the one that hands it to the action of redemption."""
    importing = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "firstkey.storage.verifiers"
    }
    assert importing <= {"assembly.py", "assembly"}
