"""Which evidence makes a level: plain planning of the ledger rows of one person and skill.

A recipe follows the ladder of the skill policy; what became of the level since then (ageing,
stale, lapsed) follows from how long ago each piece was observed.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from skills.enums import Kind

TESTER = "fenmark-testing"
CREDENTIALS = "northwater-institute"
EARLIER_SYSTEM = "earlier-learning-system"
APART = 75
"""Days between two artefacts; the policy asks for 60."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence, observed so many days ago.

    `assessors` is how many assessors stand behind it. `expires_after` is the issuer's expiry in
    days, `settled` in how many days a reviewer sets the row aside, `revoked` why it is taken back,
    `accepted_after` in how many days an assessor accepts a credential handed in without.
    """

    kind: Kind
    level: int
    ago: int
    top: int = 4
    assessors: int = 0
    issuer: str = ""
    expires_after: int | None = None
    accepted: bool = False
    accepted_after: int | None = None
    example: bool = False
    routine: bool = True
    effect: bool = False
    marks: tuple[int, ...] = ()
    revoked: str = ""
    settled: int | None = None


Recipe = Callable[[random.Random, int], list[Piece]]


def quiz(ago: int) -> Piece:
    """A test by an outside provider, or the skill check where there is one: level 1."""
    return Piece(Kind.QUIZ, 1, ago, top=1, issuer=TESTER)


def adaptive(level: int, ago: int) -> Piece:
    """An adaptive assessment by an outside provider."""
    return Piece(Kind.ADAPTIVE_ASSESSMENT, level, ago, issuer=TESTER)


def claim(level: int, ago: int) -> Piece:
    """What people say of themselves."""
    return Piece(Kind.SELF_REPORT, level, ago)


def task(level: int, ago: int) -> Piece:
    """A practical task marked by one assessor."""
    return Piece(Kind.PRACTICAL_TASK, level, ago, top=3, assessors=1, marks=(level,))


def double(level: int, ago: int) -> Piece:
    """A practical task marked by two assessors who do not see each other's mark."""
    return Piece(
        Kind.PRACTICAL_TASK_DOUBLE, level, ago, assessors=2, marks=(level, min(4, level + 1))
    )


def drill(level: int, ago: int) -> Piece:
    """A drill observed by one assessor."""
    return Piece(Kind.DRILL, level, ago, assessors=1)


def artefact(level: int, ago: int, *, routine: bool = True) -> Piece:
    """A piece of real work, judged by one assessor."""
    return Piece(Kind.WORKPLACE_EVIDENCE, level, ago, assessors=1, routine=routine)


def validation(level: int, ago: int, *, example: bool = True) -> Piece:
    """What the manager saw, with a dated example or without."""
    return Piece(Kind.MANAGER_VALIDATION, level, ago, example=example)


def credential(kind: Kind, level: int, ago: int, *, accepted: bool = True) -> Piece:
    """An outside credential for three years, accepted by an assessor or not."""
    return Piece(kind, level, ago, issuer=CREDENTIALS, accepted=accepted, expires_after=1095)


def panel(level: int, ago: int) -> Piece:
    """A panel of three with effect beyond the team; one vote is a level lower."""
    votes = (level, level, level - 1)
    return Piece(Kind.PANEL, level, ago, assessors=3, marks=votes, effect=True)


