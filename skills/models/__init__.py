"""What people can do: the framework, requirements, the evidence ledger and what follows from it."""

from skills.models.competencies import Competency
from skills.models.framework import (
    Domain,
    EvidenceKind,
    PolicyVersion,
    Requirement,
    ScaleLevel,
    Skill,
    SkillLevel,
)
from skills.models.ledger import Evidence, EvidenceDates, Revocation, Settlement
from skills.models.people import AssessorAppointment, ClientKindGrant, Exemption

__all__ = [
    "AssessorAppointment",
    "ClientKindGrant",
    "Competency",
    "Domain",
    "Evidence",
    "EvidenceDates",
    "EvidenceKind",
    "Exemption",
    "PolicyVersion",
    "Requirement",
    "Revocation",
    "ScaleLevel",
    "Settlement",
    "Skill",
    "SkillLevel",
]
