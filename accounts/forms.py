"""Forms of the pages of this app."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    UserTokenForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import services
from accounts.models import OrgUnit, Person

SORTS = {"name": ("name", "id"), "email": ("email",), "manager": ("manager__name", "name", "id")}
LABELS = {
    "login": "E-mail",
    "email": "E-mail",
    "remember": "Keep me signed in",
    "oldpassword": "Password until now",
    "password1": "New password",
    "password2": "The same again",
    "code": "Code",
}
SHOWN = {"active": "Active people", "inactive": "Not active", "all": "Everybody"}


@dataclass(frozen=True, slots=True)
class PeopleChoice:
    """Which people the list holds, and in which order."""

    text: str
    show: str
    sort: str
    unit: OrgUnit | None


class PersonSearchForm(forms.Form):
    """Search, filter and order of the people list; anything unknown means the first choice."""

    q = forms.CharField(
        label="Name, e-mail, unit or job role",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    show = forms.ChoiceField(label="Show", required=False, choices=list(SHOWN.items()))
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[("name", "Name"), ("email", "E-mail"), ("manager", "Manager")],
    )
    unit = forms.ModelChoiceField(
        OrgUnit.objects.all(), to_field_name="uuid", required=False, widget=forms.HiddenInput
    )

    def chosen(self) -> PeopleChoice:
        self.is_valid()
        given = self.cleaned_data
        return PeopleChoice(
            text=given.get("q", ""),
            show=given.get("show") or "active",
            sort=given.get("sort") or "name",
            unit=given.get("unit"),
        )


class LookFilterForm(forms.Form):
    """Whose looks are listed, and of how many days; anything unknown means all of them."""

    who = forms.ChoiceField(label="Who looked", required=False)
    days = forms.TypedChoiceField(label="When", required=False, coerce=int)

    def __init__(
        self, *args: Any, lookers: Iterable[tuple[str, str]], periods: Sequence[int]
    ) -> None:
        super().__init__(*args)
        longest, *shorter = [(days, f"Last {days} days") for days in periods]
        who, days = self.fields["who"], self.fields["days"]
        who.choices = [("", "Everybody"), *lookers]  # type: ignore[attr-defined]
        days.choices = [("", longest[1]), *shorter]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, int | None]:
        """Who, as the choices name them, and the days; empty and None for all."""
        self.is_valid()
        return self.cleaned_data.get("who", ""), self.cleaned_data.get("days") or None


class InvitationAcceptForm(forms.Form):
    """A first password, twice."""

    password1 = forms.CharField(
        label="Password",
        strip=False,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="The same again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        validate_password(password, self.person)
        return password

    def clean_password2(self) -> str:
        password = str(self.cleaned_data["password2"])
        first = self.cleaned_data.get("password1")
        if first and password != first:
            raise ValidationError("The two passwords differ.")
        return password


class InOurWords(forms.BaseForm):
    """Names fields as the other forms do; the label stands once, not in the field too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(InOurWords, LoginForm):  # type: ignore[misc]
    """An address and its password."""


class PasswordResetForm(InOurWords, ResetPasswordForm):  # type: ignore[misc]
    """Has a mail sent to an address, the same way whether it is known or not."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        services.ask_for_password_reset(email)
        return email


class ResetLinkForm(UserTokenForm):  # type: ignore[misc]
    """The link of a reset, which leads nowhere for who is no longer active."""

    def _get_user(self, uidb36: str) -> Person | None:
        person: Person | None = super()._get_user(uidb36)
        return person if person is not None and person.is_active else None


class PasswordFromLinkForm(InOurWords, ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password for who came by the link of a reset."""


class PasswordChangeForm(InOurWords, ChangePasswordForm):  # type: ignore[misc]
    """A new password for who is signed in."""


class StillYouForm(InOurWords, ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something about signing in is changed."""


class StillYouByCodeForm(InOurWords, ReauthenticateByCodeForm):  # type: ignore[misc]
    """A code instead of the password."""


class SecondStepForm(InOurWords, AuthenticateForm):  # type: ignore[misc]
    """The code that follows the password at sign-in."""


class SecondStepSetUpForm(InOurWords, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""
