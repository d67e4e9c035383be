"""What an action itself says no to, beside the core's refusals."""

from enum import Enum

from firstkey.values.errors import Says


class ActionReason(Enum):
    """Reasons, alphabetically."""

    AccountTaken = Says("The account is another person's.", "Correct the list at its source.")
    AccountUnknown = Says("No source of record knows this account.", "Import the person first.")
    AdministratorUnscoped = Says(
        "An administrator's duty has no scope.", "Grant it for everything, or grant other duties."
    )
    AdministratorsTooFew = Says(
        "Fewer than two administrators would remain.", "Grant the duty to somebody else first, without an end."
    )
    AlreadyCarriedOut = Says(
        "A request with this idempotency key has been carried out.", "Look at the case before you send anything again."
    )
    AlreadyFounded = Says("The site is founded.", "New operators come by a privileged case.")
    CertificateMissing = Says(
        "This connection shows no device certificate.", "Open the page on the managed device, in its own browser."
    )
    CertificateWrong = Says(
        "The device certificate is none of this site's.", "See the service desk: the device must be managed anew."
    )
    ClockAgrees = Says("The site's clock is not in doubt.", "Set the clock of the machine; no time needs to be signed.")
    DelegationCycle = Says("Each would act for the other.", "End the delegation that goes the other way first.")
    DelegationTooLong = Says("A delegation lasts 90 days at most.", "Name an earlier end, and give it anew then.")
    DelegationsTooMany = Says("Twenty delegations are the most that one person gives.", "End some first.")
    DestinationUnfit = Says("A destination cannot keep this path.", "Correct the path, or the site's destinations.")
    DutyNotHeld = Says("This person does not hold this duty.", "Look at who holds what.")
    DutyUnknown = Says("There is no such duty to grant.", "Name a duty; owning a unit takes that unit for its scope.")
    CheckNotAwaited = Says("This case does not wait for proofing.", "Nothing needs to be done; the result came late.")
    CheckSpent = Says("This result was reported before.", "Make a new check for another case.")
    EarlierProofingUnknown = Says(
        "No completed case of this person rests on that evidence.", "Name the commitment under which it was recorded."
    )
    FounderKeyUnfit = Says(
        "A founder's key stays on its device and verifies its user.",
        "Use a security key with a PIN or fingerprint, or this device's own, not synced.",
    )
    FounderTaken = Says("Somebody has enrolled by this id.", "Name your own id in the HR system, or none.")
    FounderUnidentified = Says(
        "This person founded the site and has not been identified yet.",
        "Two administrators do that: identify_founder, or a list of people that both sign.",
    )
    CursorWrong = Says("This is no place in that list.", "Begin the list anew.")
    FoundersTooFew = Says("A site takes two founders at least.", "Let a second founder enroll.")
    FoundersTooMany = Says("A site takes five founders at most.", "Sign the founding statement.")
    FoundingCodeWrong = Says("The founding code is not right, or its hour is over.", "Print a new one with init.")
    FoundingSigned = Says("The founding statement is being signed.", "Nobody can join any more; sign it.")
    IdempotencyKeyReused = Says(
        "This idempotency key belongs to another request.", "Take a fresh key for each request; repeat one unchanged."
    )
    KeyCopied = Says(
        "The key's counter went back: there are two of it. It is suspended.", "Report it; two administrators restore."
    )
    KeyOutOfUse = Says("The key that signed is out of use.", "Sign with an active key of yours.")
    KeyTierTooLow = Says(
        "The key that signed may not open this.", "Whoever holds a duty signs with a key of the privileged tier."
    )
    LeaversTooMany = Says(
        "More people would leave than the feed allows for.", "Look whether the list is whole; then raise left_max."
    )
    LimitMet = Says("You have met this limit yourself.", "Ask an administrator who has not.")
    NoOperator = Says(
        "This person cannot hold a duty.",
        "It takes a person who is here, with an active key of the privileged tier: open a privileged case first.",
    )
    NotFound = Says("There is nothing here for you.", "Check what you were given, or see the service desk.")
    NotFounded = Says("The site is not founded yet.", "Enroll the founders and sign the founding statement.")
    OutRanked = Says("A source of a higher rank has said otherwise.", "Correct it there, or raise this source's rank.")
    OwnDuty = Says("Nobody does this for themselves.", "Ask another administrator.")
    PersonUnknown = Says("No source of record knows this person.", "Import the person first.")
    PolicyInForceAlready = Says("This policy is in force.", "Change the draft, then propose it.")
    PolicyNotProposed = Says(
        "No such change is proposed.", "Look at what is proposed, and against which policy; propose it anew."
    )
    PolicyProposedAlready = Says("This has been proposed or signed already.", "Look at what is proposed.")
    ProposalsTooMany = Says("Eight proposals are the most at a time.", "Withdraw some first.")
    ReportUnsigned = Says(
        "A key is not taken out of use on a session's word.", "Sign that it is stolen, naming account and credential."
    )
    RowTwice = Says("The same person or asset stands in the list twice.", "Leave one of the rows out.")
    SecondSignatureMissing = Says(
        "The list changes what is on record of somebody who holds a duty.", "Let a second administrator sign it too."
    )
    RecallDiffers = Says("What rests on it is no longer what was listed.", "List it again and sign what it shows.")
    SignInNeeded = Says("Nobody is signed in.", "Sign in with your passkey.")
    SourceTaken = Says("Another source has this name or key.", "End that source first, or take another name and key.")
    SourceUnknown = Says("There is no such source.", "Look at which sources are registered.")
    SourcesTooMany = Says("Thirty-two sources are the most.", "End some first.")
    StatementSpent = Says("This statement has been used.", "Ask for a new one and sign it.")
    StatementUnknown = Says("This statement was not asked for here.", "Ask for a new one and sign it.")
    TooBusy = Says("Too many codes are being checked.", "Send it again in a moment; no try was counted.")
    UseNonce = Says("The request needs a fresh nonce.", "Send it again with the nonce of this answer.")
    VelocityReached = Says(
        "You have done this as often as one person may within an hour.",
        "Wait, or ask an administrator who has not met this limit to lift it for an hour (lift_velocity).",
    )
