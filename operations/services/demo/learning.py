"""What people read and tried, what they were asked to do, and what they found wrong."""

import random
from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from django.utils import timezone

from accounts.models import JobRole
from accounts.services import record_look
from courses.models import Lesson
from courses.services.assignments import assign_activity, undo_assignment
from courses.services.faults import report_fault, resolve_fault
from courses.services.progress import complete_lesson
from operations.services.demo.cast import EMPLOYEE, HR, MANAGER, ON_STAGE, TEAM
from operations.services.demo.checks import CheckTaker
from operations.services.demo.crowd import Crowd
from operations.services.demo.shape import MATURITY
from operations.services.demo.staff import OPENING
from operations.services.demo.timeline import Timeline
from skills.models import Skill

AUTHOR = next(each.key for each in ON_STAGE if each.part == "Author")
FAULTS = (
    "The second example adds up to 96%, not 100%.",
    "The link to the allowed-use rules goes to last year's version.",
    "The table is hard to read on my phone: the last column is cut off.",
    "'Masking' and 'aggregating' are explained the wrong way round in the call-out.",
    "I did the exercise as written and got another result: 14 of 40, not 12.",
)
ANSWER = "Thank you: corrected. The new version has the right figures."


class Learning:
    """Plans reading and practice from the lessons that have a text."""

    def __init__(self, timeline: Timeline, crowd: Crowd, checks: CheckTaker) -> None:
        self.timeline, self.crowd, self.checks = timeline, crowd, checks
        self.lessons: dict[str, list[Lesson]] = defaultdict(list)
        published = Lesson.objects.published().in_order()
        for lesson in published.select_related("module__curriculum__job_role"):
            role = lesson.module.curriculum.job_role
            if role is not None:
                self.lessons[role.slug].append(lesson)
        self.skills = {each.slug: each for each in Skill.objects.all()}

    def plan(self) -> None:
        """Let everybody read as far as they got, and the rest happen on its day."""
        for key in self.crowd.members:
            self._plan_reading(key)
        self._plan_failed_checks()
        self._plan_assignments()
        self._plan_faults()
        self._plan_looks()

    def _plan_reading(self, key: str) -> None:
        """Lessons in order, two to nine days apart; a quiz after the last of a module."""
        rng = random.Random(f"{self.crowd.seed}:reading:{key}")
        member = self.crowd.members[key]
        roles = dict.fromkeys(("employee", *(place.job_role for place in member.current)))
        lessons = [lesson for role in roles for lesson in self.lessons.get(role, [])]
        share = min(1.0, max(0.0, rng.gauss(MATURITY[member.division], 0.3)))
        count = 4 if key == EMPLOYEE else round(share * len(lessons))
        ago = min(member.since - 7, OPENING - 20, rng.randint(60, 500))
        if key == EMPLOYEE:
            ago = 60
        for lesson, following in zip(lessons[:count], [*lessons[1:], None], strict=False):
            self.timeline.add(ago, partial(self._read, key, lesson))
            ends = following is None or following.module_id != lesson.module_id
            if ends and rng.random() < 0.5:
                self.timeline.add(ago, partial(self._practise, key, lesson))
            ago = max(2, ago - rng.randint(2, 9))

    def _read(self, key: str, lesson: Lesson) -> None:
        complete_lesson(self.crowd.people[key], lesson)

    def _practise(self, key: str, lesson: Lesson) -> None:
        rng = random.Random(f"{self.crowd.seed}:quiz:{key}:{lesson.slug}")
        self.checks.practise(self.crowd.people[key], lesson.module, rng=rng)

    def _plan_failed_checks(self) -> None:
        """Some take a check too early, fail, and some of them come back for it."""
        rng = random.Random(f"{self.crowd.seed}:failed")
        offered = [each for each in self.skills.values() if self.checks.offers(each)]
        staff = [key for key, each in self.crowd.members.items() if each.since > 60]
        staff = [key for key in staff if key not in (EMPLOYEE, MANAGER)]
        for key in rng.sample(staff, len(staff) // 6) if offered else ():
            skill = rng.choice(offered)
            ago = rng.randint(10, 50)
            self._plan_check(key, skill, ago, passed=False)
            if rng.random() < 0.6:
                self._plan_check(key, skill, ago - rng.randint(2, 8), passed=True)

    def _plan_check(self, key: str, skill: Skill, ago: int, *, passed: bool) -> None:
        rng = random.Random(f"{self.crowd.seed}:check:{key}:{skill.slug}:{ago}")
        people = self.crowd.people
        self.timeline.add(ago, lambda: self.checks.take(people[key], skill, passed=passed, rng=rng))

    def _plan_assignments(self) -> None:
        for ago, act in (
            (6, self._assign_lesson),
            (9, self._assign_check_to_team),
            (12, self._assign_check_to_role),
            (33, self._assign_what_is_now_overdue),
            (40, self._assign_and_take_back),
        ):
            self.timeline.add(ago, act)

    def _assign_lesson(self) -> None:
        assign_activity(
            by=self.crowd.people[MANAGER],
            person=self.crowd.people[EMPLOYEE],
            lesson=self.lessons["employee"][5],
            note="Before you start on the alarm summaries, please.",
            due_on=_in_days(27),
        )

    def _assign_check_to_team(self) -> None:
        manager = self.crowd.people[MANAGER]
        check = self.skills["core-safe-data"]
        assign_activity(by=manager, team_of=manager, check_skill=check, due_on=_in_days(40))

    def _assign_check_to_role(self) -> None:
        assign_activity(
            by=self.crowd.people[HR],
            job_role=JobRole.objects.get(slug="people-manager"),
            check_skill=self.skills["gov-escalation"],
            note="Leads answer first when something goes wrong.",
            due_on=_in_days(60),
        )

    def _assign_what_is_now_overdue(self) -> None:
        assign_activity(
            by=self.crowd.people[MANAGER],
            person=self.crowd.people[f"{TEAM}:4"],
            lesson=self.lessons["network-engineer"][-1],
            due_on=_in_days(20),
        )

    def _assign_and_take_back(self) -> None:
        manager = self.crowd.people[MANAGER]
        check = self.skills["core-diligence"]
        made = assign_activity(by=manager, team_of=manager, check_skill=check, due_on=_in_days(14))
        undo_assignment(made, by=manager)

    def _plan_faults(self) -> None:
        """Readers report faults; the author has answered the first."""
        rng = random.Random(f"{self.crowd.seed}:faults")
        staff = [key for key, each in self.crowd.members.items() if each.since > 60]
        for number, (key, text) in enumerate(zip(rng.sample(staff, 5), FAULTS, strict=True)):
            lesson = rng.choice(self.lessons["employee"])
            answered = number == 0
            self.timeline.add(
                40 - 7 * number,
                partial(self._report, key, lesson, text, answered=answered),
            )

    def _report(self, key: str, lesson: Lesson, text: str, *, answered: bool) -> None:
        fault = report_fault(self.crowd.people[key], lesson, text)
        if answered:
            resolve_fault(fault, by=self.crowd.people[AUTHOR], answer=ANSWER)

    def _plan_looks(self) -> None:
        """The employee can see that the manager and HR opened the record."""
        for ago, key, what in (
            (20, MANAGER, "Profile"),
            (13, MANAGER, "Skills"),
            (4, HR, "Profile"),
        ):
            self.timeline.add(ago, partial(self._look, key, what))

    def _look(self, key: str, what: str) -> None:
        people = self.crowd.people
        record_look(subject=people[EMPLOYEE], viewer=people[key], what=what)


def _in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)
