"""The other side of every ceremony: a software authenticator, the joiner's device, an operator and an HTTP client.

Demo, tests and load drive a real server through these. They import `firstkey.values` only and share no code with
`firstkey.ceremonies`, so that two implementations check one another. They behave as the standards ask; what a hostile
or broken one does otherwise is data (`firstkey.simulator.alter`), applied before anything is signed, so that exactly
one rule can refuse it. No shipped policy trusts what an authenticator here attests.
"""
