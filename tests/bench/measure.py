"""The measurements; see `tests.bench.__main__`."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from accounts.models import JobRole, OrgUnit, Person, Position
from jobs.models import Job
from skills.models import Evidence, Skill
from skills.services.ledger import record_evidence
from skills.services.matrix import people_of, team_matrix
from skills.services.matrix_parts import Scope
from skills.services.rebuild import rebuild_competencies

ROUNDS = 60
Work = Callable[[int], Any]


@dataclass(frozen=True)
class Result:
    """A figure, its bound, and what both are made of."""

    name: str
    value: float
    bound: float
    unit: str
    detail: str

    def line(self) -> str:
        mark = "ok" if self.value <= self.bound else "TOO MUCH"
        return f"{self.name:<46}{self.value:>8.2f}{self.unit:<12} <= {self.bound:<5g} {mark:<9} {self.detail}"


def ratio(name: str, bound: float, measured: Work, yardstick: Work, rounds: int = ROUNDS) -> Result:
    """Time both in turn and compare the medians."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-5, rounds):  # the first five warm up
        for work, kept in zip((measured, yardstick), times, strict=True):
            start = time.perf_counter()
            work(number + 5)
            if number >= 0:
                kept.append(time.perf_counter() - start)
    ours, bare = (statistics.median(each) * 1000 for each in times)
    return Result(name, ours / bare, bound, " x", f"{ours:.2f} ms against {bare:.2f} ms")


def run(people: int) -> int:
    """Build the organisation, measure, print; return 1 where a bound is broken."""
    _build(people)
    gc.collect()
    gc.freeze()  # what building left behind is no part of what a server carries
    with override_settings(ROOT_URLCONF="tests.bench.urls"):
        results = [_person_gaps(), _team_matrix(), _record(), _rebuild()]
    print(f"\n{people} people, {Evidence.objects.count():,} rows of evidence\n")
    for result in results:
        print(result.line())
    return int(any(result.value > result.bound for result in results))


def _build(people: int) -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("load_content", verbosity=0)
    call_command("seed_demo", people=people, seed=7, i_know=True, verbosity=0)


def _check(response: Any) -> None:
    assert response.status_code == 200, response
    b"".join(response) if response.streaming else response.content


def _person_gaps() -> Result:
    client, token = Client(), _token()
    uuids = list(Person.objects.active().order_by("id").values_list("uuid", flat=True)[:200])

    def get(prefix: str) -> Work:
        return lambda n: _check(
            client.get(
                prefix.replace(str(uuids[0]), str(uuids[n])), headers={"Authorization": token}
            )
        )

    gaps = reverse("api:person-gaps", args=[uuids[0]])
    return ratio("one person's gaps, API", 2, get(gaps), get(f"/bare-api/{uuids[0]}/"))


def _token() -> str:
    application = Application.objects.create(
        name="bench", client_type="confidential", authorization_grant_type="client-credentials"
    )
    AccessToken.objects.create(
        application=application, token="bench", scope="gaps:read",
        expires=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    return "Bearer bench"


def _team_matrix() -> Result:
    manager = _team_of_twelve()
    client = Client()
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    matrix = team_matrix(people_of(manager, Scope.DIRECT))
    assert (len(matrix.rows), len(matrix.columns)) == (12, 41), (matrix.rows, matrix.columns)
    return ratio(
        "team matrix 12 x 41, page",
        6,
        lambda n: _check(client.get(reverse("skills:team-matrix"))),
        lambda n: _check(client.get(f"/bare/{manager.uuid}/")),
    )


def _team_of_twelve() -> Person:
    """A manager with one report of each job role, who have the evidence of people of that role."""
    unit = OrgUnit.objects.add_root({"name": "Bench"})
    manager: Person = Person.objects.create_user("bench@example.org", name="Bench Manager")
    today = timezone.localdate()
    roles = list(JobRole.objects.order_by("id"))
    team = []
    for number in range(12):
        person = Person.objects.create_user(
            f"bench{number}@example.org", name=f"Bench {number}", manager=manager
        )
        Position.objects.create(
            person=person, unit=unit, job_role=roles[number % len(roles)], share=Decimal(1),
            starts_on=today - timedelta(days=400),
        )  # fmt: skip
        team.append(person)
    for person in team:
        for skill in Skill.objects.all():
            _record_one(person, skill)
    return manager


def _record_one(person: Person, skill: Skill) -> None:
    record_evidence(
        person=person, skill=skill, kind="quiz", level=1, top_level=1, bank=skill.slug,
        item_count=8, observed_on=timezone.localdate(),
    )  # fmt: skip


def _record() -> Result:
    people = list(Person.objects.active().order_by("id")[:100])
    skill = Skill.objects.get(slug="core-mechanics")

    def insert(number: int) -> None:
        with transaction.atomic():
            Job.objects.create(task="bench", title="bench", heartbeat_at=timezone.now())

    return ratio("recording evidence, service", 10, lambda n: _record_one(people[n], skill), insert)


def _rebuild() -> Result:
    rows = Evidence.objects.count()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        rebuild_competencies()
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times)
    return Result(
        "rebuilding competencies", seconds * 1e6 / rows, 60, " s/million",
        f"{seconds:.2f} s for {rows:,} rows",
    )  # fmt: skip
