"""The door of the admin, and what one does there with one's own second factor."""

from django.contrib import admin
from django.urls import path

from users.views import door, second_factor

staff = admin.site.admin_view

urlpatterns = [
    path("login/", door.SignInPage.as_view(), name="admin_login"),
    path("login/code/", door.CodePage.as_view(), name="admin_login_code"),
    path("login/activer/", door.EnrolPage.as_view(), name="admin_login_enrol"),
    path(
        "second-facteur/",
        staff(second_factor.SecondFactorPage.as_view()),
        name="admin_second_facteur",
    ),
    path(
        "second-facteur/activer/",
        staff(second_factor.EnrolPage.as_view()),
        name="admin_second_facteur_enrol",
    ),
    path(
        "second-facteur/codes/",
        staff(second_factor.CodesPage.as_view()),
        name="admin_second_facteur_codes",
    ),
    path("presence/", staff(second_factor.presence), name="admin_presence"),
]
