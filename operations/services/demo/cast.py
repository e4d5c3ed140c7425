"""Whom a visitor may sign in as, and the stories that are told on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.enums import Group
from operations.services.demo.pieces import (
    Piece,
    adaptive,
    claim,
    credential,
    double,
    drill,
    quiz,
    task,
)
from skills.enums import Kind

MAIL_DOMAIN = "aldermoor.example"
DEMO_PASSWORD = "many-rivers-one-tap"  # printed for everybody: it opens an invented organisation
TEAM = "Core Connectivity"
EMPLOYEE, MANAGER = f"{TEAM}:3", f"lead:{TEAM}"
HR, GOVERNANCE, ASSESSOR = "HR Partners:1", "AI Governance:1", "Security Operations:1"


@dataclass(frozen=True)
class OnStage:
    """Somebody a visitor may sign in as; `key` is the key in the plan of the organisation."""

    key: str
    part: str
    name: str
    shows: str
    since: int = 1500
    offices: tuple[Group, ...] = ()
    fields: Mapping[str, bool] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.part.split()[0].lower()}@{MAIL_DOMAIN}"


ON_STAGE = (
    OnStage(EMPLOYEE, "Employee", "Tamsin Reedwright", "My path, skill checks, My skills", 150),
    OnStage(MANAGER, "Manager", "Kofi Stillwater", "Team matrix, assignments"),
    OnStage(HR, "HR", "Niamh Calderwick", "Organisation, people", 1500, (Group.HR,)),
    OnStage(
        GOVERNANCE,
        "Governance lead",
        "Arjun Penstock",
        "My path, My skills",
        1500,
        (Group.COUNCIL,),
    ),
    OnStage(
        "Learning and Development:1",
        "Author",
        "Leila Millrace",
        "Reported faults, catalogue",
        1500,
        (Group.AUTHOR,),
    ),
    OnStage(
        "Agent Platform:1",
        "Admin",
        "Magnus Sluicegate",
        "The admin, jobs",
        1500,
        (),
        {"is_staff": True, "is_superuser": True},
    ),
    OnStage(
        "Internal Audit:1",
        "Auditor",
        "Wanjiru Weirside",
        "Everything, read only",
        1500,
        (Group.AUDITOR,),
    ),
    OnStage(ASSESSOR, "Assessor", "Petra Wellspring", "Own skills; judges security", 1500),
)
SETTLED = {each.key: each.since for each in ON_STAGE}


def scripted_evidence() -> dict[str, dict[str, list[Piece]]]:
    """The evidence of the manager's team where it tells something, by person and skill.

    Zero trust blocks most of the team; one person alone holds observability; everybody can run
    the traffic plane, but one of them only for another month.
    """
    told = {f"{TEAM}:{number}": _team_member(number) for number in range(1, 9)}
    told[EMPLOYEE] = _employee()
    return told


def _team_member(number: int) -> dict[str, list[Piece]]:
    holds_trust, holds_watch = number in (2, 5, 8), number == 5
    pieces = {
        "sec-zero-trust": _held(40 + 6 * number) if holds_trust else [task(2, 70 + 5 * number)],
        "infra-observability": _held(55) if holds_watch else [adaptive(2, 30 + 9 * number)],
        "infra-traffic": _held(35 + 8 * number),
        "infra-dataflow": _held(50 + 7 * number) if number != 4 else [task(2, 120)],
    }
    if number == 6:
        pieces["infra-traffic"] = [double(3, 520), adaptive(2, 45)]
    if number == 7:
        pieces["core-discernment"] = [double(3, 80), adaptive(0, 55)]
    return pieces


def _held(ago: int) -> list[Piece]:
    """Level 3 by two blind assessors, with a test beside it."""
    return [double(3, ago), adaptive(2, ago + 12)]


def _employee() -> dict[str, list[Piece]]:
    """Five months in: a beginning is made, the checks of judgement and data are still to come."""
    return {
        "core-delegation": [quiz(40)],
        "core-description": [Piece(Kind.PEER_VALIDATION, 1, 60, assessors=1, example=True)],
        "core-mechanics": [adaptive(2, 75)],
        "core-discernment": [claim(2, 30)],
        "core-safe-data": [claim(1, 30)],
        "core-diligence": [],
        "gov-escalation": [],
        "sec-threat-modelling": [],
        "infra-traffic": [credential(Kind.CREDENTIAL_KNOWLEDGE, 2, 90)],
        "infra-observability": [],
        "infra-dataflow": [drill(1, 35)],
        "sec-zero-trust": [adaptive(1, 50), claim(2, 49)],
        "sec-continuous-verification": [],
    }
