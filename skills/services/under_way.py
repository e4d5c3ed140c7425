"""What is under way towards skills that people lack, as the apps above know it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from skills.services.matrix_parts import MatrixLine
from skills.signals import work_listed

UnderWay = Mapping[tuple[int, str], Collection[str]]
"""Sentences by the person's id and the skill's slug; empty where nothing is."""


def under_way(lines: Collection[MatrixLine]) -> UnderWay:
    """What is said about these cells, a page of them, by whoever receives `work_listed`."""
    people = {each.person.id for each in lines}
    skills = {each.cell.skill.slug for each in lines}
    said: dict[tuple[int, str], list[str]] = defaultdict(list)
    answers: Any = work_listed.send(sender=MatrixLine, people=people, skills=skills)
    for _, answer in answers:
        for key, sentence in answer.items():
            said[key].append(sentence)
    return said
