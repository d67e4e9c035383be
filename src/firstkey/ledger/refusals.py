"""Everything the ledger says no to, in one enumeration."""

from enum import Enum

from firstkey.values.errors import Says


class LedgerReason(Enum):
    """Why bytes are not part of a sound ledger, or not proven to be."""

    ChainBroken = Says("A fact does not follow the one before it in its stream.", "Stop here and compare a backup.")
    CheckpointMalformed = Says("This is not the text of a checkpoint.", "Fetch the checkpoint again, unchanged.")
    CheckpointUnsigned = Says("The log itself did not sign this checkpoint.", "Ask for one under the log's own key.")
    CosignaturesMissing = Says("Too few witnesses cosigned this checkpoint.", "Wait for the witnesses and try again.")
    EntriesUncovered = Says("There are entries after the checkpoint.", "Fetch a checkpoint that covers them all.")
    EntryMalformed = Says("This is not an entry of the ledger.", "Export the ledger again and compare the copies.")
    EntryMisplaced = Says("An entry does not stand at its own index.", "Look for a missing, doubled or moved entry.")
    HeadsDiffer = Says("Two heads of one size have different roots.", "Keep both: together they prove a fork.")
    KeyMalformed = Says("This is not a note key.", "Copy the whole key: its name, its id and its material.")
    LeafNotIncluded = Says("This leaf is not proven to be in that tree.", "Fetch the proof for that index and size.")
    LedgerCut = Says("The ledger ends before a head that was signed.", "Restore the entries that are missing.")
    NoteMalformed = Says("This is not a signed note.", "Fetch the note again, whole and unchanged.")
    NoteUnsigned = Says("No known key signed this note.", "Compare the key names with those you trust.")
    OriginsDiffer = Says("These heads belong to different logs.", "Use heads of one origin.")
    OutsideTree = Says("The tree has no such position.", "Ask for a position or size within the tree.")
    PassOutsideEnrollment = Says("A pass stands outside enrollment.", "Find out who wrote this entry.")
    RootDiffers = Says("The entries do not lead to the signed root.", "Look for an edited entry up to that size.")
    SignatureInvalid = Says("The signature of a known key does not fit.", "Trust nothing in this note.")
    TileMalformed = Says("This is not a tile, bundle or tile path.", "Fetch it again under the path of its tree size.")
    TreesInconsistent = Says("The newer tree does not continue the older.", "Keep both heads: they may prove a fork.")
