"""What citizens ask of a mairie: procedures, dossiers, appointments, problem reports."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from demarches.ranges import Int8Range, TsTzRange
from demarches.workflow import Priorite, StatutDemarche, StatutRendezVous, StatutSignalement
from ecms.db.functions import search_column
from ecms.fields import latitude_field, longitude_field, person_field, position_constraint
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet


class FormulaireQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    public = Q(est_actif=True, mairie__statut="active")


class Formulaire(Horodate):
    """A procedure that a mairie offers: its questions, papers, cost, delay and legal ground."""

    class Type(models.TextChoices):
        ACTE_NAISSANCE = "acte_naissance", _("Acte de naissance")
        ACTE_MARIAGE = "acte_mariage", _("Acte de mariage")
        ACTE_DECES = "acte_deces", _("Acte de décès")
        CERTIFICAT_RESIDENCE = "certificat_residence", _("Certificat de résidence")
        LEGALISATION = "legalisation", _("Légalisation")
        PERMIS_BATIR = "permis_batir", _("Permis de bâtir")
        OCCUPATION_VOIRIE = "occupation_voirie", _("Occupation de la voirie")
        CONTACT = "contact", _("Contact")
        RECLAMATION = "reclamation", _("Réclamation")
        AUTRE = "autre", _("Autre")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="formulaires", verbose_name=_("mairie")
    )
    service = models.ForeignKey(
        "mairies.ServiceMunicipal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="formulaires",
        verbose_name=_("service"),
    )
    nom = models.CharField(_("nom"), max_length=200)
    # Written by demarches.services only.
    slug = models.SlugField(_("nom court"), max_length=100, db_index=False)
    type = models.CharField(_("type"), max_length=30, choices=Type, default=Type.AUTRE)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    champs = models.JSONField(_("questions"), default=list, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    pieces_requises = models.JSONField(_("pièces requises"), default=list, blank=True)
    cout_xaf = models.PositiveBigIntegerField(_("coût (FCFA)"), default=0)
    delai_jours = models.PositiveSmallIntegerField(
        _("délai (jours ouvrables)"), null=True, blank=True
    )
    base_legale = models.CharField(_("base légale"), max_length=300, blank=True)
    en_ligne = models.BooleanField(_("en ligne"), default=True)
    necessite_compte = models.BooleanField(_("nécessite un compte"), default=False)
    duree_conservation_jours = models.PositiveIntegerField(
        _("conservation des dossiers clos (jours)"),
        default=1825,
        validators=[MinValueValidator(1)],
    )
    est_actif = models.BooleanField(_("actif"), default=True)
    email_notification = models.EmailField(_("adresse à prévenir"), blank=True)

    recherche = search_column(nom="A", description="B")

    objects = FormulaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("formulaire")
        verbose_name_plural = _("formulaires")
        ordering = ["mairie", "nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie", "slug"],
                name="demarches_formulaire_slug_unique",
                violation_error_message=_("Cette mairie a déjà un formulaire de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(duree_conservation_jours__gte=1),
                name="demarches_formulaire_conservation_bornee",
                violation_error_message=_("Un dossier se conserve un jour au moins."),
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="demarches_formulaire_texte"),
            models.Index(fields=["mairie", "nom", "id"], name="demarches_formulaire_liste"),
            models.Index(fields=["mairie", "type"], name="demarches_formulaire_type"),
        ]

    def __str__(self) -> str:
        return self.nom


class DemarcheAdministrativeQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    owner_lookup = "demandeur"


class DemarcheAdministrative(Horodate):
    """A dossier: one request filed with one formulaire, followed to its end.

    `definition` is the formulaire's questions as they were at filing; `numero_suivi` may be read
    aloud, `code_suivi` is the secret that goes with it.
    """

    class Canal(models.TextChoices):
        EN_LIGNE = "en_ligne", _("En ligne")
        GUICHET = "guichet", _("Au guichet")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="demarches", verbose_name=_("mairie")
    )
    formulaire = models.ForeignKey(
        Formulaire, models.PROTECT, related_name="demarches", verbose_name=_("formulaire")
    )
    definition = models.JSONField(_("questions posées"), default=list, blank=True, editable=False)
    numero_suivi = models.CharField(
        _("numéro de suivi"), max_length=20, unique=True, editable=False
    )
    code_suivi = models.CharField(_("code secret de suivi"), max_length=32, editable=False)
    canal = models.CharField(_("canal"), max_length=20, choices=Canal, default=Canal.EN_LIGNE)
    demandeur = person_field(_("demandeur"), related_name="demarches")
    nom_demandeur = models.CharField(_("nom du demandeur"), max_length=150, blank=True)
    email_demandeur = models.EmailField(_("adresse électronique du demandeur"), blank=True)
    telephone_demandeur = PhoneNumberField(_("téléphone du demandeur"), blank=True, max_length=16)
    donnees = models.JSONField(_("réponses"), default=dict, blank=True)
    # Written by demarches.services only, as every date and `motif_rejet` below.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutDemarche, default=StatutDemarche.BROUILLON
    )
    agent_traitant = person_field(_("agent traitant"), related_name="demarches_traitees")
    priorite = models.CharField(
        _("priorité"), max_length=20, choices=Priorite, default=Priorite.NORMALE
    )
    echeance = models.DateField(_("échéance"), null=True, blank=True)
    motif_rejet = models.TextField(_("motif du rejet"), blank=True, max_length=2000)
    date_depot = models.DateTimeField(_("déposée le"), null=True, blank=True)
    date_prise_en_charge = models.DateTimeField(_("prise en charge le"), null=True, blank=True)
    date_piece_demandee = models.DateTimeField(_("pièce demandée le"), null=True, blank=True)
    date_validation = models.DateTimeField(_("validée le"), null=True, blank=True)
    date_rejet = models.DateTimeField(_("rejetée le"), null=True, blank=True)
    date_preparation = models.DateTimeField(_("prête le"), null=True, blank=True)
    date_remise = models.DateTimeField(_("remise le"), null=True, blank=True)
    date_annulation = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = DemarcheAdministrativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("démarche administrative")
        verbose_name_plural = _("démarches administratives")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(numero_suivi="") & ~Q(code_suivi=""),
                name="demarches_demarcheadministrative_codes_presents",
                violation_error_message=_("Une démarche a un numéro et un code de suivi."),
            ),
            models.CheckConstraint(
                condition=Q(statut__in=["brouillon", "annulee"]) | Q(date_depot__isnull=False),
                name="demarches_demarcheadministrative_deposee_datee",
                violation_error_message=_("Une démarche déposée a une date de dépôt."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="rejetee") | ~Q(motif_rejet=""),
                name="demarches_demarcheadministrative_rejet_motive",
                violation_error_message=_("Un rejet donne son motif."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["mairie", "-date_creation", "-id"], name="demarches_demarche_mairie"
            ),
            models.Index(
                fields=["mairie", "statut", "-date_depot"], name="demarches_demarche_statut"
            ),
            models.Index(
                fields=["demandeur", "-date_creation"], name="demarches_demarche_demandeur"
            ),
            models.Index(
                fields=["mairie", "echeance"],
                condition=Q(statut__in=["deposee", "en_cours", "piece_demandee", "validee"]),
                name="demarches_demarche_echeance",
            ),
        ]

    def __str__(self) -> str:
        return self.numero_suivi


class RendezVousQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    owner_lookup = "citoyen"


class RendezVous(Horodate):
    """A slot that someone, with or without an account, holds at a guichet of a service."""

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="rendez_vous", verbose_name=_("mairie")
    )
    service = models.ForeignKey(
        "mairies.ServiceMunicipal",
        models.PROTECT,
        related_name="rendez_vous",
        verbose_name=_("service"),
    )
    guichet = models.PositiveSmallIntegerField(
        _("guichet"), default=1, validators=[MinValueValidator(1)]
    )
    citoyen = person_field(_("citoyen"), related_name="rendez_vous")
    nom = models.CharField(_("nom"), max_length=150)
    email = models.EmailField(_("adresse électronique"), blank=True)
    telephone = PhoneNumberField(_("téléphone"), blank=True, max_length=16)
    motif = models.CharField(_("motif"), max_length=500, blank=True)
    debut = models.DateTimeField(_("début"))
    fin = models.DateTimeField(_("fin"))
    # Written by demarches.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutRendezVous, default=StatutRendezVous.CONFIRME
    )
    # Whoever holds it may cancel and move.
    code = models.CharField(_("code secret"), max_length=64, unique=True, editable=False)

    objects = RendezVousQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ["-debut", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")),
                name="demarches_rendezvous_fin_apres_debut",
                violation_error_message=_("La fin vient après le début."),
            ),
            models.CheckConstraint(
                condition=Q(guichet__gte=1),
                name="demarches_rendezvous_guichet_compte",
                violation_error_message=_("Les guichets se comptent à partir de 1."),
            ),
            models.CheckConstraint(
                condition=~Q(code=""),
                name="demarches_rendezvous_code_present",
                violation_error_message=_("Un rendez-vous a un code secret."),
            ),
            # Only a cancelled appointment gives its slot back: a missed one was held all the same.
            ExclusionConstraint(
                name="demarches_rendezvous_sans_chevauchement",
                expressions=[
                    (Int8Range("service", "service", Value("[]")), RangeOperators.OVERLAPS),
                    (Int8Range("guichet", "guichet", Value("[]")), RangeOperators.OVERLAPS),
                    (TsTzRange("debut", "fin", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=~Q(statut="annule"),
                violation_error_message=_("Ce créneau est déjà pris."),
            ),
        ]
        indexes = [
            models.Index(fields=["service", "debut"], name="demarches_rendezvous_service"),
            models.Index(fields=["mairie", "-debut", "-id"], name="demarches_rendezvous_mairie"),
            models.Index(fields=["citoyen", "-debut"], name="demarches_rendezvous_citoyen"),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.debut:%d/%m/%Y %H:%M})"


class SignalementQuerySet(ScopedQuerySet):
    """The row is public unless it was refused; who reported it never is, which is the public
    serializer's part."""

    mairie_lookup = "mairie"
    owner_lookup = "signaleur"
    public = ~Q(statut=StatutSignalement.REJETE) & Q(mairie__statut="active")


