"""Forms of the pages of this app. In a filter, anything unknown means the first choice."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from skills.domain.policy import HIGHEST_LEVEL
from skills.enums import CellStatus
from skills.services.matrix_parts import MatrixFilter, Scope, Sort
from skills.services.wording import STATUSES

EARLIEST = date(2000, 1, 1)
STATE_CHOICES = [
    ("", "Any state"),
    *((each.value, STATUSES[each]) for each in CellStatus if each is not CellStatus.NOT_REQUIRED),
]
Choices = Iterable[tuple[str, str]]
Orders = Sequence[tuple[Sort, str]]
MATRIX_ORDERS: Orders = (
    (Sort.GAP, "Widest gap first"),
    (Sort.BLOCKING, "Most blocking first"),
    (Sort.NAME, "Name"),
)
WORKLIST_ORDERS: Orders = (
    (Sort.PRESSING, "Most pressing first"),
    (Sort.DUE, "Falls soonest first"),
    (Sort.NAME, "Name"),
)


class FilterForm(forms.Form):
    """A form in the address bar: never an error, always a value."""

    def chosen(self, name: str) -> str:
        """The value of a field; empty where it is missing or none of the choices."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


def _select(label: str, choices: Choices = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), required=False)


class SkillFilterForm(FilterForm):
    """What narrows and orders the table of one person's skills."""

    domain = _select("Domain")
    state = _select("State", STATE_CHOICES)
    sort = _select(
        "Order",
        [("", "Most pressing first"), ("due", "Falls soonest first"), ("domain", "By domain")],
    )

    def __init__(self, *args: Any, domains: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["domain"].choices = [("", "All domains"), *domains]  # type: ignore[attr-defined]


class MatrixFilterForm(FilterForm):
    """What narrows and orders a team matrix. A domain or job role nobody has matches nobody.

    `orders` are those of the page; none where it has its own.
    """

    scope = forms.ChoiceField(
        choices=[(each.value, each.value) for each in Scope], required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip
    domain = forms.CharField(label="Domain", required=False, max_length=60)
    role = forms.CharField(label="Job role", required=False, max_length=60)
    state = _select("State", STATE_CHOICES)
    sort = _select("Order")

    def __init__(self, *args: Any, orders: Orders, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first_order = orders[0][0] if orders else Sort.GAP
        self.fields["sort"].choices = list(orders)  # type: ignore[attr-defined]
        if not orders:
            del self.fields["sort"]

    def offer(self, *, domains: Choices, roles: Choices) -> None:
        """Turn domain and role into lists once it is known what there is to choose."""
        for name, first, choices in (
            ("domain", "All domains", domains),
            ("role", "All job roles", roles),
        ):
            self.fields[name].widget = forms.Select(choices=[("", first), *choices])

    @property
    def scope_chosen(self) -> Scope:
        return Scope(self.chosen("scope") or Scope.DIRECT)

    @property
    def filter_chosen(self) -> MatrixFilter:
        state, sort = self.chosen("state"), self.chosen("sort")
        return MatrixFilter(
            self.chosen("domain"),
            self.chosen("role"),
            CellStatus(state) if state else None,
            Sort(sort) if sort else self.first_order,
        )


class ClaimForm(forms.Form):
    """What a person says of themselves in one skill."""

    level = forms.TypedChoiceField(
        label="Where would you place yourself?",
        coerce=int,
        choices=[(each, str(each)) for each in range(HIGHEST_LEVEL + 1)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the level that comes closest."},
    )

    def __init__(self, *args: Any, descriptors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = list(descriptors)  # type: ignore[attr-defined]


class AsOfForm(forms.Form):
    """A day in the past, and whether to use what is known now or what was known then."""

    as_of = forms.DateField(
        label="Day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "Choose a day.",
            "invalid": "Write the day as year-month-day, for example 2026-05-12.",
        },
    )
    known = forms.ChoiceField(
        label="With what was known",
        required=False,
        choices=[("", "today"), ("then", "on that day")],
        help_text="Evidence can be recorded late, or revoked. “On that day” leaves out both.",
    )

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise ValidationError("Choose today or an earlier day; what comes is listed below.")
        if day < EARLIEST:
            raise ValidationError(f"Choose a day from {EARLIEST.year} on.")
        return day

    def known_at(self) -> datetime | None:
        """The last moment of the day, where knowledge is to end there."""
        if self.cleaned_data.get("known") != "then":
            return None
        midnight = datetime.combine(self.cleaned_data["as_of"] + timedelta(days=1), time.min)
        return timezone.make_aware(midnight) - timedelta(microseconds=1)


class FrameworkSearchForm(FilterForm):
    """Words to find in the framework, and one domain."""

    q = forms.CharField(
        label="Search skills",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    domain = _select("Domain")

    def __init__(self, *args: Any, domains: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["domain"].choices = [("", "All domains"), *domains]  # type: ignore[attr-defined]
