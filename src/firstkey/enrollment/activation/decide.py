"""Rules of activation: the whole chain, under a checkpoint, on ground that still stands."""

from firstkey.enrollment.activation.commands import ActivateCredential
from firstkey.enrollment.case.ending import earliest
from firstkey.enrollment.case.facts import CaseClosed, CredentialActivated
from firstkey.enrollment.case.ground import Moment, stand_on_ground
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, present, require
from firstkey.enrollment.case.words import Closure, CredentialState


def activate_credential(scene: Scene, _: ActivateCredential) -> Step:
    """Activate, and end the case."""
    credential = present(scene.case.credential, R.NotAStep)
    stand_on_ground(scene, Moment.ACTIVATION)
    require(credential.state is CredentialState.PENDING, R.CredentialStateDiffers)
    activated = CredentialActivated(
        at=scene.now,
        credential=credential.credential,
        tier=min(credential.tier, scene.required.tier),
        ends_at=earliest(credential.ends_at, scene.around.account.ends_at),
    )
    return Step((activated, CaseClosed(at=scene.now, reason=Closure.COMPLETED)))
