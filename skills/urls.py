"""Addresses of the pages about what people can do.

Pages of one's own and of another person have two names where they are two views; those of a team
and of the printed record have one name, with the uuid where it is somebody else's.
"""

from django.urls import path

from skills import views

app_name = "skills"

urlpatterns = [
    path("skills/", views.my_skills, name="my-skills"),
    path("skills/record/", views.record, name="record"),
    path("skills/<slug:slug>/", views.skill_detail, name="skill-detail"),
    path("skills/<slug:slug>/claim/", views.claim_create, name="claim-create"),
    path("people/<uuid:uuid>/skills/", views.person_skills, name="person-skills"),
    path(
        "people/<uuid:uuid>/skills/<slug:slug>/",
        views.person_skill_detail,
        name="person-skill-detail",
    ),
    path("people/<uuid:uuid>/record/", views.record, name="record"),
    path("team/", views.team_matrix, name="team-matrix"),
    path("team/matrix.csv", views.team_matrix_csv, name="team-matrix-csv"),
    path("team/levels/", views.team_levels, name="team-levels"),
    path("team/worklist/", views.team_worklist, name="team-worklist"),
    path("people/<uuid:uuid>/team/", views.team_matrix, name="team-matrix"),
    path("people/<uuid:uuid>/team/matrix.csv", views.team_matrix_csv, name="team-matrix-csv"),
    path("people/<uuid:uuid>/team/levels/", views.team_levels, name="team-levels"),
    path("people/<uuid:uuid>/team/worklist/", views.team_worklist, name="team-worklist"),
    path("glossary/", views.glossary, name="glossary"),
    path("framework/", views.framework, name="framework"),
]
