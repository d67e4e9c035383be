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


EQUIVALENT: tuple[Excuse, ...] = (
    Excuse(
        "enrollment/case/ground.py",
        "Row(_device_is_claimant, BEFORE_CREDENTIAL, R.WrongDevice, standing=False),",
        "False",
        "True",
        "`lost` reads standing rows and asks without a device; without a device this row holds.",
    ),
)
