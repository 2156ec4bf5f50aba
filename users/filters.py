from ecms.api.filters import FilterSet, SearchFilter, StableOrderingFilter, mairie_filter
from users.models import Utilisateur


class AgentFilter(FilterSet):
    mairie = mairie_filter(field_name="profilagentcommunal__mairie")
    search = SearchFilter(["username", "first_name", "last_name", "email"])
    ordering = StableOrderingFilter(fields=["last_name", "date_joined", "last_login"])

    class Meta:
        model = Utilisateur
        fields = ["is_active"]
