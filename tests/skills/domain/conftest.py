"""Builders, strategies and a second, naive reading of the policy, shared as fixtures."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import combinations, count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hypothesis import strategies as st

from skills.domain.policy import Policy, document_from_framework, policy_from_document
from skills.domain.rows import EvidenceRow, Settlement
from skills.domain.standing import Standing, stand

FRAMEWORK = Path(__file__).parents[3] / "content" / "framework.yaml"
LATE = datetime(2040, 1, 1, tzinfo=UTC)
START = date(2020, 1, 1)
SKILLS = {
    "plain": (24, False),
    "keystone": (24, True),
    "plain-18": (18, False),
    "brief": (3, False),
    "brief-keystone": (3, True),
    "yearly-keystone": (12, True),
}


@pytest.fixture(scope="session")
def framework() -> dict[str, Any]:
    return yaml.load(FRAMEWORK.read_text(encoding="utf-8"), yaml.CSafeLoader)


@pytest.fixture(scope="session")
def document(framework: dict[str, Any]) -> dict[str, Any]:
    """The shipped parameters and kinds with a few skills of round half-lives."""
    document = document_from_framework(framework)
    document["skills"] = {
        id_: {"half_life_months": months, "decay_class": "mixed", "keystone": keystone}
        for id_, (months, keystone) in SKILLS.items()
    }
    return document


@pytest.fixture(scope="session")
def policy(document: dict[str, Any]) -> Policy:
    return policy_from_document(document)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=UTC)


@pytest.fixture(scope="session")
def row() -> Callable[..., EvidenceRow]:
    """Build a row from kind, level and date; each has its own source unless `by` says otherwise."""
    ids = count(1)

    def build(kind: str, level: int, on: str | date, *, by: str = "", **more: Any) -> EvidenceRow:
        number = next(ids)
        observed = date.fromisoformat(on) if isinstance(on, str) else on
        given: dict[str, Any] = {
            "id": number,
            "person": "p",
            "skill": "plain",
            "kind": kind,
            "demonstrated": level,
            "observed_on": observed,
            "recorded_at": midnight(observed),
            "source": frozenset({by or f"person:{number}"}),
        }
        return EvidenceRow(**(given | more))

    return build


@pytest.fixture(scope="session")
def ask(policy: Policy) -> Callable[..., Standing]:
    """Ask for a standing on 2026-11-22 unless said otherwise."""

    def standing(*rows: EvidenceRow, on: str = "2026-11-22", **more: Any) -> Standing:
        given: dict[str, Any] = {
            "skill": rows[0].skill if rows else "plain",
            "policy": policy,
            "as_of": date.fromisoformat(on),
            "known_at": LATE,
        }
        return stand(rows, more.pop("settlements", ()), **(given | more))

    return standing


# --- ledgers that clash ---------------------------------------------------------------------


@dataclass(frozen=True)
class Ledger:
    rows: tuple[EvidenceRow, ...]
    settlements: tuple[Settlement, ...]
    skill: str
    as_of: date
    known_at: datetime

    def asked(self, policy: Policy, **more: Any) -> Standing:
        given: dict[str, Any] = {
            "skill": self.skill,
            "policy": policy,
            "as_of": self.as_of,
            "known_at": self.known_at,
        }
        settlements = more.pop("settlements", self.settlements)
        return stand(more.pop("rows", self.rows), settlements, **(given | more))


PEOPLE = [frozenset({f"person:{name}"}) for name in "abcd"]
SOURCES = {
    "self_report": [frozenset({"person:p"})],
    "quiz": [frozenset({"bank:one"})],
    "adaptive_assessment": [frozenset({"bank:one"}), frozenset({"bank:two"})],
    "completion": [frozenset({"issuer:x"})],
    "credential_unproctored": [frozenset({"issuer:x"})],
    "credential_knowledge": [frozenset({"issuer:x"}), frozenset({"issuer:y"})],
    "credential_performance": [frozenset({"issuer:x"}), frozenset({"issuer:x", "person:a"})],
    "practical_task_double": [PEOPLE[0] | PEOPLE[1], PEOPLE[1] | PEOPLE[2], PEOPLE[2] | PEOPLE[3]],
    "panel": [frozenset({"person:e", "person:f", "person:a"}), PEOPLE[1] | PEOPLE[2] | PEOPLE[3]],
}
STRONG = ["workplace_evidence", "workplace_evidence", "panel", "practical_task_double", "drill"]
KINDS = [
    *SOURCES,
    "practical_task",
    "drill",
    "peer_validation",
    "manager_validation",
    "workplace_evidence",
    "adaptive_assessment",
]


def _row(number: int, skill: str, days: int, seed: int, *, rich: bool) -> EvidenceRow:
    """A row drawn evenly from its seed; in a rich ledger it is mostly high and unlimited."""
    pick = Random(f"{number} {seed}")
    rarely = 0.08 if rich else 0.35
    kind = pick.choice(STRONG if rich and pick.random() < 0.6 else KINDS)
    level = pick.choice([0, 1, 2, 3, 3, 4, 4] if rich else [0, 1, 2, 3, 4])
    spread = pick.choice([days, days // 6, days // 6])
    observed = START + timedelta(days=days - spread * pick.randrange(7) // 6)
    observed += timedelta(days=pick.choice([0, 0, 1, 13, 14, 15, 30, 59, 60, 61, 62]))
    recorded = midnight(observed) + timedelta(days=pick.choice([0, 0, 1, 20]))
    expiry = pick.choice([1, 40, 200, 700]) if pick.random() < rarely else 0
    revoked = pick.choice([1, 90]) if pick.random() < rarely / 2 else 0
    return EvidenceRow(
        id=number,
        person="p",
        skill=skill,
        kind=kind,
        demonstrated=level,
        top_level=min(4, level + pick.choice([4, 4, 4, 1, 0])),
        observed_on=observed,
        recorded_at=recorded,
        source=pick.choice(SOURCES.get(kind, PEOPLE)),
        ceiling=pick.randrange(4) if pick.random() < rarely else None,
        expires_on=observed + timedelta(days=expiry) if expiry else None,
        routine=pick.random() < 0.4,
        effect_beyond_team=pick.random() < 0.7,
        revoked_at=recorded + timedelta(days=revoked) if revoked else None,
    )


LEADING = ["panel", "workplace_evidence", "workplace_evidence", "adaptive_assessment"]


def _leading(row: EvidenceRow, kind: str) -> EvidenceRow:
    """The row as one of those that together may carry level 4."""
    by = frozenset({f"bank:{row.id}"}) if kind == "adaptive_assessment" else row.source
    return replace(row, kind=kind, demonstrated=4, top_level=4, ceiling=None, source=by)


def _ledger(skill: str, days: int, seeds: list[int], seed: int) -> Ledger:
    pick = Random(seed)
    rich = pick.random() < 0.7
    rows = tuple(_row(n, skill, days, each, rich=rich) for n, each in enumerate(seeds, 1))
    if rich and pick.random() < 0.25:
        rows = tuple(map(_leading, rows, LEADING)) + rows[len(LEADING) :]
    today = START + timedelta(days=days + pick.randrange(-days // 6, days // 3))
    known = pick.choice([LATE, LATE, midnight(today + timedelta(pick.choice([1, -30])))])
    settlements = []
    for each in rows:
        if pick.random() < 0.08:
            day = each.observed_on + timedelta(days=pick.choice([0, 1, 20, 90, 300]))
            by = midnight(day) + timedelta(days=pick.choice([0, 5, 100]))
            kept = pick.choice(rows)
            if kept.observed_on <= day and kept.kind != "self_report":
                settlements.append(Settlement(each.id, kept.id, day, by))
    return Ledger(rows, tuple(settlements), skill, today, known)


def _ledgers(skills: list[str], days: int, most: int) -> st.SearchStrategy[Ledger]:
    """A list of seeds, one per row: examples shrink by dropping rows, and stay varied."""
    seed = st.integers(0, 2**48)
    rows = st.sampled_from(range(most, -1, -1)).flatmap(
        lambda size: st.lists(seed, min_size=size, max_size=size)
    )
    return st.builds(_ledger, st.sampled_from(skills), st.just(days), rows, seed)


@pytest.fixture(scope="session")
def ledgers() -> SimpleNamespace:
    """Strategies: `years` spreads rows over six years, `brief` over months (short half-lives)."""
    return SimpleNamespace(
        years=_ledgers(["plain", "keystone", "plain-18", "yearly-keystone"], 2190, 9),
        brief=_ledgers(["brief", "brief-keystone"], 300, 8),
        yearly=_ledgers(["yearly-keystone"], 1200, 7),
    )


# --- the policy once more, read word by word and day by day, without any of our code --------


class Naive:
    """The policy's sentences in their own order, asked for one day; slow and plain."""

    def __init__(self, ledger: Ledger, policy: Policy, until: date | None = None) -> None:
        self.policy, self.known_at = policy, ledger.known_at
        self.keystone = policy.skills[ledger.skill].keystone
        self.half_life = policy.skills[ledger.skill].half_life_months
        self.rows = [
            each
            for each in ledger.rows
            if each.recorded_at <= ledger.known_at
            and not (each.revoked_at and each.revoked_at <= ledger.known_at)
            and (until is None or each.observed_on <= until)
        ]
        there = {each.id for each in self.rows}
        self.settlements = [
            each
            for each in ledger.settlements
            if each.recorded_at <= ledger.known_at and each.kept in there
        ]
        self.dates = {each.id: self._dates(each) for each in self.rows}

    def _dates(self, each: EvidenceRow) -> tuple[date, date, date]:
        factor = self.policy.kinds[each.kind].validity_factor
        observed, months = each.observed_on, self.half_life

        def after(span: Fraction) -> date:
            return observed + timedelta(math.floor(span * Fraction("30.4375") + Fraction("0.5")))

        if factor is None:
            return observed, observed, observed
        stale = after(min(months, factor * months))
        lapse = after(2 * months)
        ends = min(lapse, each.expires_on or lapse)
        return min(after(months / 2), stale, ends), min(stale, ends), ends

    def counts(self, each: EvidenceRow, day: date) -> bool:
        if each.observed_on > day:
            return False
        if any(s.row == each.id and s.decided_on <= day for s in self.settlements):
            return False
        return each.kind == "workplace_evidence" or not any(
            other.observed_on <= day
            and (other.observed_on, other.recorded_at, other.id)
            > (each.observed_on, each.recorded_at, each.id)
            and (other.kind, other.source) == (each.kind, each.source)
            and other.top_level >= each.demonstrated
            for other in self.rows
        )

    def unlapsed(self, day: date) -> list[EvidenceRow]:
        return [r for r in self.rows if self.counts(r, day) and day < self.dates[r.id][2]]

    def ceiling(self, each: EvidenceRow, alive: list[EvidenceRow]) -> int:
        most = min(
            self.policy.kinds[each.kind].max_level, 4 if each.ceiling is None else each.ceiling
        )
        if each.kind == "panel" and not each.effect_beyond_team:
            return min(most, 3)
        if each.kind == "workplace_evidence" and not any(
            other.kind == each.kind
            and other.demonstrated >= 2
            and abs((other.observed_on - each.observed_on).days) >= 60
            and not (other.routine and each.routine)
            for other in alive
        ):
            return min(most, 2)
        return most

    def contributions(self, day: date) -> list[tuple[EvidenceRow, int]]:
        alive = self.unlapsed(day)
        levels = []
        for each in alive:
            level = min(each.demonstrated, self.ceiling(each, alive))
            levels.append((each, max(0, level - (day >= self.dates[each.id][1]))))
        return levels

    def ladder(self, given: list[tuple[EvidenceRow, int]]) -> int:
        def hands_on(each: EvidenceRow) -> bool:
            return self.policy.kinds[each.kind].performance

        if not any(level >= 1 for _, level in given):
            return 0
        if not any(level >= 2 and (hands_on(r) or not self.keystone) for r, level in given):
            return 1
        if not any(
            level >= 3
            and hands_on(r)
            and any(two >= 2 and o.kind != r.kind and not (o.source & r.source) for o, two in given)
            for r, level in given
        ):
            return 2
        panel = any(r.kind == "panel" and level == 4 for r, level in given)
        work = any(r.kind == "workplace_evidence" and level >= 3 for r, level in given)
        return 4 if panel and work else 3

    def pairs(self, day: date) -> set[tuple[int, int]]:
        alive = self.unlapsed(day)
        ceilings = {each.id: self.ceiling(each, alive) for each in alive}
        return {
            (high.id, low.id)
            for high in alive
            for low in alive
            if not high.source & low.source
            and min(ceilings[high.id], ceilings[low.id]) >= 2
            and min(high.demonstrated, ceilings[high.id]) >= low.demonstrated + 2
            and low.demonstrated < low.top_level
            and -14 <= (low.observed_on - high.observed_on).days <= 60
        }

    def verified(self, day: date) -> int:
        shown = {each.id: each.demonstrated for each in self.rows}
        caps = [shown[low] for _, low in self.pairs(day)]
        return min([self.ladder(self.contributions(day)), *caps])

    def state(self, day: date) -> str:
        if self.pairs(day):
            return "under_review"
        given = self.contributions(day)
        level = self.ladder(given)
        if not level:
            ever = any(
                value >= 1
                for each in self.rows
                if each.observed_on <= day
                for r, value in self.contributions(each.observed_on)
                if r is each
            )
            return "lapsed" if ever else "not_evidenced"
        for name, place in (("current", 0), ("ageing", 1)):
            if self.ladder([(r, v) for r, v in given if day < self.dates[r.id][place]]) == level:
                return name
        return "stale"

    def strength(self, day: date) -> int:
        sources = list({r.source for r, level in self.contributions(day) if level})
        return max(
            size
            for size in range(len(sources) + 1)
            for chosen in combinations(sources, size)
            if all(not one & other for one, other in combinations(chosen, 2))
        )

    def claim(self, day: date) -> tuple[int, date] | tuple[None, None]:
        claims = [r for r in self.rows if r.kind == "self_report" and r.observed_on <= day]
        if not claims:
            return None, None
        newest = max(claims, key=lambda r: (r.observed_on, r.recorded_at, r.id))
        return newest.demonstrated, newest.observed_on

    def whole(self, day: date) -> tuple[Any, ...]:
        return (
            self.verified(day),
            *self.claim(day),
            self.state(day),
            self.strength(day),
            self.pairs(day),
        )


@pytest.fixture(scope="session")
def naive() -> type[Naive]:
    return Naive
