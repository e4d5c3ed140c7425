from allauth.socialaccount import providers
from django.urls import path, re_path

from accounts import views

app_name = "accounts"
# what allauth would answer for, although nobody here confirms an address or is mailed a code
unused = ["confirm-email/", "login/code/"]
if not providers.registry.get_class_list():
    unused += ["3rdparty/", "social/"]  # nobody can connect an account elsewhere either
urlpatterns = [
    path("people/", views.person_list, name="person-list"),
    path("people/<uuid:uuid>/", views.profile, name="profile"),
    path("people/<uuid:uuid>/invite/", views.invitation_create, name="invitation-create"),
    path(
        "people/<uuid:uuid>/invitation/resend/", views.invitation_resend, name="invitation-resend"
    ),
    path(
        "people/<uuid:uuid>/invitation/withdraw/",
        views.invitation_revoke,
        name="invitation-revoke",
    ),
    path("who-looked/", views.access_log, name="access-log"),
    path("invitation/<str:token>/", views.invitation_accept, name="invitation-accept"),
    # stands before allauth's page of the same address, which would let people change it
    path("sign-in/email/", views.email_address, name="email-address"),
    re_path(rf"^sign-in/(?:{'|'.join(unused)})", views.no_such_page),
]
