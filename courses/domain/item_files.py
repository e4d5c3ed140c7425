"""Reading questions: the practice quiz of a module and the evidence bank of a skill."""

import re
from collections.abc import Mapping

from courses.domain.parts import BankText, ItemText, Known, OptionText
from courses.domain.source import Marked, Reader

OPTIONS = 4
TOPIC_LENGTH = 80
PRACTICE_KEYS = ("id", "skill", "level", "stem", "options", "rationale")
EVIDENCE_KEYS = ("id", "level", "topic", "stem", "options")
PLACE = re.compile(r"\b(first|second|third|fourth|last|previous|next) option\b", re.I)
OPTION_KEYS = ("text", "correct", "rationale")


def read_quiz(reader: Reader, data: bytes, module: str, known: Known) -> tuple[ItemText, ...]:
    """Parse a module's quiz.yaml: practice items with one rationale each."""
    document = reader.load(reader.decode(data))
    if not document:
        return ()
    reader.only(document, ("module", "items"))
    if reader.text(document, "module") != module:
        reader.report(reader.line_of(document, "module"), f"'module' must be '{module}'")
    items = []
    for line, entry in reader.entries(document, "items", keys=PRACTICE_KEYS):
        skill = reader.known(entry, "skill", known.skills, "skill")
        rationale = reader.text(entry, "rationale")
        items.append(_item(reader, line, entry, skill=skill, rationale=rationale))
    return tuple(items)


def read_bank(reader: Reader, data: bytes, known: Known) -> BankText:
    """Parse banks/<skill>.yaml: evidence items, with a topic each and a rationale per option."""
    document = reader.load(reader.decode(data))
    name = reader.file.rsplit("/", 1)[-1].removesuffix(".yaml")
    if not document:
        return BankText(name, "", (), (), reader.file)
    reader.only(document, ("skill", "version", "topics", "items"))
    skill = reader.known(document, "skill", known.skills, "skill")
    if skill != name:
        reader.report(reader.line_of(document, "skill"), f"'skill' must be '{name}', as the file")
    topics = _topics(reader, document)
    items = tuple(
        _bank_item(reader, line, entry, skill, topics)
        for line, entry in reader.entries(document, "items", keys=EVIDENCE_KEYS)
    )
    _check_topics_used(reader, document, topics, items)
    version = reader.text(document, "version", most=20)
    return BankText(skill, version, tuple(topics.items()), items, reader.file)


def _topics(reader: Reader, document: Marked) -> dict[str, str]:
    part = reader.part(document, "topics")
    return {str(key): reader.text(part, key, most=TOPIC_LENGTH) for key in part}


def _check_topics_used(
    reader: Reader, document: Marked, topics: Mapping[str, str], items: tuple[ItemText, ...]
) -> None:
    used = {item.topic for item in items}
    part = reader.part(document, "topics")
    for key, name in topics.items():
        if name not in used:
            reader.report(reader.line_of(part, key), f"no item has the topic '{key}'")


def _bank_item(
    reader: Reader, line: int, entry: Marked, skill: str, topics: Mapping[str, str]
) -> ItemText:
    topic = reader.known(entry, "topic", topics, "topic")
    item = _item(reader, line, entry, skill=skill, topic=topics.get(topic, ""))
    for option_line, option in Reader(reader.file).entries(
        entry, "options", keys=OPTION_KEYS, required=False
    ):
        if not str(option.get("rationale") or "").strip():
            reader.report(option_line, "the option has no rationale")
    return item


def _item(
    reader: Reader, line: int, entry: Marked, *, skill: str, topic: str = "", rationale: str = ""
) -> ItemText:
    options = tuple(
        OptionText(
            reader.text(option, "text", most=1000),
            reader.flag(option, "correct"),
            reader.text(option, "rationale", required=False),
        )
        for _, option in reader.entries(entry, "options", keys=OPTION_KEYS)
    )
    said = " ".join([rationale, *(option.rationale for option in options)])
    if place := PLACE.search(said):
        reader.report(line, f"'{place[0]}': options are shuffled, so name what it says instead")
    if len(options) != OPTIONS:
        reader.report(line, f"an item has {OPTIONS} options, this one {len(options)}")
    if sum(option.correct for option in options) != 1:
        reader.report(line, "exactly one option must be correct")
    if len({option.text for option in options}) != len(options):
        reader.report(line, "two options say the same")
    return ItemText(
        id=reader.text(entry, "id", most=80),
        skill=skill,
        level=reader.whole(entry, "level", least=1, most=4),
        stem=reader.text(entry, "stem"),
        options=options,
        topic=topic,
        rationale=rationale,
        line=line,
    )
