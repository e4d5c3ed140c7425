"""The calculations of the skill policy (`docs/skill-policy.md`): plain Python, no I/O, no clock.

`standing.stand` is the whole; `policy` holds the parameters, `rows` the facts it works on.
"""
