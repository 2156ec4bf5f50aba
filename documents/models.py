"""What a mairie publishes: news, official documents, questions and answers, pages."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.workflow import Statut
from ecms.db.functions import search_column
from ecms.fields import DocumentField, HTMLField, PublicImageField, person_field
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet


class ActualiteQuerySet(ScopedQuerySet):
    """Public from its date of publication to its expiry: decided when it is asked for."""

    mairie_lookup = "mairie"
    public = Q(statut=Statut.PUBLIEE, date_publication__lte=Now(), mairie__statut="active") & (
        Q(date_expiration__isnull=True) | Q(date_expiration__gt=Now())
    )

    def next_change(self) -> datetime | None:
        """When the next published item appears or expires by itself."""
        published = self.filter(statut=Statut.PUBLIEE)
        appears, expires = (
            published.filter(**{f"{name}__gt": Now()}).order_by(name).values_list(name)[:1]
            for name in ("date_publication", "date_expiration")
        )
        return min((date for (date,) in appears.union(expires, all=True)), default=None)


class Actualite(Horodate):
    """A news item of a mairie."""

    class Categorie(models.TextChoices):
        COMMUNIQUE = "communique", _("Communiqué")
        AVIS_PUBLIC = "avis_public", _("Avis public")
        NOUVELLE = "nouvelle", _("Nouvelle")
        ANNONCE = "annonce", _("Annonce")
        VIE_MUNICIPALE = "vie_municipale", _("Vie municipale")
        CULTURE = "culture", _("Culture")
        SPORT = "sport", _("Sport")
        EDUCATION = "education", _("Éducation")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="actualites", verbose_name=_("mairie")
    )
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("auteur"),
    )
    titre = models.CharField(_("titre"), max_length=200)
    # Written by documents.services only.
    slug = models.SlugField(_("nom court"), max_length=100, db_index=False)
    resume = models.CharField(_("résumé"), max_length=500, blank=True)
    contenu = HTMLField(_("contenu"), max_length=100_000)
    image = PublicImageField(_("image"), blank=True)
    categorie = models.CharField(
        _("catégorie"), max_length=20, choices=Categorie, default=Categorie.NOUVELLE
    )
    statut = models.CharField(_("statut"), max_length=20, choices=Statut, default=Statut.BROUILLON)
    date_publication = models.DateTimeField(_("publication"), null=True, blank=True)
    date_expiration = models.DateTimeField(_("expiration"), null=True, blank=True)
    epinglee = models.BooleanField(_("épinglée"), default=False)
    nombre_vues = models.PositiveIntegerField(_("lectures"), default=0, editable=False)

    recherche = search_column(titre="A", resume="B", contenu="C")

    objects = ActualiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("actualité")
        verbose_name_plural = _("actualités")
        ordering = ["-date_publication", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie", "slug"],
                name="documents_actualite_slug_unique",
                violation_error_message=_("Cette mairie a déjà une actualité de ce nom."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="publiee") | Q(date_publication__isnull=False),
                name="documents_actualite_publiee_datee",
                violation_error_message=_("Une actualité publiée a une date de publication."),
            ),
            models.CheckConstraint(
                condition=Q(date_expiration__isnull=True)
                | Q(date_publication__isnull=True)
                | Q(date_expiration__gt=F("date_publication")),
                name="documents_actualite_expire_apres",
                violation_error_message=_("L'expiration vient après la publication."),
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="documents_actualite_texte"),
            # With all that says whether a row is counted: no row is read to count them.
            models.Index(
                fields=["mairie", "-epinglee", "-date_publication", "-id"],
                include=["date_expiration"],
                condition=Q(statut="publiee"),
                name="documents_actualite_commune",
            ),
            models.Index(
                fields=["-date_publication", "-id"],
                include=["mairie", "date_expiration"],
                condition=Q(statut="publiee"),
                name="documents_actualite_nation",
            ),
            models.Index(fields=["mairie", "-date_creation"], name="documents_actualite_agents"),
            # The lists of the admin, drafts included.
            models.Index(
                fields=["mairie", "-date_publication", "-id"], name="documents_actualite_liste"
            ),
            models.Index(fields=["-date_publication", "-id"], name="documents_actualite_toutes"),
            # What the country publishes by the day, and what it has not published.
            models.Index(
                fields=["date_publication"],
                condition=Q(statut__in=["publiee", "archivee"]),
                name="documents_actualite_parues",
            ),
            models.Index(
                fields=["id"], condition=Q(statut="brouillon"), name="documents_actualite_brouillon"
            ),
            models.Index(
                fields=["date_expiration"],
                condition=Q(statut="publiee", date_expiration__isnull=False),
                name="documents_actualite_expire",
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    def clean(self) -> None:
        """What is published without a date is published now."""
        if self.statut == Statut.PUBLIEE and self.date_publication is None:
            self.date_publication = timezone.now()


class DocumentOfficielQuerySet(ScopedQuerySet):
    """Public once its date has come, for as long as it is marked so."""

    mairie_lookup = "mairie"
    public = Q(est_public=True, date_publication__lte=Now(), mairie__statut="active")

    def next_change(self) -> datetime | None:
        """When the next document appears by itself."""
        coming = self.filter(est_public=True, date_publication__gt=Now())
        return coming.aggregate(first=Min("date_publication"))["first"]


class DocumentOfficiel(Horodate):
    """A paper that binds or informs: a deliberation, a decree, a budget."""

    class Type(models.TextChoices):
        DELIBERATION = "deliberation", _("Délibération")
        ARRETE = "arrete", _("Arrêté")
        COMPTE_RENDU = "compte_rendu", _("Compte rendu")
        BUDGET = "budget", _("Budget")
        REGLEMENT = "reglement", _("Règlement")
        RAPPORT = "rapport", _("Rapport")
        FORMULAIRE = "formulaire", _("Formulaire")
        MARCHE_PUBLIC = "marche_public", _("Marché public")
        AUTRE = "autre", _("Autre")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="documents", verbose_name=_("mairie")
    )
    auteur = person_field(_("auteur"))
    titre = models.CharField(_("titre"), max_length=250)
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.AUTRE)
    numero_reference = models.CharField(_("numéro de référence"), max_length=80, blank=True)
    date_document = models.DateField(_("date du document"), null=True, blank=True)
    # Kept apart from the date: of old papers only the year is known.
    annee = models.PositiveSmallIntegerField(
        _("année"), validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    description = models.TextField(_("description"), blank=True, max_length=5000)
    fichier = DocumentField(_("fichier"))
    # Read from the file when it is filed.
    nom_original = models.CharField(_("nom du fichier"), max_length=150, blank=True, editable=False)
    taille = models.PositiveBigIntegerField(_("taille (octets)"), default=0, editable=False)
    type_mime = models.CharField(_("type MIME"), max_length=100, blank=True, editable=False)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True, editable=False)
    est_public = models.BooleanField(_("public"), default=False)
    date_publication = models.DateTimeField(_("publication"), null=True, blank=True)
    remplace_par = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="remplace",
        verbose_name=_("remplacé par"),
    )
    nombre_telechargements = models.PositiveIntegerField(
        _("téléchargements"), default=0, editable=False
    )

    recherche = search_column(titre="A", numero_reference="A", description="B")

    objects = DocumentOfficielQuerySet.as_manager()

    class Meta:
        verbose_name = _("document officiel")
        verbose_name_plural = _("documents officiels")
        ordering = ["-date_publication", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(est_public=False) | Q(date_publication__isnull=False),
                name="documents_documentofficiel_public_date",
                violation_error_message=_("Un document public a une date de publication."),
            ),
            models.CheckConstraint(
                condition=Q(annee__range=(1900, 2100)),
                name="documents_documentofficiel_annee_plausible",
                violation_error_message=_("L'année va de 1900 à 2100."),
            ),
            models.CheckConstraint(
                condition=~Q(remplace_par=F("id")),
                name="documents_documentofficiel_remplace_un_autre",
                violation_error_message=_("Un document ne se remplace pas lui-même."),
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="documents_officiel_texte"),
            models.Index(
                fields=["mairie", "-date_publication", "-id"],
                condition=Q(est_public=True),
                name="documents_officiel_mairie",
            ),
            models.Index(
                fields=["-date_publication", "-id"],
                include=["mairie"],
                condition=Q(est_public=True),
                name="documents_officiel_nation",
            ),
            models.Index(fields=["mairie", "type", "annee"], name="documents_officiel_rayon"),
            models.Index(fields=["mairie", "-date_creation"], name="documents_officiel_agents"),
            # The lists of the admin, with what is not public.
            models.Index(
                fields=["mairie", "-date_publication", "-id"], name="documents_officiel_liste"
            ),
            models.Index(fields=["-date_publication", "-id"], name="documents_officiel_tous"),
        ]

    def __str__(self) -> str:
        return self.titre

    def clean(self) -> None:
        """What is made public without a date is public now."""
        if self.est_public and self.date_publication is None:
            self.date_publication = timezone.now()

    @property
    def nom_du_fichier(self) -> str:
        """The name under which the file is downloaded."""
        extension = self.fichier.name.rpartition(".")[2]
        return self.nom_original or f"document-{self.pk}.{extension}"


class FAQQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    public = Q(est_active=True, mairie__statut="active")


class FAQ(Horodate):
    """A question that people keep asking, with the mairie's answer."""

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="faqs", verbose_name=_("mairie")
    )
    question = models.CharField(_("question"), max_length=300)
    reponse = HTMLField(_("réponse"), max_length=20_000)
    categorie = models.CharField(_("catégorie"), max_length=80, blank=True)
    ordre = models.PositiveSmallIntegerField(_("ordre"), default=0)
    est_active = models.BooleanField(_("affichée"), default=True)

    recherche = search_column(question="A", reponse="B")

    objects = FAQQuerySet.as_manager()

    class Meta:
        verbose_name = _("question fréquente")
        verbose_name_plural = _("questions fréquentes")
        ordering = ["mairie", "categorie", "ordre", "pk"]
        indexes = [
            GinIndex(fields=["recherche"], name="documents_faq_texte"),
            models.Index(fields=["mairie", "categorie", "ordre", "id"], name="documents_faq_ordre"),
        ]

    def __str__(self) -> str:
        return self.question


class PageCMSQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    public = Q(statut=Statut.PUBLIEE, mairie__statut="active")


class PageCMS(Horodate):
    """A lasting page of a mairie's space, with its place in the menu."""

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="pages", verbose_name=_("mairie")
    )
    titre = models.CharField(_("titre"), max_length=200)
    # Written by documents.services only.
    slug = models.SlugField(_("nom court"), max_length=100, db_index=False)
    contenu = HTMLField(_("contenu"), max_length=100_000)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enfants",
        verbose_name=_("page parente"),
    )
    ordre = models.PositiveSmallIntegerField(_("ordre"), default=0)
    afficher_dans_menu = models.BooleanField(_("afficher dans le menu"), default=True)
    statut = models.CharField(_("statut"), max_length=20, choices=Statut, default=Statut.BROUILLON)
    image_bandeau = PublicImageField(_("image du bandeau"), blank=True)
    meta_titre = models.CharField(_("titre pour les moteurs"), max_length=120, blank=True)
    meta_description = models.CharField(
        _("description pour les moteurs"), max_length=300, blank=True
    )

    recherche = search_column(titre="A", meta_description="B", contenu="C")

    objects = PageCMSQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["mairie", "ordre", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie", "slug"],
                name="documents_pagecms_slug_unique",
                violation_error_message=_("Cette mairie a déjà une page de ce nom."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="documents_pagecms_parent_autre",
                violation_error_message=_("Une page n'est pas sa propre parente."),
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="documents_pagecms_texte"),
            models.Index(
                fields=["mairie", "parent", "ordre", "id"],
                condition=Q(statut="publiee", afficher_dans_menu=True),
                name="documents_pagecms_menu",
            ),
            models.Index(fields=["mairie", "ordre", "id"], name="documents_pagecms_ordre"),
        ]

    def __str__(self) -> str:
        return self.titre
