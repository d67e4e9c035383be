"""WebAuthn ceremonies, signed acts and the joiner's device proof, judged; no storage, no clock, no randomness.

A judge reads what came over the wire, checks it in the order of the standard's steps, and returns a frozen verdict that
carries facts; it never answers with a bool. Whether the facts are good enough for a path (attested, device-bound, which
model) is the policy's question, asked in enrollment. Whoever spends a challenge, a statement or a proof id does so in
the appending transaction, and whatever the outcome.
"""
