"""Loading questions with their versions: practice items by module, evidence items by bank."""

from dataclasses import dataclass

from courses.domain.edits import item_edit
from courses.domain.parts import CoursesContent, ItemText, OptionText
from courses.enums import ItemPurpose
from courses.models import Item, ItemVersion, Module
from courses.services.content_changes import Change, apply, withdraw
from skills.models import Skill


@dataclass(frozen=True)
class _Place:
    """Where an item belongs: `module` is set for practice only."""

    text: ItemText
    purpose: ItemPurpose
    module_id: int | None
    position: int


def load_items(parsed: CoursesContent) -> list[Change]:
    """Upsert every question; a changed wording becomes a new version."""
    skills = dict(Skill.objects.values_list("slug", "id"))
    stored = {item.slug: item for item in Item.objects.select_related("current")}
    changes: list[Change] = []
    for place in _places(parsed):
        text = place.text
        row = stored.pop(text.id, None) or Item(slug=text.id)
        values = {
            "purpose": place.purpose.value,
            "skill_id": skills[text.skill],
            "module_id": place.module_id,
            "position": place.position,
            "is_active": True,
        }
        changes += apply(row, f"item {text.id}", values)
        if row.current is None or row.current.digest != text.digest:
            changes.append(_new_version(row, text))
    return changes + withdraw("item", stored)


def _places(parsed: CoursesContent) -> list[_Place]:
    modules = dict(Module.objects.values_list("slug", "id"))
    places = []
    for curriculum in parsed.curricula:
        for module in curriculum.modules:
            for position, item in enumerate(module.quiz, start=1):
                places.append(_Place(item, ItemPurpose.PRACTICE, modules[module.id], position))
    for bank in parsed.banks:
        for position, item in enumerate(bank.items, start=1):
            places.append(_Place(item, ItemPurpose.EVIDENCE, None, position))
    return places


def _new_version(row: Item, text: ItemText) -> Change:
    before = row.current
    last = row.versions.order_by("-number").values_list("number", flat=True).first() or 0
    row.current = ItemVersion.objects.create(
        item=row,
        number=last + 1,
        digest=text.digest,
        level=text.level,
        topic=text.topic,
        stem=text.stem,
        options=[
            {"text": option.text, "correct": option.correct, "rationale": option.rationale}
            for option in text.options
        ],
        rationale=text.rationale,
    )
    row.save(update_fields=["current"])
    edit = "" if before is None else f" ({item_edit(_text_of(before), text)})"
    return f"item {text.id}: wording version {last + 1}{edit}"


def _text_of(version: ItemVersion) -> ItemText:
    item = version.item
    options = tuple(OptionText(**option) for option in version.options)
    return ItemText(
        item.slug,
        item.skill.slug,
        version.level,
        version.stem,
        options,
        version.topic,
        version.rationale,
    )
