"""What the demo organisation looks like: divisions, departments, teams, and who does what there.

Plain planning: nothing is written here, and the same seed gives the same plan.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from operations.exceptions import DemoRefused

FEWEST_PEOPLE = 120
MOST_PEOPLE = 3000
TEAM_SIZE = 7.5
SMALLEST_TEAM = 5
LARGEST_TEAM = 12
BASE_TEAMS = 17
DOUBLE_POSITIONS = 0.15


@dataclass(frozen=True)
class Blueprint:
    """A team as it may be built. `size` is fixed where said; `crafts` are dealt out in turn."""

    division: str
    department: str
    team: str
    crafts: tuple[str, ...]
    size: int | None = None

    @property
    def path(self) -> tuple[str, str, str]:
        return (self.division, self.department, self.team)


WATER, DIGITAL = "Water Networks", "Digital and Data"
CUSTOMER, CORPORATE = "Customer and Commercial", "Corporate Services"
MATURITY = {WATER: 0.55, DIGITAL: 0.68, CUSTOMER: 0.42, CORPORATE: 0.55}
"""How far along the people of a division tend to be, 0 to 1."""

NETWORK, STAFF = ("network-engineer",), ("employee",)
EXECUTIVE = Blueprint(
    CORPORATE, "Executive Office", "Executive Team", ("executive-sponsor", "employee"), 7
)
BLUEPRINTS = (
    EXECUTIVE,
    Blueprint(WATER, "Control and Telemetry", "Core Connectivity", NETWORK, 10),
    Blueprint(WATER, "Control and Telemetry", "Network Operations Centre", NETWORK),
    Blueprint(WATER, "Distribution", "Leak Response", STAFF),
    Blueprint(WATER, "Distribution", "Pressure Management", ("employee", "network-engineer")),
    Blueprint(DIGITAL, "Data Office", "Data Stewardship", ("data-steward",)),
    Blueprint(DIGITAL, "Data Office", "Data Engineering", ("data-engineer",)),
    Blueprint(DIGITAL, "Data Office", "Geospatial Data", ("data-engineer", "data-steward"), 4),
    Blueprint(DIGITAL, "AI Platform", "Agent Platform", ("agent-platform-engineer",)),
    Blueprint(DIGITAL, "Security", "Security Operations", ("security-engineer",)),
    Blueprint(CUSTOMER, "Customer Service", "Contact Centre", STAFF),
    Blueprint(CUSTOMER, "Products", "Digital Products", ("product-owner", "software-developer")),
    Blueprint(CORPORATE, "People and Learning", "HR Partners", ("hr-ld-partner",)),
    Blueprint(CORPORATE, "People and Learning", "Learning and Development", ("hr-ld-partner",)),
    Blueprint(CORPORATE, "People and Learning", "Payroll", STAFF, 3),
    Blueprint(CORPORATE, "Governance and Assurance", "AI Governance", ("governance-lead",)),
    Blueprint(CORPORATE, "Governance and Assurance", "Internal Audit", STAFF),
    # From here on as the organisation grows.
    Blueprint(DIGITAL, "Software", "Field Apps", ("software-developer", "product-owner")),
    Blueprint(CUSTOMER, "Customer Service", "Complaints", STAFF),
    Blueprint(WATER, "Treatment", "Treatment Works North", STAFF),
    Blueprint(CUSTOMER, "Billing and Revenue", "Billing", STAFF),
    Blueprint(DIGITAL, "Software", "Integration", ("software-developer",)),
    Blueprint(DIGITAL, "Security", "Identity and Access", ("security-engineer",)),
    Blueprint(WATER, "Treatment", "Laboratory", ("employee", "data-steward")),
    Blueprint(WATER, "Control and Telemetry", "Telemetry", ("network-engineer", "data-engineer")),
    Blueprint(CUSTOMER, "Products", "Business Customers", ("product-owner", "employee")),
    Blueprint(CORPORATE, "Finance", "Financial Control", STAFF),
    Blueprint(DIGITAL, "AI Platform", "Model Operations", ("agent-platform-engineer",)),
    Blueprint(CUSTOMER, "Billing and Revenue", "Debt Advice", STAFF),
    Blueprint(CORPORATE, "Finance", "Procurement", STAFF),
    Blueprint(WATER, "Distribution", "Metering", STAFF),
    Blueprint(WATER, "Treatment", "Treatment Works South", STAFF),
)
STANDS_IN_DEPARTMENT = "Data Office"
"""Where the head and a deputy sit in the department itself, not in a team."""


@dataclass
class Place:
    """A position wanted: days are counted back from today."""

    path: tuple[str, ...]
    job_role: str
    percent: int
    from_ago: int
    to_ago: int | None = None


@dataclass
class Member:
    """A person wanted. `key` tells them apart; `manager` is the key of whom they report to."""

    key: str
    manager: str | None
    places: list[Place]
    leads: bool = False
    name: str = ""
    email: str = ""
    fields: dict[str, bool] = field(default_factory=dict)

    @property
    def since(self) -> int:
        """Days since they joined."""
        return max(place.from_ago for place in self.places)

    @property
    def current(self) -> list[Place]:
        return [place for place in self.places if place.to_ago is None]

    @property
    def division(self) -> str:
        return self.places[-1].path[0]


def planned_members(people: int, rng: random.Random, *, settled: Mapping[str, int]) -> list[Member]:
    """Everybody, those who lead before those they lead.

    `settled` says of some, by key, how many days ago they took up the one position they ever had.
    Raises DemoRefused for a number of people for which no such organisation can be built.
    """
    if not FEWEST_PEOPLE <= people <= MOST_PEOPLE:
        raise DemoRefused(
            f"The demo organisation has {FEWEST_PEOPLE} to {MOST_PEOPLE} people, not {people}."
        )
    teams = _teams(people, rng)
    members = [*_leaders(teams), *_crew(teams)]
    for member in members:
        if member.key in settled:
            member.places[0].from_ago = settled[member.key]
    others = [member for member in members if member.key not in settled]
    _add_history(others, rng)
    _add_second_positions(others, round(people * DOUBLE_POSITIONS), rng)
    return members


def _teams(people: int, rng: random.Random) -> dict[Blueprint, int]:
    """How many people each team has, its lead and the heads who sit there included."""
    count = max(BASE_TEAMS, round(people / TEAM_SIZE))
    prints = [each for each, _ in zip(_blueprints(), range(count), strict=False)]
    sizes = {each: each.size or SMALLEST_TEAM for each in prints}
    open_ = [each for each in prints if each.size is None]
    left = people - sum(sizes.values()) - 2  # the head and the deputy of STANDS_IN_DEPARTMENT
    while left > 0:
        each = rng.choice([team for team in open_ if sizes[team] < LARGEST_TEAM])
        sizes[each] += 1
        left -= 1
    return sizes


def _blueprints() -> Iterator[Blueprint]:
    """The blueprints, and once they are used up further teams like them."""
    yield from BLUEPRINTS
    number = 2
    while True:
        for each in BLUEPRINTS:
            if each.size is None:
                team = f"{each.team} {number}"
                yield Blueprint(each.division, each.department, team, each.crafts)
        number += 1


def _leaders(teams: dict[Blueprint, int]) -> list[Member]:
    """Managing director, directors, heads of departments and team leads, top down."""
    divisions = dict.fromkeys(each.division for each in teams)
    departments = dict.fromkeys((each.division, each.department) for each in teams)
    top = Member("md", None, [_place(EXECUTIVE.path, "executive-sponsor")], leads=True)
    directors = [
        Member(f"director:{name}", "md", [_place(EXECUTIVE.path, "executive-sponsor")], leads=True)
        for name in divisions
    ]
    heads = []
    for division, department in departments:
        if department == EXECUTIVE.department:
            continue
        first = next(each for each in teams if each.department == department)
        direct = department == STANDS_IN_DEPARTMENT
        path = (division, department) if direct else first.path
        boss = f"director:{division}"
        heads.append(Member(f"head:{department}", boss, [_place(path, "people-manager")], True))
    leads = [
        Member(
            f"lead:{each.team}",
            f"head:{each.department}",
            [_place(each.path, "people-manager")],
            leads=True,
        )
        for each in teams
        if each != EXECUTIVE
    ]
    return [top, *directors, *heads, *leads]


def _crew(teams: dict[Blueprint, int]) -> Iterator[Member]:
    """Everybody who leads nobody, up to the size of each team."""
    first = {each.department: each for each in reversed(teams)}
    for each, size in teams.items():
        seated = 1 + (first[each.department] == each)
        if each == EXECUTIVE:
            seated = 1 + len(MATURITY)
        elif each.department == STANDS_IN_DEPARTMENT:
            seated = 1
        boss = "md" if each == EXECUTIVE else f"lead:{each.team}"
        for number in range(1, size - seated + 1):
            craft = each.crafts[(number - 1) % len(each.crafts)]
            if each == EXECUTIVE:
                craft = "employee"
            yield Member(f"{each.team}:{number}", boss, [_place(each.path, craft)])
    deputy = next(each.path[:2] for each in teams if each.department == STANDS_IN_DEPARTMENT)
    head = f"head:{STANDS_IN_DEPARTMENT}"
    yield Member(f"deputy:{STANDS_IN_DEPARTMENT}", head, [_place(deputy, "data-steward")])


def _place(path: tuple[str, ...], job_role: str) -> Place:
    return Place(path, job_role, 100, 900)


def _add_history(members: list[Member], rng: random.Random) -> None:
    """When people came; some are new, some did something else before."""
    for member in members:
        place = member.places[0]
        if member.leads:
            place.from_ago = rng.randint(760, 2600)
            continue
        luck = rng.random()
        if luck < 0.06:
            place.from_ago = rng.randint(12, 85)
        elif luck < 0.22:
            place.from_ago = rng.randint(110, 720)
        else:
            place.from_ago = rng.randint(731, 3200)
        if place.from_ago > 800 and place.job_role != "employee" and rng.random() < 0.12:
            changed = rng.randint(130, 640)
            earlier = Place(place.path, "employee", 100, place.from_ago, changed + 1)
            place.from_ago = changed
            member.places.insert(0, earlier)


def _add_second_positions(members: list[Member], wanted: int, rng: random.Random) -> None:
    """Team leads who still do the craft, and people who work for a second team."""
    teams = {member.places[-1].path: member for member in members if not member.leads}
    leads = [m for m in members if m.key.startswith("lead:") and m.places[0].path in teams]
    crew = [m for m in members if not m.leads and len(m.places[-1].path) == 3]
    chosen = rng.sample(leads, min(len(leads), wanted // 2))
    settled = [m for m in crew if m.since > 120 and len(m.places) == 1]
    chosen += rng.sample(settled, wanted - len(chosen))
    for member in chosen:
        main = member.places[-1]
        if member.leads:
            path, role = main.path, teams[main.path].places[-1].job_role
        else:
            path, role = _second_team(main, teams, rng)
        share = rng.choice((20, 30, 40, 50))
        main.percent = 100 - share
        member.places.append(Place(path, role, share, rng.randint(100, main.from_ago)))


def _second_team(
    main: Place, teams: dict[tuple[str, ...], Member], rng: random.Random
) -> tuple[tuple[str, ...], str]:
    """Another team of the division, and what its people do."""
    others = [path for path in teams if path[0] == main.path[0] and path != main.path]
    path = rng.choice(sorted(others))
    return path, teams[path].places[-1].job_role
