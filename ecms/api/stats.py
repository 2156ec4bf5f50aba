"""`stats`: the figures that anyone may see."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from ecms import stats
from ecms.api.caching import max_age_until
from ecms.api.recherche import MairieQuerySerializer, read_query
from ecms.api.viewsets import ConditionalReads
from ecms.recherche import next_change

FIGURES = {"type": "object", "additionalProperties": {"type": "integer"}}
ANSWER = {"type": "object", "additionalProperties": FIGURES}


class StatsView(ConditionalReads, APIView):
    """How many mairies, publications and projects there are to read, and what projects cost."""

    unscoped = "counts rows of `visible_to_public` of each model, for everybody"
    is_public = True

    @extend_schema(parameters=[MairieQuerySerializer], responses={200: ANSWER})
    def get(self, request):
        asked = read_query(MairieQuerySerializer, request)
        return Response(stats.compute(asked.get("mairie")))

    def max_age(self) -> int:
        return max_age_until(next_change())
