"""Selects are drawn without Django's templates, and look the same."""

from typing import Any

import pytest
from django import forms

from operations.templatetags.form_fields import widget_of

GROUPED: list[Any] = [("", "All"), ("a", "A & <b>"), ('Group "x"', [("1", "One"), (2, "Two")])]


class Sheet(forms.Form):
    plain = forms.ChoiceField(choices=GROUPED, required=False)
    needed = forms.ChoiceField(choices=GROUPED[1:], help_text="Pick one.")
    off = forms.ChoiceField(choices=GROUPED, disabled=True, initial="a")
    marked = forms.ChoiceField(
        choices=GROUPED, widget=forms.Select(attrs={"id": "mine", "hidden": False, "data-x": '"'})
    )


def squeezed(html: str) -> str:
    return "".join(line.strip() for line in html.splitlines())


@pytest.mark.parametrize("name", list(Sheet.base_fields))
@pytest.mark.parametrize("data", [None, {"plain": "a", "needed": "2", "marked": "<x>"}, {}])
def test_selects_are_what_django_draws(name: str, data: dict[str, str] | None) -> None:
    field = Sheet(data)[name]
    css = "form-select is-invalid" if field.errors else "form-select"
    attrs: dict[str, str | bool] = {"class": css}
    described = ["helptext"] * bool(field.help_text) + ["error"] * bool(field.errors)
    if described:
        attrs["aria-describedby"] = " ".join(f"{field.auto_id}_{each}" for each in described)
    assert squeezed(widget_of(field)) == squeezed(field.as_widget(attrs=attrs))
