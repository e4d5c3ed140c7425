"""Drawing the cells of a team matrix: thousands a page, so they are not written by components."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from skills.enums import CellStatus, RequirementState, State
from skills.services.days import distance, written_day
from skills.services.faces import (
    Face,
    day_words,
    face_of,
    lacks_evidence,
    level_words,
    short_name,
    spoken,
)
from skills.services.gaps import GapRow, pressing
from skills.services.matrix_parts import MatrixColumn, MatrixRow
from skills.services.reading import SkillRef
from skills.services.requirements import PersonRef

register = template.Library()
register.filter("face_of", face_of)
register.filter("short_name", short_name)

MOST_KEPT = 1024
LOOKS_KEPT = 8192
LINES_SHOWN = 4


@register.filter
def face_word(row: GapRow) -> str:
    """A row's state inside a sentence: "in grace"."""
    return face_of(row).text.lower()


@register.simple_tag
def legend() -> SafeString:
    """How to read a cell: the same words on every page, so they are drawn once."""
    return _legend()


@cache
def _legend() -> SafeString:
    return render_to_string("skills/includes/legend.html")


@register.simple_tag
def verified_figure(row: GapRow) -> SafeString | int:
    """A row's verified level; an open circle where there is no evidence."""
    if not lacks_evidence(row):
        return row.verified_level
    return format_html('{}<span class="visually-hidden">none</span>', _glyph("none"))


@register.simple_tag
def person_url(person: PersonRef) -> str:
    """A person's skills; a skill's slug is added to it, so that it is looked up once a person."""
    return _address(person.uuid, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=MOST_KEPT)
def _address(person: UUID, urls: str, prefix: str) -> str:
    """The same for as long as the site has these URLs under this prefix."""
    return reverse("skills:person-skills", args=[person], urlconf=urls)


@register.simple_tag
def matrix_heads(columns: Iterable[MatrixColumn]) -> SafeString:
    """The <th>s of the skills."""
    return mark_safe("".join([_head(column.skill.name) for column in columns]))


@lru_cache(maxsize=MOST_KEPT)
def _head(skill: str) -> str:
    return format_html(
        '<th scope="col" class="matrix-skill" title="{}">{}</th>', skill, skill.partition(":")[0]
    )


@register.simple_tag
def matrix_totals(columns: Iterable[MatrixColumn]) -> SafeString:
    """The <td>s with how many meet each skill, of those whom it binds."""
    return mark_safe("".join(map(_total, columns)))


@register.simple_tag
def matrix_people(rows: Iterable[MatrixRow]) -> SafeString:
    """The <tr>s of the people: name and figures, then a link to why each level is what it is."""
    return mark_safe("".join(map(_person_row, rows)))


def _person_row(row: MatrixRow) -> str:
    base = escape(person_url(row.person))
    name = escape(row.person.name)
    cells = "".join([_cell(base, f"{name}, ", cell) for cell in row.cells])
    return (
        f'<tr><th scope="row" class="matrix-name"><a class="person-name" href="{base}">{name}</a>'
        f'<span class="person-note">{_roles(row)}</span>'
        f'<span class="person-note">{_figures(row)}</span></th>{cells}</tr>\n'
    )


def _roles(row: MatrixRow) -> str:
    return escape(", ".join(row.person.job_roles)) or "No position"


def _figures(row: MatrixRow) -> str:
    blocking = f", <strong>{row.blocking_count} blocking</strong>" if row.blocking_count else ""
    return f"{row.met} of {row.required_count} met{blocking}"


@register.simple_tag
def matrix_cards(rows: Iterable[MatrixRow], status: CellStatus | None = None) -> SafeString:
    """The people on a narrow screen: what of each is unmet, or has the state that was chosen."""
    return mark_safe("".join([_card(row, status) for row in rows]))


def _card(row: MatrixRow, status: CellStatus | None) -> str:
    """A person with the worst lines, and the rest behind a fold."""
    base = escape(person_url(row.person))
    cells = [cell for cell in row.cells if (cell.says(status) if status else cell.unmet)]
    ends = sorted([_line(_SEEN(cell), cell.weight, cell.shortfall) for cell in cells])
    lines = [f'<li><a href="{base}{end}' for _, end in ends]
    first, rest = lines[:LINES_SHOWN], lines[LINES_SHOWN:]
    shown = (
        f'<ul class="skill-lines">{"".join(first)}</ul>'
        if first
        else '<p class="mb-0">Nothing is missing.</p>'
    )
    folded = (
        f"<details><summary>{len(rest)} more</summary>"
        f'<ul class="skill-lines">{"".join(rest)}</ul></details>'
        if rest
        else ""
    )
    return (
        f'<article class="card"><div class="card-body"><h2 class="h3"><a href="{base}">'
        f"{escape(row.person.name)}</a></h2>"
        f'<p class="person-note">{_roles(row)}; {_figures(row)}</p>{shown}{folded}</div>'
        "</article>\n"
    )


