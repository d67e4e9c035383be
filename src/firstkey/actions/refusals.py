"""Refusals as entries of the ledger, in streams of their own, never in a case's.

Whoever is known (a person in a session, a device that has claimed a case) has an entry for each refusal, in a stream of
theirs. Strangers' are counted, and told as one entry a minute for each source and reason, the source behind a salted
commitment. A refusal that the core itself writes down (a wrong code, a rival) is not told twice.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from firstkey.actions.casework import Casework, run
from firstkey.actions.site import Device, Operator, Site
from firstkey.actions.site_stream import new_fact
from firstkey.enrollment.case.facts import Fact
from firstkey.ledger.entry import Activity
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import SALT_BYTES, commitment, sha256_hex

STREAM = "refusals/"
STRANGERS = STREAM + "strangers"

_CASE = re.compile(r"[A-Za-z0-9_-]{22}")


class CallerRefused(Fact, frozen=True):
    """Somebody known asked for something and was refused.

    Attributes:
        person, device_key: who; one of the two.
        operation: what was asked, by its name in the API.
        reason: the problem type of the refusal.
        asked_of: the case that they named, if it can be a case's id.
    """

    operation: str
    reason: str
    person: str | None = None
    device_key: str | None = None
    asked_of: str | None = None


class StrangersRefused(Fact, frozen=True):
    """So many requests from one source were refused for one reason.

    Attributes:
        source: commitment to the address; the salt and the address stand behind it until they are erased. None for
            sources beyond those that are told apart.
        reason: the problem type of the rule that refused, which the strangers themselves were not told.
        count: how many, since the entry before or the first of them.
        since: instant of the first (milliseconds).
    """

    source: str | None
    reason: str
    count: int
    since: int


class Counted(NamedTuple):
    """Refusals of strangers, as they were counted; `source` is None for all that are not told apart."""

    source: str | None
    activity: Activity
    reason: str
    times: int
    since: int


def stream_of(caller: Operator | Device) -> str:
    """Return the stream of a known caller's refusals."""
    principal = f"device:{caller.device_key}" if isinstance(caller, Device) else f"person:{caller.person}"
    return STREAM + sha256_hex(principal.encode())


async def record_refusal(
    site: Site, caller: Operator | Device, *, operation: str, reason: str, activity: Activity, asked_of: str | None
) -> None:
    """Write one refusal of a known caller down.

    Args:
        site: the site.
        caller: who was refused.
        operation: what was asked.
        reason: the problem type of the refusal.
        activity: what the operation is part of.
        asked_of: the case that was named; whatever can be no case's id is left out.
    """

    def work(casework: Casework) -> None:
        tx, stream = casework.tx, stream_of(caller)
        fact = CallerRefused(
            at=tx.now,
            operation=operation,
            reason=reason,
            person=caller.person if isinstance(caller, Operator) else None,
            device_key=caller.device_key if isinstance(caller, Device) else None,
            asked_of=asked_of if asked_of is not None and _CASE.fullmatch(asked_of) else None,
        )
        tx.append(stream, tx.head(stream), [new_fact(fact, activity)])

    await run(site, work)


async def record_strangers(site: Site, counted: Sequence[Counted]) -> None:
    """Write down what was counted of strangers, in one transaction; each source under a fresh salt."""
    salts = {row.source: site.entropy.draw(SALT_BYTES) for row in counted if row.source is not None}

    def work(casework: Casework) -> None:
        tx, committed = casework.tx, dict[str | None, str]()
        for source, salt in salts.items():
            value = source.encode()
            committed[source] = commitment(salt, value)
            tx.put_document(DocumentKind.SALT, committed[source], salt + value)
        facts = [
            new_fact(
                StrangersRefused(
                    at=tx.now,
                    source=committed.get(row.source),
                    reason=row.reason,
                    count=row.times,
                    since=min(row.since, tx.now),
                ),
                row.activity,
            )
            for row in counted
        ]
        tx.append(STRANGERS, tx.head(STRANGERS), facts)

    if counted:
        await run(site, work)
