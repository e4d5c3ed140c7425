"""What changed between two versions of a text or a question, in a few words for its author."""

from difflib import SequenceMatcher

from courses.domain.parts import ItemText


def text_edit(before: str, after: str) -> str:
    """How many lines came and went, and under which heading the first of them stands."""
    old, new = before.splitlines(), after.splitlines()
    changed = [
        each for each in SequenceMatcher(None, old, new, False).get_opcodes() if each[0] != "equal"
    ]
    if not changed:
        return "title, objective or sources"
    added = sum(end - start for _, _, _, start, end in changed)
    removed = sum(end - start for _, start, end, _, _ in changed)
    above = [line for line in new[: changed[0][3] + 1] if line.startswith("## ")]
    place = f', from "{above[-1].removeprefix("## ")}" on' if above else ""
    return f"+{added} -{removed} lines{place}"


def item_edit(before: ItemText, after: ItemText) -> str:
    """Which parts of a question are different."""
    parts = {
        "skill": before.skill != after.skill,
        "level": before.level != after.level,
        "topic": before.topic != after.topic,
        "stem": before.stem != after.stem,
        "key": before.key != after.key,
        "rationale": before.rationale != after.rationale
        or [each.rationale for each in before.options]
        != [each.rationale for each in after.options],
        "options": [each.text for each in before.options] != [each.text for each in after.options],
    }
    return ", ".join(name for name, differs in parts.items() if differs)
