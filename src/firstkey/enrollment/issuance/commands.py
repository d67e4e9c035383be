"""What may be asked of the issuance stage."""

from firstkey.enrollment.case.scene import Command


class IssuePass(Command, frozen=True):
    """Issue the pass. The system asks, for a complete case; there is no permission to issue."""

    pass_id: str


class RevokePass(Command, frozen=True):
    """Kill the live pass at once. Needs a duty of any kind, and no ground: lowering trust is always open."""

    person: str
