"""`dashboard`: an agent's mairie at a glance."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from ecms import dashboard
from ecms.api.recherche import MairieQuerySerializer, read_query
from ecms.api.viewsets import ConditionalReads
from ecms.health import health
from ecms.periodes import PERIODES, lire_periode
from ecms.scoping import manages

PAS = ["jour", "mois"]


class AgentsOnly(BasePermission):
    """Whoever works for a mairie, and the national administrator."""

    def has_permission(self, request, view):
        user = request.user
        if not user.is_authenticated:
            return False
        return user.is_superuser or user.mairie_agent_id is not None


class DashboardQuerySerializer(MairieQuerySerializer):
    periode = serializers.ChoiceField(
        [
            ("semaine", _("Les 7 derniers jours")),
            ("mois", _("Les 30 derniers jours")),
            ("annee", _("Les 12 derniers mois")),
        ],
        default="mois",
    )


class FigureSerializer(serializers.Serializer):
    nom = serializers.CharField()
    libelle = serializers.CharField()


class TaskSerializer(FigureSerializer):
    nombre = serializers.IntegerField()


class TotalSerializer(TaskSerializer):
    precedent = serializers.IntegerField(help_text="In the period before, up to the same hour.")
    tendance = serializers.IntegerField(
        allow_null=True, help_text="Per cent; null when there was nothing before."
    )


class PartSerializer(serializers.Serializer):
    valeur = serializers.CharField()
    libelle = serializers.CharField()
    nombre = serializers.IntegerField()


class BreakdownSerializer(FigureSerializer):
    parts = PartSerializer(many=True)


class QueueSerializer(serializers.Serializer):
    nombre = serializers.IntegerField()
    attente_secondes = serializers.IntegerField(
        allow_null=True, help_text="For how long the oldest task waits; null when none does."
    )
    en_retard = serializers.BooleanField(help_text="No worker takes any.")


class MailsSerializer(serializers.Serializer):
    en_attente = serializers.IntegerField()
    en_retard = serializers.IntegerField(help_text="Of those that wait.")
    refuses_7_jours = serializers.IntegerField()


class JobSerializer(serializers.Serializer):
    fonction = serializers.CharField()
    prochaine = serializers.DateTimeField(allow_null=True)
    derniere = serializers.DateTimeField(allow_null=True, help_text="As far as it was kept.")
    reussie = serializers.BooleanField(allow_null=True)
    en_retard = serializers.BooleanField()


class FailureSerializer(serializers.Serializer):
    fonction = serializers.CharField()
    date = serializers.DateTimeField()


class DatabaseSerializer(serializers.Serializer):
    version = serializers.CharField()
    octets = serializers.IntegerField()
    migrations_en_attente = serializers.BooleanField()


class HealthSerializer(serializers.Serializer):
    """How the installation does, as of the last minute."""

    file = QueueSerializer()
    courriels = MailsSerializer()
    planifications = JobSerializer(many=True)
    echecs = FailureSerializer(many=True, help_text="The last ones.")
    base = DatabaseSerializer()


class NationalSerializer(serializers.Serializer):
    repartitions = BreakdownSerializer(
        many=True, help_text="`mairies_par_statut`, `mairies_par_region`."
    )
    sante = HealthSerializer()


class OfPeriodSerializer(serializers.Serializer):
    mairie = serializers.CharField(allow_null=True, help_text="Its slug; null: all mairies.")
    periode = serializers.ChoiceField([*PERIODES])


class DashboardStatsSerializer(OfPeriodSerializer):
    debut = serializers.DateTimeField()
    fin = serializers.DateTimeField()
    a_faire = TaskSerializer(many=True)
    totaux = TotalSerializer(many=True)
    national = NationalSerializer(
        allow_null=True,
        help_text="For the national administrator who asks for all mairies; null otherwise.",
    )


class SeriesSerializer(FigureSerializer):
    valeurs = serializers.ListField(child=serializers.IntegerField())


class DashboardChartsSerializer(OfPeriodSerializer):
    pas = serializers.ChoiceField(PAS)
    points = serializers.ListField(
        child=serializers.DateField(), help_text="Days, or the first days of months."
    )
    series = SeriesSerializer(many=True)


class ActSerializer(serializers.Serializer):
    """What the mairie, a citizen or E-CMS did, without a word or a name of a citizen."""

    date = serializers.DateTimeField()
    type = serializers.CharField()
    type_display = serializers.CharField()
    id = serializers.IntegerField(help_text="Of the dossier, the report, the news item…")
    numero = serializers.CharField(help_text="`numero_suivi`, or a reference.")
    titre = serializers.CharField(help_text="What the mairie calls it.")
    nature = serializers.CharField()
    nature_display = serializers.CharField()
    origine = serializers.CharField()
    ancien_statut = serializers.CharField()
    nouveau_statut = serializers.CharField()
    nouveau_statut_display = serializers.CharField()
    auteur_nom = serializers.CharField(help_text="An agent's name, or empty.")
    mairie = serializers.CharField(help_text="Its slug.")
    mairie_nom = serializers.CharField()


class DashboardActivitesSerializer(serializers.Serializer):
    mairie = serializers.CharField(allow_null=True)
    results = ActSerializer(many=True)


class DashboardView(ConditionalReads, APIView):
    """The figures of the mairie that the caller works for.

    The national administrator gets those of all mairies together, or of one that `mairie` names.
    """

    unscoped = "every row comes from `manageable_by` of its model, by `ecms.dashboard`"
    permission_classes = [AgentsOnly]
    query = DashboardQuerySerializer

    def read(self, request) -> tuple[dashboard.View, dict]:
        """Whose figures are asked for, and the rest of the query.

        Raises `NotFound` for a mairie that the caller does not work for.
        """
        asked = read_query(self.query, request)
        mairie = asked.pop("mairie", None)
        if mairie is not None and not manages(request.user, mairie.pk):
            raise NotFound
        if mairie is None and not request.user.is_superuser:
            mairie = request.user.mairie_agent
        return dashboard.View(request.user, mairie), asked

    @staticmethod
    def told(view: dashboard.View, **answer) -> dict:
        return {"mairie": view.mairie.slug if view.mairie else None, **answer}


class DashboardStatsView(DashboardView):
    @extend_schema(parameters=[DashboardQuerySerializer], responses=DashboardStatsSerializer)
    def get(self, request):
        """What awaits an agent, and the totals of a period with their trends."""
        view, asked = self.read(request)
        periode = lire_periode(asked["periode"], timezone.now())
        answer = self.told(
            view,
            periode=asked["periode"],
            debut=periode.debut,
            # To the minute: the entity tag is that of the figures.
            fin=periode.fin.replace(second=0, microsecond=0),
            **dashboard.figures(view, periode),
            national=_national(view),
        )
        return Response(DashboardStatsSerializer(answer).data)


def _national(view: dashboard.View) -> dict | None:
    if view.mairie is not None:
        return None
    return {"repartitions": dashboard.breakdowns(), "sante": health()}


class DashboardChartsView(DashboardView):
    @extend_schema(parameters=[DashboardQuerySerializer], responses=DashboardChartsSerializer)
    def get(self, request):
        """The series of a period, with a number for every day or month."""
        view, asked = self.read(request)
        periode = lire_periode(asked["periode"], timezone.now())
        answer = self.told(
            view,
            periode=asked["periode"],
            pas=periode.pas,
            points=periode.points,
            series=dashboard.charts(view, periode),
        )
        return Response(DashboardChartsSerializer(answer).data)


class DashboardActivitesView(DashboardView):
    query = MairieQuerySerializer

    @extend_schema(parameters=[MairieQuerySerializer], responses=DashboardActivitesSerializer)
    def get(self, request):
        """The latest twenty acts: steps of dossiers, reports and appointments, publications."""
        view, _asked = self.read(request)
        answer = self.told(view, results=dashboard.latest_acts(view, timezone.now()))
        return Response(DashboardActivitesSerializer(answer).data)
