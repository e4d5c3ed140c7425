"""Forms of the pages about learning."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import JobRole, Person
from accounts.models.people import PersonQuerySet
from courses.enums import FaultState
from courses.models.learning import AssignmentQuerySet
from courses.services.assignment_choices import (
    PersonUnclear,
    activity_choices,
    activity_named,
    line_to_assign,
    people_to_assign,
    person_named,
    roles_to_assign,
    teams_to_assign,
    written_as,
)
from courses.services.assignments import NOTE_LENGTH
from courses.services.catalogue import Catalogue, CatalogueQuery
from courses.services.faults import TEXT_LENGTH
from courses.services.papers import PaperQuestion
from skills.models import Skill

MINUTES = (10, 15, 20, 25, 30)
# Where the service names an input that this form draws under another name.
FIELDS = {
    "team_of": "team",
    "curriculum": "activity",
    "lesson": "activity",
    "check_skill": "activity",
}


def catalogue_query(given: Mapping[str, str]) -> CatalogueQuery:
    """What a person looks for, from the address; what makes no sense asks for nothing."""
    clean = {name: given.get(name, "").replace("\x00", "").strip() for name in given}
    minutes = clean.get("minutes", "")
    return CatalogueQuery(
        text=clean.get("q", ""),
        skill=clean.get("skill", ""),
        job_role=clean.get("job_role", ""),
        most_minutes=int(minutes) if minutes in map(str, MINUTES) else None,
        unread=bool(clean.get("unread")),
    )


class CatalogueForm(forms.Form):
    """Search and filters of the catalogue; its choices are what is on offer."""

    q = forms.CharField(
        label="Words",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    job_role = forms.ChoiceField(label="Job role", required=False)
    skill = forms.ChoiceField(label="Skill", required=False)
    minutes = forms.ChoiceField(label="Time", required=False)
    unread = forms.BooleanField(label="Only unread", required=False)

    def __init__(self, *args: Any, found: Catalogue, skill: Skill | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        skills = list(found.skills)
        if skill is not None and (skill.slug, skill.name) not in skills:
            skills.append((skill.slug, skill.name))  # a skill no lesson prepares for yet
        self._choose("job_role", "Any job role", found.job_roles)
        self._choose("skill", "Any skill", skills)
        times = [(str(n), f"Up to {n} min") for n in MINUTES]
        self._choose("minutes", "Any length", times)

    def _choose(self, name: str, empty: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", empty), *choices]


class AnswersForm(forms.Form):
    """The questions of a quiz or a check, one group of options each; nothing has to be answered.

    `confirmed` hands in although questions are open.
    """

    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, questions: Sequence[PaperQuestion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [f"q{question.number}" for question in questions]
        for name, question in zip(self.names, questions, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=question.stem,
                choices=[(str(place), text) for place, text in enumerate(question.options)],
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": "Choose one of the answers shown."},
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]

    @cached_property
    def unanswered(self) -> list[int]:
        """The numbers of the questions without an answer, once handed in."""
        if not self.is_bound or not self.is_valid():
            return []
        return [n for n, name in enumerate(self.names, 1) if self.cleaned_data[name] == ""]

    def is_ready(self) -> bool:
        """Whether the answers can be scored: valid, and complete or meant to be incomplete."""
        return self.is_valid() and (not self.unanswered or self.cleaned_data["confirmed"] == "yes")

    def positions(self) -> list[int | None]:
        """The position chosen for each question, None where there is none."""
        self.is_valid()
        chosen = [self.cleaned_data.get(name, "") for name in self.names]
        return [int(place) if place else None for place in chosen]


class FaultForm(forms.Form):
    """What is wrong in a lesson."""

    text = forms.CharField(
        label="What is wrong?",
        max_length=TEXT_LENGTH,
        help_text="Quote the words, say what they should be, and how you know. Your name goes with "
        "the report, so that the author can answer you.",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say in a sentence what is wrong."},
    )


class FaultAnswerForm(forms.Form):
    """What the author did about a report."""

    outcome = forms.ChoiceField(
        label="What did you do?",
        choices=[
            (FaultState.RESOLVED.value, "Mended the lesson, or will with the next content load"),
            (FaultState.DISMISSED.value, "Nothing needs to change"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the lesson changes."},
    )
    answer = forms.CharField(
        label="Answer",
        max_length=TEXT_LENGTH,
        help_text="The reader sees it under the lesson.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "Tell the reader what you did, or why nothing needs to change."
        },
    )


class AssignmentFilterForm(forms.Form):
    """Search, filter and order of the list of assignments; what makes no sense asks for nothing."""

    by = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label="Words",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    due = forms.ChoiceField(
        label="Due",
        required=False,
        choices=[("", "Any day"), ("past", "Before today"), ("coming", "Today or later")],
    )
    order = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[("", "Due soonest first"), ("newest", "Newest first")],
    )

    @property
    def is_narrowed(self) -> bool:
        return bool(self._chosen("q") or self._chosen("due"))

    def apply(self, rows: AssignmentQuerySet) -> AssignmentQuerySet:
        rows = rows.matching(self._chosen("q"))
        if due := self._chosen("due"):
            today = timezone.localdate()
            rows = rows.due_before(today) if due == "past" else rows.due_from(today)
        return rows.order_by("-assigned_at", "-id") if self._chosen("order") else rows

    def _chosen(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


def _name_field(label: str, help_text: str, options: str) -> forms.CharField:
    """A person by name or address, with suggestions once the page has scripts."""
    attrs = {
        "list": options,
        "autocomplete": "off",
        "hx-get": reverse_lazy("courses:assignment-people"),
        "hx-trigger": "input changed delay:250ms",
        "hx-target": f"#{options}",
    }
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=label, required=False, max_length=200, help_text=help_text, widget=widget
    )


class AssignmentForm(forms.Form):
    """Whom to ask, for what, by when. Only what the person may choose is offered."""

    target = forms.ChoiceField(label="Who", widget=forms.RadioSelect, initial="person")
    person = _name_field("Person", "A name or an e-mail address.", "people-options")
    team = _name_field(
        "Whose team", "Name or e-mail address of the person they report to.", "team-options"
    )
    job_role = forms.ModelChoiceField(
        JobRole.objects.none(), label="Job role", required=False, to_field_name="slug",
        empty_label="Choose a job role",
    )  # fmt: skip
    activity = forms.ChoiceField(label="What to do")
    due_on = forms.DateField(label="By", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        help_text="Why it matters; everybody you ask sees it beside your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        by: Person,
        asked: Person | None = None,
        skill: Skill | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.line_of = line_to_assign(by)
        everybody = "everybody who holds it" if self.line_of is None else "those in your line"
        self._choice("target").choices = [
            ("person", "One person"),
            ("team", "A team: those who report to one person"),
            ("job_role", f"A job role: {everybody}"),
        ]
        role = self.fields["job_role"]
        assert isinstance(role, forms.ModelChoiceField)
        role.queryset = roles_to_assign(by)
        if by.has_reports:
            self.initial.setdefault("team", written_as(by))
        offered = activity_choices(by, person=asked, skill=skill)
        self.row, self.step = offered.row, offered.step
        self._choice("activity").choices = [("", "Choose an activity"), *offered.groups]
        self.initial.setdefault("activity", offered.first)
        self.fields["due_on"].widget.attrs["min"] = timezone.localdate().isoformat()

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        target = data.get("target")
        if target == "person":
            nobody = "Nobody you can ask has this name or address."
            self._find(data, target, people_to_assign(self.by), nobody)
        elif target == "team":
            nobody = "Nobody whose team you can ask has this name or address."
            self._find(data, target, teams_to_assign(self.by), nobody)
        elif target and not data.get(target) and target not in self.errors:
            self.add_error(target, "Choose whom you ask.")
        return data

    def _find(self, data: dict[str, Any], field: str, people: PersonQuerySet, nobody: str) -> None:
        if field in self.errors:
            return
        try:
            data["found"] = person_named(data.get(field) or "", people, nobody=nobody)
        except PersonUnclear as unclear:
            self.add_error(field, ValidationError(str(unclear)))

    def chosen(self) -> dict[str, Any]:
        """What `assign_activity` takes."""
        data = self.cleaned_data
        target = data["target"]
        is_role = target == "job_role"
        return {
            "person": data["found"] if target == "person" else None,
            "team_of": data["found"] if target == "team" else None,
            "job_role": data["job_role"] if is_role else None,
            "line_of": self.line_of if is_role else None,
            "due_on": data["due_on"],
            "note": data["note"],
            **activity_named(data["activity"]),
        }

    def refuse(self, field: str, message: str) -> None:
        """Show a refusal of the service at the input it is about."""
        name = FIELDS.get(field, field)
        self.add_error(name if name in self.fields else None, message)
