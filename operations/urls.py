"""Addresses of the pages that touch every room."""

from django.urls import path

from operations.views import content, home, mailbox, style_guide

app_name = "operations"

urlpatterns = [
    path("", home.home, name="home"),
    path("content/", content.content, name="content"),
    path("content/load/", content.content_load, name="content-load"),
    path("dev/mail/", mailbox.mailbox, name="mailbox"),
    path("dev/mail/<slug:name>/<int:number>/", mailbox.mail_detail, name="mail-detail"),
    path("dev/style/", style_guide.style_guide, name="style-guide"),
]