_LEVEL_1: tuple[Recipe, ...] = (
    lambda rng, ago: [quiz(ago)],
    lambda rng, ago: [Piece(Kind.PEER_VALIDATION, 1, ago, assessors=1, example=True)],
    lambda rng, ago: [credential(Kind.CREDENTIAL_UNPROCTORED, 1, ago, accepted=False)],
    lambda rng, ago: [validation(2, ago, example=False)],
    lambda rng, ago: [adaptive(1, ago)],
)
_LEVEL_2: tuple[Recipe, ...] = (
    lambda rng, ago: [adaptive(2, ago), claim(2, ago + 40)],
    lambda rng, ago: [adaptive(2, ago)],
    lambda rng, ago: [validation(2, ago)],
    lambda rng, ago: [credential(Kind.CREDENTIAL_KNOWLEDGE, 2, ago)],
)
_LEVEL_2_DONE: tuple[Recipe, ...] = (
    lambda rng, ago: [task(2, ago), quiz(ago + 30)],
    lambda rng, ago: [task(2, ago)],
    lambda rng, ago: [drill(2, ago)],
    lambda rng, ago: [artefact(2, ago)],
)
"""By a performance kind, as keystone skills need it."""
_LEVEL_3: tuple[Recipe, ...] = (
    lambda rng, ago: [double(3, ago), adaptive(2, ago + 30)],
    lambda rng, ago: [double(3, ago), adaptive(2, ago + 10)],
    lambda rng, ago: [drill(3, ago), validation(2, ago + 14)],
    lambda rng, ago: [
        credential(Kind.CREDENTIAL_PERFORMANCE, 3, ago + 20),
        adaptive(2, ago),
    ],
    lambda rng, ago: [
        artefact(3, ago, routine=False),
        artefact(3, ago + APART),
        adaptive(2, ago + 20),
    ],
)
_LEVEL_4: tuple[Recipe, ...] = (
    lambda rng, ago: [
        panel(4, ago),
        artefact(3, ago + 15, routine=False),
        artefact(3, ago + 15 + APART),
    ],
)


def pieces_for(level: int, *, keystone: bool, rng: random.Random) -> list[Piece]:
    """Pieces that once made this level, observed at some time in the last two years."""
    ago = _some_time_ago(rng)
    if level <= 0:
        return _nothing_yet(ago, rng)
    recipes = {1: _LEVEL_1, 3: _LEVEL_3, 4: _LEVEL_4}.get(level)
    if recipes is None:
        recipes = _LEVEL_2_DONE if keystone else _LEVEL_2 + _LEVEL_2_DONE
    pieces = rng.choice(recipes)(rng, ago)
    if rng.random() < 0.04:
        pieces.append(claim(min(4, level + rng.randint(0, 1)), max(2, ago - 10)))
    return pieces


def _nothing_yet(ago: int, rng: random.Random) -> list[Piece]:
    luck = rng.random()
    if luck < 0.12:
        return [claim(rng.randint(1, 3), ago)]
    if luck < 0.16:
        return [Piece(Kind.COMPLETION, 1, ago + 200, top=1, issuer=EARLIER_SYSTEM)]
    if luck < 0.22:
        return [adaptive(0, ago)]
    return []


def _some_time_ago(rng: random.Random) -> int:
    luck = rng.random()
    if luck < 0.62:
        return rng.randint(4, 170)
    return rng.randint(170, 380) if luck < 0.86 else rng.randint(380, 640)


def contradiction(rng: random.Random, *, settled: bool) -> list[Piece]:
    """A high and a low result close together; a reviewer may have set the low one aside."""
    ago = rng.randint(60, 200)
    low = replace(adaptive(0, ago - rng.randint(10, 40)), settled=15 if settled else None)
    return [double(3, ago), low]


def lapsed(rng: random.Random) -> list[Piece]:
    """A credential whose issuer let it run out."""
    ago = rng.randint(420, 640)
    one = credential(Kind.CREDENTIAL_KNOWLEDGE, 2, ago)
    return [replace(one, expires_after=365)]


def awaiting(rng: random.Random, *, accepted: bool) -> list[Piece]:
    """A hands-on credential that nobody has accepted yet, or that was accepted later."""
    one = credential(Kind.CREDENTIAL_PERFORMANCE, 3, rng.randint(20, 160), accepted=False)
    return [replace(one, accepted_after=9 if accepted else None)]


def mistaken(rng: random.Random) -> list[Piece]:
    """A task recorded for the wrong person and taken back."""
    return [replace(task(2, rng.randint(30, 300)), revoked="Recorded for the wrong person.")]
