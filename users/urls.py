from django.urls import path

from ecms.api.exports import ExportRouter
from users.views import agents, codes, exports, profile, sign_in

router = ExportRouter()
router.register("utilisateurs", agents.AgentViewSet)

urlpatterns = [
    path("auth/register", sign_in.RegisterView.as_view()),
    path("auth/login", sign_in.LoginView.as_view()),
    path("auth/logout", sign_in.LogoutView.as_view()),
    path("auth/token/refresh", sign_in.RefreshView.as_view()),
    path("auth/token/blacklist", sign_in.BlacklistView.as_view()),
    path("auth/email/verify/send", codes.VerifySendView.as_view()),
    path("auth/email/verify/confirm", codes.VerifyConfirmView.as_view()),
    path("auth/email/change", codes.EmailChangeView.as_view()),
    path("auth/email/change/confirm", codes.EmailChangeConfirmView.as_view()),
    path("auth/password/forgot", codes.ForgotView.as_view()),
    path("auth/password/reset", codes.ResetView.as_view()),
    path("auth/password/change", codes.PasswordChangeView.as_view()),
    path("auth/profile", profile.ProfileView.as_view()),
    path("auth/profile/consentement", profile.ConsentView.as_view()),
    path("auth/profile/export", exports.ExportView.as_view()),
    path("auth/profile/exports", exports.ExportListView.as_view()),
    path("auth/profile/exports/<int:pk>/lien", exports.ExportLinkView.as_view()),
    path("auth/sessions", profile.SessionListView.as_view()),
    path("auth/sessions/<uuid:pk>", profile.SessionView.as_view()),
    *router.urls,
]
