"""What each list is compared with: the same rows by one plain SQL query (the floor), and by an
ordinary `ModelViewSet`. Declared once; `plancher` and `ordinaire` serve it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Model, Q
from django.utils import timezone

from benchmarks.donnees import MAIRIE
from demarches.models import DemarcheAdministrative, Signalement
from documents.models import Actualite, DocumentOfficiel
from ecms.db.functions import SansAccents
from evenements.models import Evenement
from mairies.models import Mairie
from projets.models import Projet

PAGE = 20
COUNTED = 10_001
# Table, alias `a`, and that of the mairie, alias `m`.
MAIRIE_OF = ("m.slug AS mairie", "m.nom AS mairie_nom")
JOINED = "{table} a JOIN mairies_mairie m ON m.id = a.mairie_id"


@dataclass(frozen=True)
class Reference:
    """`columns` of `a` beside its id, as both ways read them; `computed` are what the ordinary
    serializer tells besides, from the model's own methods and properties.

    `visible` and `ordering` say to the ORM what `where` and `order` say in SQL.
    """

    name: str
    path: str
    model: type[Model]
    columns: str
    where: str
    order: str
    computed: str = ""
    visible: Callable[[], Q] = Q
    ordering: tuple = ()
    source: str = JOINED
    more: tuple[str, ...] = MAIRIE_OF
    related: dict[str, str] = field(
        default_factory=lambda: {"mairie": "mairie.slug", "mairie_nom": "mairie.nom"}
    )
    joined: tuple[str, ...] = ("mairie",)

    @property
    def page_sql(self) -> str:
        return self._sql("")

    @property
    def counting_sql(self) -> str:
        """With how many rows there are, up to a limit, as our lists say it."""
        rows = f"SELECT 1 FROM {self._source} WHERE {self.where} LIMIT {COUNTED}"  # noqa: S608
        return self._sql(f", (SELECT count(*) FROM ({rows}) AS counted) AS nombre")  # noqa: S608

    @property
    def _source(self) -> str:
        return self.source.format(table=self.model._meta.db_table)

    def _sql(self, count: str) -> str:
        columns = [f"a.{name}" for name in ("id", *self.columns.split())]
        return (
            f"SELECT {', '.join([*columns, *self.more])}{count} FROM {self._source} "  # noqa: S608
            f"WHERE {self.where} ORDER BY {self.order} LIMIT {PAGE}"
        )


def _published() -> Q:
    now = timezone.now()
    in_time = Q(date_expiration__isnull=True) | Q(date_expiration__gt=now)
    return in_time & Q(statut="publiee", mairie__statut="active", date_publication__lte=now)


NEWS = {
    "model": Actualite,
    "columns": "titre slug resume image categorie date_publication date_expiration epinglee "
    "date_modification",
    "computed": "categorie_display",
}
PUBLISHED = (
    "a.statut = 'publiee' AND m.statut = 'active' AND a.date_publication <= now() "
    "AND (a.date_expiration IS NULL OR a.date_expiration > now())"
)
ITS_ID = f"(SELECT id FROM mairies_mairie WHERE slug = '{MAIRIE}')"  # noqa: S608
PUBLIC = [
    Reference(
        "actualites", "actualites", **NEWS,
        where=PUBLISHED, order="a.date_publication DESC, a.id DESC",
        visible=_published, ordering=("-date_publication", "-id"),
    ),
    Reference(
        "evenements", "evenements", Evenement,
        columns="titre slug categorie debut fin journee_entiere lieu latitude longitude image "
        "statut date_a_confirmer inscription_requise capacite liste_attente recurrence serie "
        "date_creation date_modification",
        computed="categorie_display statut_display recurrence_display places_libres",
        where="m.statut = 'active' AND a.statut IN ('publie', 'reporte', 'annule')",
        order="a.debut, a.id",
        visible=lambda: Q(mairie__statut="active", statut__in=["publie", "reporte", "annule"]),
        ordering=("debut", "id"),
    ),
    Reference(
        "documents-officiels", "documents-officiels", DocumentOfficiel,
        columns="titre type numero_reference date_document annee description nom_original "
        "type_mime taille sha256 date_publication remplace_par_id date_modification",
        computed="type_display",
        where="a.date_publication <= now() AND a.est_public AND m.statut = 'active'",
        order="a.date_publication DESC, a.id DESC",
        visible=lambda: Q(
            est_public=True, mairie__statut="active", date_publication__lte=timezone.now()
        ),
        ordering=("-date_publication", "-id"),
    ),
    Reference(
        "projets", "projets", Projet,
        columns="titre slug categorie statut budget_xaf depense_xaf avancement date_debut "
        "date_fin_prevue date_fin_reelle lieu latitude longitude image est_public date_creation "
        "date_modification",
        computed="categorie_display statut_display depassement_xaf taux_depense en_retard",
        where="a.est_public AND m.statut = 'active'",
        order="a.date_creation DESC, a.id DESC",
        visible=lambda: Q(est_public=True, mairie__statut="active"),
        ordering=("-date_creation", "-id"),
    ),
    Reference(
        "mairies", "mairies", Mairie,
        columns="nom slug type region departement statut latitude longitude logo",
        computed="type_display region_display departement_display statut_display",
        where="a.id IS NOT NULL", order="sans_accents(a.nom), a.id",
        ordering=(SansAccents("nom"), "id"),
        source="{table} a", more=(), related={}, joined=(),
    ),
    Reference(
        "actualites-mairie", f"actualites?mairie={MAIRIE}", **NEWS,
        where=f"{PUBLISHED} AND a.mairie_id = {ITS_ID}",
        order="a.epinglee DESC, a.date_publication DESC, a.id DESC",
        visible=lambda: _published() & Q(mairie__slug=MAIRIE),
        ordering=("-epinglee", "-date_publication", "-id"),
    ),
]  # fmt: skip

AGENTS = [
    Reference(
        "dossiers", "demarches", DemarcheAdministrative,
        columns="numero_suivi canal nom_demandeur statut priorite echeance date_depot "
        "date_cloture date_creation date_modification formulaire_id agent_traitant_id",
        where=f"a.mairie_id = {ITS_ID} AND NOT (a.canal = 'en_ligne' AND a.date_depot IS NULL)",
        order="a.date_creation DESC, a.id DESC",
        source=f"{JOINED} JOIN demarches_formulaire f ON f.id = a.formulaire_id "
        "LEFT JOIN users_utilisateur u ON u.id = a.agent_traitant_id",
        more=(*MAIRIE_OF, "f.nom AS formulaire_nom", "f.service_id AS service",
              "u.first_name", "u.last_name", "u.username"),
    ),
    Reference(
        "signalements", "signalements", Signalement,
        columns="categorie titre description adresse repere latitude longitude statut "
        "doublon_de_id date_creation date_modification date_prise_en_charge date_prevue "
        "date_resolution date_rejet numero_suivi est_anonyme email telephone langue signaleur_id "
        "service_id priorite agent_traitant_id",
        where=f"((a.statut <> 'rejete' AND m.statut = 'active') OR a.mairie_id = {ITS_ID})",
        order="a.date_creation DESC, a.id DESC",
        source=f"{JOINED} LEFT JOIN mairies_servicemunicipal s ON s.id = a.service_id "
        "LEFT JOIN users_utilisateur u ON u.id = a.signaleur_id "
        "LEFT JOIN users_utilisateur t ON t.id = a.agent_traitant_id",
        more=(*MAIRIE_OF, "s.nom AS service_nom", "u.first_name AS signaleur_nom",
              "t.first_name AS agent_nom"),
    ),
]  # fmt: skip
