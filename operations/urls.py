"""Addresses of the pages that touch every room."""

from django.urls import path

from operations.views import home, mailbox, style_guide

app_name = "operations"

urlpatterns = [
    path("", home.home, name="home"),
    path("dev/mail/", mailbox.mailbox, name="mailbox"),
    path("dev/mail/<slug:name>/<int:number>/", mailbox.mail_detail, name="mail-detail"),
    path("dev/style/", style_guide.style_guide, name="style-guide"),
]
