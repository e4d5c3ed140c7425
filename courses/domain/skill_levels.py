"""Reading which skills a lesson or a task is about, and up to which level."""

from courses.domain.parts import Known
from courses.domain.source import Marked, Reader


def read_skill_levels(
    reader: Reader, mapping: Marked, key: str, *, level: str, known: Known
) -> tuple[tuple[str, int], ...]:
    """The pairs of `[{skill: ..., <level>: ...}, ...]`; a skill that comes twice is a problem."""
    found: dict[str, int] = {}
    for line, entry in reader.entries(mapping, key, keys=("skill", level)):
        skill = reader.known(entry, "skill", known.skills, "skill")
        if skill in found:
            reader.report(line, f"'{skill}' stands in '{key}' twice")
        found[skill] = reader.whole(entry, level, least=1, most=4)
    return tuple(found.items())
