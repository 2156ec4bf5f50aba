"""`/admin/mot-de-passe/`: a first password, or a forgotten one, with a mailed code."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from ecms import limits
from ecms.exceptions import TooManyAttempts
from ecms.requests import client_address
from users.forms import TOO_MANY, AddressForm, CodeForm
from users.services import accounts


@method_decorator(never_cache, name="dispatch")
class PasswordPage(TemplateView):
    """Two steps at one address: ask for a code, then give it with the new password."""

    template_name = "users/password_page.html"

    def get(self, request, *args, **kwargs):
        return self._show(AddressForm(), "address")

    def post(self, request, *args, **kwargs):
        if "code_otp" in request.POST:
            return self._choose(CodeForm(request.POST))
        return self._ask(AddressForm(request.POST))

    def _ask(self, form):
        if not form.is_valid():
            return self._show(form, "address")
        email = form.cleaned_data["email"]
        try:
            limits.count_distinct("courriel_adresse", client_address(self.request), email)
        except TooManyAttempts:
            form.add_error(None, TOO_MANY)
            return self._show(form, "address")
        accounts.request_reset(email, language=(get_language() or "fr")[:2])
        return self._show(CodeForm(initial={"email": email}), "code")

    def _choose(self, form):
        if form.is_valid() and self._reset(form):
            messages.success(self.request, _("Votre mot de passe est choisi. Connectez-vous."))
            return redirect(reverse("admin:login"))
        return self._show(form, "code")

    def _reset(self, form) -> bool:
        data = form.cleaned_data
        try:
            guess = limits.count("code_adresse", client_address(self.request))
            accounts.reset_password(
                email=data["email"], code=data["code_otp"], password=data["password"]
            )
        except TooManyAttempts:
            form.add_error(None, TOO_MANY)
        except accounts.InvalidCode:
            form.add_error("code_otp", _("Ce code n'est pas valable, ou ne l'est plus."))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            guess.free()
            return True
        return False

    def _show(self, form, step: str):
        said = {
            "address": (
                _("Choisir un mot de passe"),
                _("Indiquez votre adresse : un code à six chiffres vous y sera envoyé."),
                _("Recevoir un code"),
            ),
            "code": (
                _("Choisir un mot de passe"),
                _("Si cette adresse est la bonne, un code vient d'y être envoyé. Il vaut 6 min."),
                _("Enregistrer ce mot de passe"),
            ),
        }
        title, explanation, label = said[step]
        return self.render_to_response(
            {
                **admin.site.each_context(self.request),
                "form": form,
                "step": step,
                "title": title,
                "explanation": explanation,
                "label": label,
            }
        )
