"""Drawing a form field with its label, help and error as one accessible unit."""

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is several inputs, which need a fieldset and a legend."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.simple_tag
def widget_of(field: BoundField) -> SafeString:
    """Draw the input with Tabler's class, and point it at its help and error."""
    name = next(css for kind, css in CLASSES if isinstance(field.field.widget, kind))
    given = str(field.field.widget.attrs.get("class", ""))
    classes = [name, given, "is-invalid" if field.errors else ""]
    attrs: dict[str, Any] = {"class": " ".join(part for part in classes if part)}
    described = [
        f"{field.auto_id}_helptext" if field.help_text else "",
        f"{field.auto_id}_error" if field.errors else "",
    ]
    if any(described):
        attrs["aria-describedby"] = " ".join(part for part in described if part)
    if type(field.field.widget) is forms.Select:
        return _select(field, attrs)
    return field.as_widget(attrs=attrs)


def _select(field: BoundField, attrs: dict[str, Any]) -> SafeString:
    """What Django's own template draws, at a tenth of the cost: it includes two files an option."""
    widget = field.field.widget
    built = field.build_widget_attrs(attrs, widget)
    if field.auto_id and "id" not in widget.attrs:
        built.setdefault("id", field.auto_id)
    drawn = widget.get_context(field.html_name, field.value(), built)["widget"]
    groups = "".join(_group(name, options) for name, options, _ in drawn["optgroups"])
    name = conditional_escape(drawn["name"])
    return mark_safe(f'<select name="{name}"{_attributes(drawn["attrs"])}>{groups}\n</select>')


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    lines = "".join(
        f'\n  <option value="{conditional_escape(str(each["value"]))}"'
        f"{_attributes(each['attrs'])}>{conditional_escape(localize(each['label']))}</option>"
        for each in options
    )
    if not name:
        return lines
    return f'\n  <optgroup label="{conditional_escape(name)}">{lines}\n  </optgroup>'


def _attributes(attrs: dict[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )


@register.simple_tag
def options_of(field: BoundField) -> list[BoundWidget]:
    """The single inputs of radio buttons or several checkboxes, with Tabler's class."""
    widget = field.field.widget
    attrs = field.build_widget_attrs({"id": field.auto_id, "class": "form-check-input"}, widget)
    options = widget.subwidgets(field.html_name, field.value(), attrs=attrs)
    return [BoundWidget(widget, option, field.form.renderer) for option in options]
