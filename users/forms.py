"""The forms of the admin's door: signing in, the second factor, choosing a password."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from ecms.exceptions import DomainError, TooManyAttempts
from users.models import ProfilAgentCommunal, Utilisateur
from users.services import agents
from users.services.addresses import plain_address
from users.services.erasure import check_not_last_administrator

TOO_MANY = _("Trop d'essais. Réessayez un peu plus tard.")


class LoginForm(AuthenticationForm):
    """The admin's sign-in: the limits are those of the API."""

    def clean(self):
        try:
            return super().clean()
        except TooManyAttempts:
            raise ValidationError(TOO_MANY, code="trop_de_demandes") from None


class SecondFactorForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code à six chiffres, ou code de secours"),
        max_length=50,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )


class EnrolForm(forms.Form):
    """The first code, which proves that the app has the secret."""

    code = forms.CharField(
        label=_("Code à six chiffres que l'application affiche"),
        max_length=50,
        widget=UnfoldAdminTextInputWidget(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )


class OwnEnrolForm(EnrolForm):
    """The same inside, of somebody who signed in a while ago: a desk that was left open does not
    take its owner's account away from them."""

    mot_de_passe = forms.CharField(
        label=_("Mot de passe actuel"),
        max_length=256,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )


class AddressField(forms.EmailField):
    """An e-mail address, in lower case: it is one identity whatever its case."""

    default_validators = [*forms.EmailField.default_validators, plain_address]

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 254, **kwargs})

    def to_python(self, value):
        return super().to_python(value).lower()


class AddressForm(forms.Form):
    email = AddressField(
        label=_("Adresse électronique"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "email", "autocomplete": "email"}),
    )


class CodeForm(AddressForm):
    email = AddressField(widget=forms.HiddenInput)
    code_otp = forms.CharField(
        label=_("Code à six chiffres"),
        max_length=50,
        widget=UnfoldAdminTextInputWidget(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )
    password = forms.CharField(
        label=_("Nouveau mot de passe"),
        max_length=256,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    password_confirm = forms.CharField(
        label=_("Le même, pour confirmer"),
        max_length=256,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def clean(self):
        data = super().clean()
        if data.get("password") != data.get("password_confirm"):
            self.add_error("password_confirm", _("Les deux mots de passe diffèrent."))
        return data


class UtilisateurForm(forms.ModelForm):
    """An account, as the national administrator changes it."""

    def clean_is_superuser(self):
        if "is_superuser" in self.changed_data and not self.cleaned_data["is_superuser"]:
            try:
                check_not_last_administrator(Utilisateur.objects.get(pk=self.instance.pk))
            except DomainError as error:
                raise ValidationError(error.message, code=error.code) from None
        return self.cleaned_data["is_superuser"]


class InviterAgentForm(forms.ModelForm):
    """Invite an agent: the form that adds an account in the admin."""

    email = AddressField(label=_("Adresse électronique"), widget=UnfoldAdminTextInputWidget)
    mairie = forms.ModelChoiceField(
        label=_("Mairie"), queryset=None, widget=UnfoldAdminSelectWidget
    )
    groupes = forms.ModelMultipleChoiceField(
        label=_("Groupes"), queryset=None, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    fonction = forms.CharField(
        label=_("Fonction"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )

    inviter = None

    class Meta:
        model = Utilisateur
        fields = ["first_name", "last_name"]

    @classmethod
    def for_inviter(cls, inviter):
        """The form as `inviter` may fill it."""
        return type(cls.__name__, (cls,), {"inviter": inviter})

    @staticmethod
    def shown_to(inviter) -> list[str]:
        names = ["email", "first_name", "last_name", "mairie", "groupes", "fonction"]
        return [n for n in names if inviter.is_superuser or n != "mairie"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["groupes"].queryset = agents.grantable_groups(self.inviter)
        if self.inviter.is_superuser:
            mairies = ProfilAgentCommunal._meta.get_field("mairie").related_model
            self.fields["mairie"].queryset = mairies.objects.filter(statut="active")
        else:
            del self.fields["mairie"]

    def invite(self, *, par) -> Utilisateur:
        """Raises `DomainError` as `users.services.agents.inviter_agent` does."""
        data = self.cleaned_data
        return agents.inviter_agent(
            email=data["email"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            fonction=data["fonction"],
            groupes=list(data["groupes"]),
            mairie=data.get("mairie") or par.mairie_agent,
            par=par,
        )