class Signalement(Horodate):
    """A problem in public space that someone reported, with or without an account or a name."""

    class Categorie(models.TextChoices):
        VOIRIE = "voirie", _("Voirie")
        ECLAIRAGE = "eclairage", _("Éclairage")
        PROPRETE = "proprete", _("Propreté")
        EAU = "eau", _("Eau")
        ASSAINISSEMENT = "assainissement", _("Assainissement")
        ESPACES_VERTS = "espaces_verts", _("Espaces verts")
        SECURITE = "securite", _("Sécurité")
        BRUIT = "bruit", _("Bruit")
        AUTRE = "autre", _("Autre")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="signalements", verbose_name=_("mairie")
    )
    categorie = models.CharField(_("catégorie"), max_length=20, choices=Categorie)
    service = models.ForeignKey(
        "mairies.ServiceMunicipal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signalements",
        verbose_name=_("service"),
    )
    titre = models.CharField(_("titre"), max_length=200)
    description = models.TextField(_("description"), max_length=5000)
    adresse = models.CharField(_("adresse"), max_length=255, blank=True)
    repere = models.CharField(_("repère"), max_length=255, blank=True)
    latitude = latitude_field()
    longitude = longitude_field()
    signaleur = person_field(_("signaleur"), related_name="signalements")
    email = models.EmailField(_("adresse électronique"), blank=True)
    telephone = PhoneNumberField(_("téléphone"), blank=True, max_length=16)
    est_anonyme = models.BooleanField(_("anonyme"), default=False)
    # Written by demarches.services only, as every date below.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutSignalement, default=StatutSignalement.SIGNALE
    )
    doublon_de = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="doublons",
        verbose_name=_("doublon de"),
    )
    priorite = models.CharField(
        _("priorité"), max_length=20, choices=Priorite, default=Priorite.NORMALE
    )
    numero_suivi = models.CharField(
        _("numéro de suivi"), max_length=20, unique=True, editable=False
    )
    code_suivi = models.CharField(_("code secret de suivi"), max_length=32, editable=False)
    agent_traitant = person_field(_("agent traitant"), related_name="signalements_traites")
    date_prise_en_charge = models.DateTimeField(_("pris en charge le"), null=True, blank=True)
    # The day on which the works are to be done.
    date_prevue = models.DateField(_("intervention prévue le"), null=True, blank=True)
    date_resolution = models.DateTimeField(_("résolu le"), null=True, blank=True)
    date_rejet = models.DateTimeField(_("rejeté le"), null=True, blank=True)

    objects = SignalementQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(numero_suivi="") & ~Q(code_suivi=""),
                name="demarches_signalement_codes_presents",
                violation_error_message=_("Un signalement a un numéro et un code de suivi."),
            ),
            models.CheckConstraint(
                condition=~Q(doublon_de=F("id")),
                name="demarches_signalement_doublon_d_un_autre",
                violation_error_message=_("Un signalement n'est pas son propre doublon."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="doublon") | Q(doublon_de__isnull=False),
                name="demarches_signalement_doublon_designe",
                violation_error_message=_("Un doublon nomme le signalement qu'il répète."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="resolu") | Q(date_resolution__isnull=False),
                name="demarches_signalement_resolu_date",
                violation_error_message=_("Un signalement résolu a une date de résolution."),
            ),
            position_constraint("demarches_signalement_position_entiere"),
        ]
        indexes = [
            models.Index(
                fields=["mairie", "-date_creation", "-id"], name="demarches_signalement_mairie"
            ),
            models.Index(fields=["-date_creation", "-id"], name="demarches_signalement_pays"),
            models.Index(
                fields=["mairie", "statut", "categorie"], name="demarches_signalement_statut"
            ),
            models.Index(
                fields=["latitude", "longitude"],
                condition=Q(latitude__isnull=False),
                name="demarches_signalement_position",
            ),
        ]

    def __str__(self) -> str:
        return self.numero_suivi
