"""The calculations of the skill policy (`docs/skill-policy.md`): plain Python, no I/O, no clock.

`standing.stand` is the whole, `standing.answer` the same without its reasons; `policy` holds the
parameters, `rows` the facts they work on.
"""
