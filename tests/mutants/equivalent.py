"""Mutants that no test can kill, each with its proof. A table to keep short: code that needs an entry is often better
written so that it needs none.
"""

from typing import NamedTuple

from tests.mutants.mutant import Edit, Place


class Excuse(NamedTuple):
    """Why one change of one line changes nothing that can be seen.

    Attributes:
        file: path below the package.
        line: the whole line on which the change begins, without its indentation.
        before, after: the change.
        proof: why it is the same.
    """

    file: str
    line: str
    before: str
    after: str
    proof: str

    def covers(self, edit: Edit, place: Place) -> bool:
        """Whether an edit is the one that is excused."""
        return (edit.file, place.text, edit.before, edit.after) == (self.file, self.line, self.before, self.after)


_SAME_ROWS = "Every standing row has both moments; those that look at the moment do so for paths without a pass."

EQUIVALENT: tuple[Excuse, ...] = (
    Excuse(
        "enrollment/case/ground.py",
        "Row(_device_is_claimant, BEFORE_CREDENTIAL, R.WrongDevice, standing=False),",
        "False",
        "True",
        "`lost` reads standing rows and asks without a device; without a device this row holds.",
    ),
    Excuse(
        "enrollment/lifecycle/due.py",
        "moment = Moment.REGISTRATION if pass_.state is PassState.REDEEMED else Moment.REDEMPTION",
        "pass_.state is PassState.REDEEMED",
        "True",
        _SAME_ROWS,
    ),
    Excuse(
        "enrollment/lifecycle/due.py",
        "moment = Moment.REGISTRATION if pass_.state is PassState.REDEEMED else Moment.REDEMPTION",
        "pass_.state is PassState.REDEEMED",
        "False",
        _SAME_ROWS,
    ),
)