_SEEN: Callable[[GapRow], "_Seen"] = attrgetter(
    "skill", "verified_level", "state", "due_on", "as_of",
    "required_level", "requirement_state", "blocking", "until",
)  # fmt: skip
"""What a cell shows of a row, whoever's it is: many people's rows look the same."""
_Seen = tuple[
    SkillRef, int, State, date | None, date, int, RequirementState | None, bool, date | None
]


def _row_of(seen: _Seen) -> GapRow:
    """A row that looks so."""
    skill, verified, state, due_on, as_of, required, requirement_state, blocking, until = seen
    return GapRow(
        skill,
        verified,
        None,
        state,
        0,
        due_on,
        None,
        as_of,
        required,
        requirement_state=requirement_state,
        blocking=blocking,
        until=until,
    )


def _cell(base: str, named: str, cell: GapRow) -> str:
    before, between, after, is_link = _cell_parts(_SEEN(cell))
    return f"{before}{base if is_link else ''}{between}{named}{after}"


@lru_cache(maxsize=LOOKS_KEPT)
def _cell_parts(seen: _Seen) -> tuple[str, str, str, bool]:
    """A cell before its person's address, from there to the name, and after the name; and whether
    it has the address.
    """
    row = _row_of(seen)
    face = face_of(row)
    said = spoken(
        escape(short_name(row.skill)), level_words(row), face.text.lower(), day_words(row)
    )
    inside = _inside(face, _figure(row, face), row.required_level)
    if not (row.required or row.verified_level):
        start = '<td><span class="cell state-off" role="img" aria-label="'
        return start, "", f'{said}">{inside}</span></td>', False
    mark = " cell-blocking" if row.blocking else ""
    return (
        f'<td><a class="cell state-{face.name}{mark}" href="',
        f'{row.skill.slug}/" aria-label="',
        f'{said}">{inside}</a></td>',
        True,
    )


def _figure(row: GapRow, face: Face) -> str:
    if face.name == "off" and not row.verified_level:
        return "&ndash;"
    return _glyph("none") if lacks_evidence(row) else str(row.verified_level)


@lru_cache(maxsize=MOST_KEPT)
def _inside(face: Face, figure: str, required: int) -> str:
    """What is seen in a cell; the same for all cells that say the same."""
    wanted = f'<span class="cell-required">{required}</span>' if required else ""
    glyph = "" if face.name in ("none", "off") else _glyph(face.name)
    return (
        f'<span class="cell-figure">{figure}</span>{wanted}'
        f'<span class="cell-state">{glyph}{escape(face.text)}</span>'
    )


@lru_cache(maxsize=MOST_KEPT)
def _glyph(name: str) -> SafeString:
    return format_html('<svg class="glyph" aria-hidden="true"><use href="#glyph-{}"/></svg>', name)


def _total(column: MatrixColumn) -> str:
    if not column.required:
        return '<td class="quiet">&ndash;<span class="visually-hidden"> binds nobody</span></td>'
    blocking = (
        f'<span class="cell-note">{column.blocking} blocking</span>' if column.blocking else ""
    )
    return f"<td>{column.met} of {column.required}{blocking}</td>"


@lru_cache(maxsize=LOOKS_KEPT)
def _line(seen: _Seen, weight: int, shortfall: int) -> tuple[tuple[Any, ...], str]:
    """How pressing a line of the list is, and what stands in it after its person's address."""
    row = _row_of(seen)._replace(weight=weight, shortfall=shortfall)
    face, said = face_of(row), spoken(_line_level(row), _line_day(row))
    mark = " state-blocking" if row.blocking else ""
    return pressing(row), (
        f'{row.skill.slug}/">{escape(short_name(row.skill))}</a>'
        f'<span class="skill-line-end"><span class="quiet">{said}</span>'
        f'<span class="state state-{face.name}{mark}">{_glyph(face.name)}{escape(face.text)}</span>'
        "</span></li>"
    )


def _line_level(row: GapRow) -> str:
    return level_words(row) if row.verified_level else f"none of {row.required_level}"


def _line_day(row: GapRow) -> str:
    if row.until is not None:
        return _day_from("until", row.until, row.as_of)
    return _day_from("falls on", row.due_on, row.as_of) if row.due_on else ""


def _day_from(words: str, day: date, today: date) -> str:
    return f"{words} {written_day(day)} ({distance(day, today)})"
