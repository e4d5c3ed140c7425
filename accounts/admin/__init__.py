"""The admin of people and the organisation; what has rules is written by the services."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken

from accounts.admin import people, records, units
from accounts.admin.looks import PeopleOffered
from accounts.permissions import can_open_admin

__all__ = ["people", "records", "units"]

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.has_permission = lambda request: can_open_admin(request.user)  # type: ignore[method-assign]
admin.site.autocomplete_view = PeopleOffered.as_view(admin_site=admin.site)  # type: ignore[method-assign,assignment]
admin.site.site_header = "Tutti administration"
admin.site.site_title = "Tutti administration"
admin.site.unregister(Group)  # rights hang on the names; who is in one is said at the person
admin.site.unregister(EmailAddress)  # a person has one address: that of the person
admin.site.unregister((AccessToken, Grant, IDToken, RefreshToken))  # nobody's to edit
