"""At the desk: what the person answers is typed, and the papers are added, to a draft that was
begun there. Everything goes through the services that the API calls."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import exceptions as api
from unfold.widgets import UnfoldAdminFileFieldWidget

from demarches.admin.etapes_demarches import deposer, est_brouillon_du_guichet, manques
from demarches.admin.gestes_demarches import DES_FICHIERS, papiers_possibles
from demarches.admin.questionnaire import Questionnaire
from demarches.admin.questions import aide_de
from demarches.definition.champs import FICHIERS
from demarches.services import controles, pieces
from demarches.services import demarches as services
from ecms.admin.refusals import REFUSALS, SAID, refusal
from ecms.exceptions import DomainError

PAGE = "demarches_demarche_reponses"
CONTACT = ["nom_demandeur", "telephone_demandeur", "email_demandeur", "langue"]
# Under which name a file is sent that answers no question.
FICHIER = "fichier-"
AUTRE = ""


class FichiersWidget(UnfoldAdminFileFieldWidget):
    allow_multiple_selected = True


def adresse(demarche) -> str:
    return reverse(f"admin:{PAGE}", args=[demarche.pk])


def ce_qui_manque(demarche) -> list[tuple[str, str]]:
    """(where on the page of the answers, in words) of all that filing would refuse."""
    try:
        controles.verifier_depot(demarche)
    except api.ValidationError as error:
        return [
            ("contact" if cle in CONTACT else f"question-{cle}", mots)
            for cle, mots in manques(demarche, error)
        ]
    return []


class SaisieDesReponses:
    """The page `…/reponses/` of a dossier. Mixed in before `ScopedAdmin`."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.reponses_view)
        return [path("<int:pk>/reponses/", view, name=PAGE), *super().get_urls()]

    def reponses_view(self, request, pk):
        demarche = self._lue(request, pk)
        if not self.has_traiter_permission(request):
            raise PermissionDenied
        if not est_brouillon_du_guichet(demarche):
            said = _("Ce dossier n'est pas un brouillon du guichet : ses réponses se lisent ici.")
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(self._page_of(demarche))
        return Saisie(self, request, demarche).repondre()


