"""One's own second factor, for who is signed in to the admin."""

from datetime import timedelta

from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView

from ecms.exceptions import DomainError, TooManyAttempts
from ecms.requests import client_address
from users.forms import TOO_MANY, EnrolForm, OwnEnrolForm, SecondFactorForm
from users.middleware import session_of
from users.models import SecondFacteur
from users.services import accounts, second_factor
from users.views import recovery_codes
from users.views.enrolment import EnrolmentPage

# The secret that this browser may enrol, and since when it may replace the one there is.
PROPOSED, REPLACING = "second_facteur_propose", "second_facteur_remplace"
REPLACING_LIFETIME = timedelta(minutes=10)


class SecondFactorPage(FormView):
    """Its state; what changes it takes a code."""

    form_class = SecondFactorForm
    template_name = "users/second_factor.html"

    def form_valid(self, form):
        act = self.acts.get(self.request.POST.get("acte"))
        if act is None:
            return redirect("admin_second_facteur")
        code, address = form.cleaned_data["code"], client_address(self.request)
        try:
            second_factor.verify(self.request.user, code, address=address)
            return act(self)
        except second_factor.WrongCode:
            form.add_error("code", second_factor.REFUSED)
        except TooManyAttempts:
            form.add_error(None, TOO_MANY)
        except DomainError as error:
            form.add_error(None, error.message)
        return self.form_invalid(form)

    def get_context_data(self, **kwargs):
        account = self.request.user
        return super().get_context_data(
            **admin.site.each_context(self.request),
            title=_("Second facteur"),
            factor=SecondFacteur.objects.filter(utilisateur=account).first(),
            left=second_factor.recovery_codes_left(account),
            is_required=second_factor.is_required(account),
            **kwargs,
        )

    def _renew(self):
        codes = second_factor.renew_recovery_codes(self.request.user)
        recovery_codes.keep(self.request, codes, next_page=self.request.path)
        return redirect("admin_second_facteur_codes")

    def _replace(self):
        self.request.session[REPLACING] = timezone.now().timestamp()
        return redirect("admin_second_facteur_enrol")

    def _remove(self):
        if second_factor.is_required(self.request.user):
            message = _("Un second facteur est obligatoire pour votre compte.")
            raise DomainError(message, "second_facteur_obligatoire")
        second_factor.remove(self.request.user, keep=session_of(self.request))
        messages.success(self.request, _("Votre second facteur est retiré."))
        return redirect("admin_second_facteur")

    acts = {"renouveler": _renew, "remplacer": _replace, "retirer": _remove}


class EnrolPage(EnrolmentPage):
    """A first second factor, or another in its place after a code of the one there is."""

    template_name = "users/second_factor_enrol.html"

    def dispatch(self, request, *args, **kwargs):
        self.account = request.user
        self.replacing = _is_replacing(request)
        if second_factor.exists(self.account) and not self.replacing:
            return redirect("admin_second_facteur")
        self.proposed = request.session.get(PROPOSED) or second_factor.propose()
        request.session[PROPOSED] = self.proposed
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self):
        # Whoever replaces theirs has just given a code of it.
        return EnrolForm if self.replacing else OwnEnrolForm

    def form_valid(self, form):
        if not self.replacing and not self._is_the_owner(form):
            return self.form_invalid(form)
        try:
            codes = self.prove(form, replace=self.replacing, keep=session_of(self.request))
        except DomainError as error:
            messages.info(self.request, error.message)
            return redirect("admin_second_facteur")
        if codes is None:
            return self.form_invalid(form)
        del self.request.session[PROPOSED]
        self.request.session.pop(REPLACING, None)
        recovery_codes.keep(self.request, codes, next_page=reverse("admin_second_facteur"))
        return redirect("admin_second_facteur_codes")

    def _is_the_owner(self, form) -> bool:
        given, address = form.cleaned_data["mot_de_passe"], client_address(self.request)
        try:
            accounts.confirm_password(self.account, given, address=address)
        except accounts.WrongPassword:
            form.add_error("mot_de_passe", _("Le mot de passe actuel n'est pas celui-là."))
        except TooManyAttempts:
            form.add_error(None, TOO_MANY)
        else:
            return True
        return False


class CodesPage(TemplateView):
    """The recovery codes, until their owner says that they have them."""

    template_name = "users/recovery_codes.html"

    def get(self, request, *args, **kwargs):
        codes = recovery_codes.to_show(request)
        if not codes:
            return redirect("admin_second_facteur")
        context = admin.site.each_context(request)
        title = _("Vos codes de secours")
        return self.render_to_response({**context, "title": title, "codes": codes})

    def post(self, request, *args, **kwargs):
        return HttpResponseRedirect(recovery_codes.seen(request) or reverse("admin_second_facteur"))


@require_POST
def presence(request):
    """Somebody is typing: that this was asked keeps the sign-in (`AdminSessionMiddleware`)."""
    return HttpResponse(status=204)


def _is_replacing(request) -> bool:
    since = request.session.get(REPLACING)
    lifetime = REPLACING_LIFETIME.total_seconds()
    return since is not None and timezone.now().timestamp() - since <= lifetime
