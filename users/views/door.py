"""The door of the admin: a password, then a second factor. One is signed in after both."""

from django.contrib import admin, messages
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from ecms.exceptions import DomainError, TooManyAttempts
from ecms.requests import client_address
from users.forms import TOO_MANY, LoginForm, SecondFactorForm
from users.middleware import IDLE_KEY
from users.services import second_factor
from users.views import half_way, recovery_codes
from users.views.enrolment import EnrolmentPage

FEW_CODES = 3


class SignInPage(LoginView):
    """The first step: what Django would take for a sign-in opens the second one."""

    authentication_form = LoginForm
    template_name = "users/door/sign_in.html"
    next_page = "admin:index"

    def get(self, request, *args, **kwargs):
        if admin.site.has_permission(request):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        account = form.get_user()
        half_way.begin(self.request, account, self.get_success_url())
        known = second_factor.exists(account)
        return redirect("admin_login_code" if known else "admin_login_enrol")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **admin.site.each_context(self.request),
            title=_("Connexion"),
            app_path=self.request.get_full_path(),
            was_idle=self.request.session.get(IDLE_KEY, False),
            **kwargs,
        )


@method_decorator([sensitive_post_parameters("code"), csrf_protect, never_cache], name="dispatch")
class SecondStep:
    """Mixed in before a page for whoever is half-way."""

    def dispatch(self, request, *args, **kwargs):
        if recovery_codes.to_show(request) and admin.site.has_permission(request):
            return redirect("admin_second_facteur_codes")
        if admin.site.has_permission(request):
            return redirect("admin:index")
        self.half_way = half_way.current(request)
        if self.half_way is None:
            messages.warning(request, _("Cette étape a expiré. Recommencez."))
            return redirect("admin:login")
        return super().dispatch(request, *args, **kwargs)

    @property
    def account(self):
        return self.half_way.account

    def enter(self):
        """Sign in, at last."""
        half_way.end(self.request)
        login(self.request, self.account)
        return HttpResponseRedirect(self.half_way.next_page)


class CodePage(SecondStep, FormView):
    """The second step of whoever has a second factor."""

    form_class = SecondFactorForm
    template_name = "users/door/code.html"

    def form_valid(self, form):
        code, address = form.cleaned_data["code"], client_address(self.request)
        try:
            second_factor.verify(self.account, code, address=address)
        except second_factor.WrongCode:
            form.add_error("code", second_factor.REFUSED)
        except TooManyAttempts:
            form.add_error(None, TOO_MANY)
        else:
            self._warn()
            return self.enter()
        return self.form_invalid(form)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **admin.site.each_context(self.request),
            title=_("Second facteur"),
            username=self.account.username,
            **kwargs,
        )

    def _warn(self) -> None:
        left = second_factor.recovery_codes_left(self.account)
        if left <= FEW_CODES:
            message = ngettext(
                "Il vous reste %(nombre)s code de secours : renouvelez-les.",
                "Il vous reste %(nombre)s codes de secours : renouvelez-les.",
                left,
            )
            messages.warning(self.request, message % {"nombre": left})


class EnrolPage(SecondStep, EnrolmentPage):
    """The second step of whoever has none yet."""

    template_name = "users/door/enrol.html"

    def get(self, request, *args, **kwargs):
        if second_factor.exists(self.account):
            return redirect("admin_login_code")
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if "plus_tard" in request.POST and self.may_wait:
            return self.enter()
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            codes = self.prove(form)
        except DomainError as error:
            # In another tab, a moment ago.
            messages.info(self.request, error.message)
            return redirect("admin_login_code")
        if codes is None:
            return self.form_invalid(form)
        self.enter()
        recovery_codes.keep(self.request, codes, next_page=self.half_way.next_page)
        return redirect("admin_second_facteur_codes")

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_wait=self.may_wait, **kwargs)

    @property
    def proposed(self) -> str:
        return self.half_way.proposed

    @property
    def may_wait(self) -> bool:
        account = self.account
        return not (second_factor.is_required(account) or second_factor.exists(account))


def expired_form(request, reason=""):
    """A form whose page is older than the sign-in. At the door one begins again."""
    if request.path.startswith(reverse("admin:login")):
        messages.warning(request, _("Cette page avait expiré. Recommencez."))
        return redirect("admin:login")
    return render(request, "users/expired_form.html", status=403)