class Saisie:
    """One request to the page."""

    def __init__(self, admin, request, demarche):
        self.admin, self.request, self.demarche = admin, request, demarche
        self.champs, self.requises = pieces.questions_de(demarche)
        self.langue = get_language() or "fr"
        data = request.POST if request.method == "POST" else None
        plus = (data or request.GET).get("ajouter", "")
        self.questionnaire = Questionnaire(
            self.champs, self.langue, donnees=demarche.donnees, data=data, plus=plus
        )
        contact = admin.get_form(request, None, fields=CONTACT)
        self.contact = contact(data, instance=demarche, prefix="contact")
        # By the question or the paper that was to be answered.
        self.refus: dict[str, list[str]] = {}
        self.gone = False

    def repondre(self):
        if self.request.method != "POST":
            return self._page()
        self._retirer()
        self._joindre()
        saved = self._enregistrer()
        if self.gone:
            return HttpResponseRedirect(self.admin._page_of(self.demarche))
        if not saved or self.refus:
            return self._page()
        return self._apres()

    def _enregistrer(self) -> bool:
        donnees = self.questionnaire.donnees()
        if not self.contact.is_valid() or donnees is None:
            return False
        changes = {name: self.contact.cleaned_data[name] for name in CONTACT}
        try:
            services.completer_brouillon(
                self.demarche, par=self.request.user, donnees=donnees, **changes
            )
        except api.ValidationError as error:
            self.questionnaire.refuser(error.detail["donnees"])
        except DomainError as error:
            # Filed, or given up, by a colleague meanwhile.
            self.admin.message_user(self.request, str(error.message), messages.ERROR)
            self.gone = True
        else:
            return True
        return False

    def _joindre(self) -> None:
        if not self.admin.has_joindre_permission(self.request):
            return
        for cle, _nom in [*papiers_possibles(self.demarche), (AUTRE, "")]:
            for fichier in self.request.FILES.getlist(f"{FICHIER}{cle}"):
                self._faire(cle, pieces.joindre, self.demarche, fichier=fichier, champ=cle)

    def _retirer(self) -> None:
        asked = self.request.POST.get("retirer", "")
        if not asked or not self.admin.has_retirer_permission(self.request):
            return
        for piece in self.demarche.pieces.all():
            if str(piece.pk) == asked:
                self._faire(piece.champ, pieces.retirer, piece)

    def _faire(self, cle: str, service, *args, **kwargs) -> None:
        try:
            service(*args, par=self.request.user, **kwargs)
        except REFUSALS as error:
            self.refus.setdefault(cle, []).extend(refusal(error).messages)

    def _apres(self):
        """Where the agent goes on, once everything is saved."""
        ici = adresse(self.demarche)
        if "deposer" not in self.request.POST:
            self.admin.message_user(self.request, _("Réponses enregistrées."), messages.SUCCESS)
            plus = self.questionnaire.plus
            connu = plus in self.questionnaire.groupes
            suite = f"?ajouter={plus}#question-{plus}" if connu else ""
            return HttpResponseRedirect(ici + suite)
        try:
            deposer(self.demarche, par=self.request.user)
        except SAID as error:
            if ce_qui_manque(self.demarche):
                return HttpResponseRedirect(f"{ici}?manque=1")
            self.admin.message_user(self.request, " ".join(refusal(error).messages), messages.ERROR)
            return HttpResponseRedirect(ici)
        self.admin.message_user(self.request, _("Dossier déposé."), messages.SUCCESS)
        return HttpResponseRedirect(self.admin._page_of(self.demarche))

    def _page(self):
        admin, request = self.admin, self.request
        refuse = request.method == "POST"
        questions, papiers = self.questionnaire.questions(), self._papiers()
        for question in questions:
            question.papier = papiers.pop(question.cle, None)
        context = {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "title": _("Saisir les réponses"),
            "subtitle": str(self.demarche),
            "original": self.demarche,
            "media": admin.media + self.contact.media + self.questionnaire.form.media + SCRIPT,
            "contact": self.contact,
            "questionnaire": self.questionnaire,
            "questions": questions,
            # Those that no question asks for.
            "papiers": list(papiers.values()),
            "joindre": admin.has_joindre_permission(request),
            "retirer": admin.has_retirer_permission(request),
            "manques": []
            if refuse or "manque" not in request.GET
            else ce_qui_manque(self.demarche),
            "back": admin._page_of(self.demarche),
            "refuse": refuse,
        }
        template = "admin/demarches/demarcheadministrative/reponses.html"
        return TemplateResponse(request, template, context)

    def _papiers(self) -> dict[str, dict]:
        """By key: how a file question, or a required paper, is shown; "" takes any other."""
        plusieurs = {
            champ["cle"]: champ.get("nombre_max", FICHIERS) > 1
            for champ in self.champs
            if champ["type"] in DES_FICHIERS
        }
        aides = {piece["cle"]: aide_de(piece, self.langue) for piece in self.requises}
        noms = {**dict(papiers_possibles(self.demarche)), AUTRE: _("Autre pièce")}
        recues: dict[str, list] = {}
        for piece in self.demarche.pieces.order_by("pk"):
            # What its procedure asks for no more.
            champ = piece.champ if piece.champ in noms else AUTRE
            recues.setdefault(champ, []).append(piece)
        return {
            cle: {
                "cle": cle,
                "nom": nom,
                "aide": aides.get(cle, ""),
                "recues": recues.get(cle, []),
                "saisie": _saisie(cle, nom, plusieurs=plusieurs.get(cle, True)),
                "erreurs": self.refus.get(cle, []),
            }
            for cle, nom in noms.items()
        }


def _saisie(cle: str, nom: str, *, plusieurs: bool) -> str:
    name = f"{FICHIER}{cle}"
    attrs = {"id": f"id_{name}", "aria-label": nom, **({"multiple": True} if plusieurs else {})}
    return FichiersWidget().render(name, None, attrs)


SCRIPT = forms.Media(js=["demarches/admin/reponses.js"])
