"""Why a level is what it is, what would raise it, and when it falls: structure, not prose.

    alternatives = the smallest sets of new evidence for which the policy itself answers
                   verified + 1, each at the lowest levels that are enough
    falls        = the days after as_of on which the level changes if nothing new arrives

An alternative is tried, not looked up: it is right for every published policy and for these rows
(a retake replaces, a much higher result may contradict). Source: `docs/skill-policy.md`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations, product

from skills.domain.counting import Contribution, known_rows
from skills.domain.ladder import Decision
from skills.domain.policy import HIGHEST_LEVEL, KindRule, Policy
from skills.domain.rows import EvidenceRow, Settlement
from skills.domain.standing import Standing, forecast, stand, verified_on
from skills.domain.timeline import Turn
from skills.enums import Kind, Phase, State

MOST_NEEDS = 2


@dataclass(frozen=True, slots=True)
class Need:
    """New evidence of one kind at `level` or more.

    It comes from a source not yet at hand, or is a retake from the same bank. `artefacts` is how
    many pieces; where more than one, the first lies `apart_days` before the last. `not_routine`
    (of one artefact) and `effect_beyond_team` are asked where True.
    """

    kind: str
    level: int
    artefacts: int = 1
    apart_days: int = 0
    not_routine: bool = False
    effect_beyond_team: bool = False


Alternative = tuple[Need, ...]
"""Needs that have to be met together."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a page, an export or an auditor needs to follow one standing.

    `counting` and `no_longer` split the contributions by whether the row has ended. `next_level`
    is None at level 4. `alternatives` are the ways to it, humblest kinds first; none may be found
    while `review_open`, when settling the review comes first.
    """

    standing: Standing
    decision: Decision
    counting: tuple[Contribution, ...]
    no_longer: tuple[Contribution, ...]
    next_level: int | None
    alternatives: tuple[Alternative, ...]
    review_open: bool
    falls: tuple[Turn, ...]


def explain(
    rows: Iterable[EvidenceRow],
    settlements: Iterable[Settlement] = (),
    *,
    skill: str,
    policy: Policy,
    as_of: date,
    known_at: datetime,
) -> Explanation:
    """Explain one standing; takes the same arguments and raises the same errors as `stand`.

    Costs a few hundred evaluations: for one person's page, not for a list of people.
    Source: `docs/skill-policy.md`.
    """
    known = known_rows(rows, known_at)
    settled = tuple(settlements)
    standing = stand(known, settled, skill=skill, policy=policy, as_of=as_of, known_at=known_at)
    seen = [row for row in known if row.observed_on <= as_of]
    trial = _Trial(seen, settled, skill, policy, as_of, known_at)
    higher = standing.verified < HIGHEST_LEVEL
    return Explanation(
        standing,
        standing.decision,
        tuple(each for each in standing.contributions if each.phase is not Phase.ENDED),
        tuple(each for each in standing.contributions if each.phase is Phase.ENDED),
        standing.verified + 1 if higher else None,
        trial.alternatives(standing.verified + 1) if higher else (),
        standing.state is State.UNDER_REVIEW,
        forecast(known, settled, skill=skill, policy=policy, as_of=as_of, known_at=known_at),
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """Tries what new evidence, observed on `as_of`, would do beside the rows seen by then."""

    rows: list[EvidenceRow]
    settlements: tuple[Settlement, ...]
    skill: str
    policy: Policy
    as_of: date
    known_at: datetime

    def alternatives(self, target: int) -> tuple[Alternative, ...]:
        options = list(self._options(target))
        for size in range(1, MOST_NEEDS + 1):
            found = [
                each
                for group in combinations(options, size)
                for each in self._lowest(group, target)
            ]
            if found:
                return tuple(found)
        return ()

    def _options(self, target: int) -> Iterator[tuple[Need, ...]]:
        """For each kind that can carry anything, its needs from the least to the most."""
        kinds = [kind for kind in self.policy.kinds.values() if kind.max_level]
        for kind in sorted(kinds, key=lambda kind: kind.max_level):
            yield tuple(self._needs(kind, min(kind.max_level, target)))

    def _needs(self, kind: KindRule, highest: int) -> Iterator[Need]:
        for level in range(1, highest + 1):
            if kind.id == Kind.WORKPLACE_EVIDENCE and level > 2:
                apart = self.policy.params.workplace_artefacts_apart_days
                yield Need(kind.id, level, not_routine=True)
                yield Need(kind.id, level, artefacts=2, apart_days=apart, not_routine=True)
            else:
                effect = kind.id == Kind.PANEL and level == HIGHEST_LEVEL
                yield Need(kind.id, level, effect_beyond_team=effect)

    def _lowest(self, group: tuple[tuple[Need, ...], ...], target: int) -> list[Alternative]:
        """The first combination of needs, by the sum of their levels, that reaches the target."""
        by_cost = sorted(product(*group), key=_cost)
        return next(([needs] for needs in by_cost if self._reaches(needs, target)), [])

    def _reaches(self, needs: Alternative, target: int) -> bool:
        new = [row for number, need in enumerate(needs) for row in self._new_rows(need, number)]
        level = verified_on(
            self.rows + new,
            self.settlements,
            skill=self.skill,
            policy=self.policy,
            as_of=self.as_of,
            known_at=self.known_at,
        )
        return level >= target

    def _new_rows(self, need: Need, number: int) -> Iterator[EvidenceRow]:
        first_id = self._unused_id() + number * 2
        for piece in range(need.artefacts):
            yield EvidenceRow(
                id=first_id + piece,
                person=self.rows[0].person if self.rows else "",
                skill=self.skill,
                kind=need.kind,
                demonstrated=need.level,
                observed_on=self.as_of - timedelta(days=piece * need.apart_days),
                recorded_at=self.known_at,
                source=self._source(need.kind),
                routine=piece > 0 or not need.not_routine,
                effect_beyond_team=need.effect_beyond_team,
            )

    def _unused_id(self) -> int:
        """Above every id, of rows left out (revoked, seen later) too: a settlement may name one."""
        ids = [row.id for row in self.rows] + [each.row for each in self.settlements]
        return max(ids, default=0) + 1

    def _source(self, kind: str) -> frozenset[str]:
        """The bank of an earlier row of the kind (a retake), else somebody new."""
        for row in reversed(self.rows):
            if row.kind == kind and all(member.startswith("bank:") for member in row.source):
                return row.source
        return frozenset({f"new:{kind}"})


def _cost(needs: Alternative) -> tuple[int, int]:
    return sum(need.level for need in needs), sum(need.artefacts for need in needs)
