"""Loads a policy from its document, or says everything that is wrong with it.

Nothing comes out of here that the lint or a floor refuses: a `Policy` that was loaded can be put in force. A path that
prohibits may hold the fewest keys; one by own key need say nothing of proofing and approval.
"""

import json
from typing import Any

from firstkey.policy.document import Document, Key
from firstkey.policy.facts import FACTS
from firstkey.policy.kinds import FLAG, many, number, span, text
from firstkey.policy.lint import Finding, of_path, of_policy
from firstkey.policy.model import ApproverRule, Bootstrap, Condition, FirstScreen, Path, Policy, Staffing, Verdict
from firstkey.policy.terms import NAME, TERMS, fact_kind, named, requirements_of
from firstkey.values.encoding import sha256_hex
from firstkey.values.instants import DAY, HOUR, MINUTE

PATHS_MAX = 64

_SHA256 = text(64, "lower-case hex", r"[0-9a-f]{64}")

DOCUMENT_KEYS = {
    "format": Key(number(1, 1)),
    "name": Key(NAME),
    "version": Key(number(1, 2**31)),
    "requester_may_proof": Key(FLAG, False),
    "extra_roots": Key(many(_SHA256), frozenset()),
}

PATH_KEYS = {
    "name": Key(NAME),
    "verdict": Key(named(Verdict)),
    "reason": Key(text(400)),
    **{f"when.{name}": Key(many(fact_kind(name), least=1), None) for name in FACTS},
}

OPEN_PATH_KEYS = {
    **PATH_KEYS,
    "first_screen": Key(named(FirstScreen)),
    "stricter_of_first": Key(FLAG, False),
    "channel_reason": Key(text(400), ""),
    "staffing.answer": Key(span(MINUTE, 30 * DAY), None),
    "staffing.escalate_to": Key(many(named(ApproverRule), tuple), ()),
    **{term.key: Key(term.kind, term.default) for term in TERMS.values()},
}

_OWN_KEY = {"methods": frozenset(), "level": 0, "proofing_age_ms_max": 72 * HOUR, "approvers": frozenset()}
OWN_KEY_PATH_KEYS = OPEN_PATH_KEYS | {
    TERMS[name].key: Key(TERMS[name].kind, default) for name, default in {**_OWN_KEY, "quorum": 0}.items()
}


def _path(found: dict[str, Any], line: int) -> Path:
    """Build a path from the values of its keys; one that prohibits has fewer."""
    when = ((name, found[f"when.{name}"]) for name in FACTS)
    made: dict[str, Any] = {"first_screen": FirstScreen.BROWSER, "requirements": None, "line": line}
    made["when"] = tuple(Condition(name, values) for name, values in when if values is not None)
    if found["verdict"] is not Verdict.PROHIBIT:
        made["requirements"] = requirements_of({name: found[term.key] for name, term in TERMS.items()})
        if found["staffing.answer"] is not None:
            made["staffing"] = Staffing(found["staffing.answer"], found["staffing.escalate_to"])
    return Path(**made | {name: found[name] for name in Path.__struct_fields__ if name in found})


def _read_path(document: Document, place: int, table: dict[str, Any], names: dict[str, int]) -> Path | None:
    """Read one path, note what is wrong with it by itself, and return it if it could be read."""
    where = f"path {json.dumps(str(table.get('name', place + 1)))}"
    before = len(document.problems)
    keys = OWN_KEY_PATH_KEYS if table.get("bootstrap") == Bootstrap.OWN_KEY else OPEN_PATH_KEYS
    keys = PATH_KEYS if table.get("verdict") == Verdict.PROHIBIT else keys
    found = document.read(table, keys, ("path", place), where)
    if names.setdefault(str(table.get("name")), place) != place:
        document.add(("path", place, "name"), where, "Another path has this name.", "Write a name of its own.")
    if len(document.problems) > before:
        return None
    path = _path(found, document.line(("path", place)))
    for finding in of_path(place, path):
        _note(document, finding, path.name)
    return path


def _note(document: Document, finding: Finding, name: str) -> None:
    where = f'path "{name}", {finding.key}'
    document.add(("path", finding.path, *finding.key.split(".")), where, finding.reason, finding.instead)


def load_policy(document: bytes) -> Policy:
    """Return the policy that a document declares.

    Args:
        document: TOML 1.0, UTF-8, at most DOCUMENT_BYTES_MAX.

    Raises:
        Problems: anything is wrong with it; all that could be found is told at once. What only the whole policy shows
            (order, floors, staffing) is looked at once every path can be read.
    """
    read = Document(document)
    top = read.read({key: value for key, value in read.top.items() if key != "path"}, DOCUMENT_KEYS, (), "a policy")
    names: dict[str, int] = {}
    paths = [_read_path(read, place, table, names) for place, table in read.tables("path", PATHS_MAX)]
    whole = tuple(path for path in paths if path is not None)
    if len(whole) < len(paths) or not paths:
        read.finish()
    del top["format"]
    policy = Policy(sha256=sha256_hex(document), paths=whole, **top)
    for finding in of_policy(policy):
        _note(read, finding, whole[finding.path].name)
    read.finish()
    return policy
