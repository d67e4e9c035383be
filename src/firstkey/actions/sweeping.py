"""What nobody asks for: activation as soon as it may be, and the end of what time has ended. Nothing relies on it."""

from functools import partial

from firstkey.actions.casework import Casework, every_case, run
from firstkey.actions.site import Site
from firstkey.enrollment.activation import ActivateCredential
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.closure import Sweep
from firstkey.ports.queues import CaseIndex
from firstkey.values.errors import Refused, Unavailable

SWEPT_AT_ONCE_MAX = 100


async def sweep(site: Site) -> int:
    """Write down what is due, and activate what may be. A case that cannot be worked on keeps no other waiting.

    Returns:
        How many cases were looked at.

    Raises:
        Exception: the first that a case raised which is neither a no nor told by the store, once all were looked at.
    """

    def due(casework: Casework) -> list[tuple[str, Command]]:
        tx = casework.tx
        pending = every_case(tx, CaseIndex.STAGE, Stage.ACTIVATION.value)
        over = (row for row in tx.cases(CaseIndex.ALL, limit=SWEPT_AT_ONCE_MAX) if row.due_at <= tx.now)
        found: list[tuple[str, Command]] = [(row.case, ActivateCredential()) for row in pending]
        return [*found, *((row.case, Sweep()) for row in over)]

    waiting = await run(site, due)
    broken: list[Exception] = []
    for stream, command in waiting:
        try:
            await run(site, partial(_try, case=stream.removeprefix("case/"), command=command))
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one case is told after the others
            broken.append(error)
    if broken:
        raise broken[0]
    return len(waiting)


def _try(casework: Casework, case: str, command: Command) -> None:
    try:
        casework.decide(case, command)
    except Refused:
        if not isinstance(command, Sweep):
            _try(casework, case, Sweep())  # it may not activate yet; what else is due is written down
