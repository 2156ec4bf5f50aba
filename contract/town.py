"""Who asks, and what there is to be asked for: the rows behind the addresses of the schema."""

import re
import uuid
from contextlib import suppress
from functools import cache
from itertools import islice

from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist
from django.urls import Resolver404, resolve
from django.utils import timezone

from contract.said import PAPER
from demarches.creneaux import creneaux_libres
from demarches.models import DemarcheAdministrative
from demarches.tasks import faire_recepisse
from ecms.management.demo import images
from ecms.management.demo.accounts import DEMO_PASSWORD
from ecms.management.demo.mairies import MAIRIES
from mairies.models import Mairie
from users.models import ProfilAgentCommunal, Session, Utilisateur
from users.services import sessions
from users.tests.factories import UtilisateurFactory

SLUG = MAIRIES[0].slug
PHOTO = images.banniere("Essai", "Mairie", ("#0a6b3d", "#f2b705")).read()
PARAMETER = re.compile(r"{(\w+)}")
# Of each state, so many rows are asked for.
PER_STATE = 1
ROWS = 12


class Town:
    """The accounts, each with a token, and the rows of the mairie that they have to do with."""

    def __init__(self):
        self.mairie = Mairie.objects.get(slug=SLUG)
        self.people = {
            "visitor": None,
            "citizen": Utilisateur.objects.get(username=f"citoyen.{SLUG}"),
            "reader": self._reader(),
            "agent": Utilisateur.objects.get(username=f"agent.{SLUG}"),
            "national": Utilisateur.objects.get(username="admin"),
        }
        self.without_space = Mairie.objects.exclude(statut=self.mairie.statut).last()
        self._make_receipts()
        self.tokens = {who: _token(user) for who, user in self.people.items() if user}
        self.known = self._known()
        self.files = {"fichier": PAPER, "justificatif": PAPER, "photo": PHOTO, "avatar": PHOTO}

    def headers(self, who: str) -> dict[str, str]:
        if who not in self.tokens:
            return {}
        return {"Authorization": f"Bearer {self.tokens[who]['access']}"}

    @cache  # noqa: B019 the town lives as long as the run
    def rows(self, path: str, who: str) -> list[dict]:
        """What may stand in the address: rows that `who` reaches, otherwise any of this mairie."""
        names = PARAMETER.findall(path)
        if not names:
            return []
        view = _view(path)
        queryset = getattr(view, "queryset", None)
        if queryset is None:
            return []
        parent = next((name for name in names if name.endswith("_id")), None)
        if parent and not _has(queryset.model, parent):
            return []
        if parent and names == [parent]:
            queryset = queryset.model._meta.get_field(parent[:-3]).related_model._base_manager.all()
            return [{parent: str(row.pk)} for row in self._reached(queryset, who)]
        found = self._reached(queryset, who, **({f"{parent}__isnull": False} if parent else {}))
        return [{name: _value(row, name) for name in names} for row in found]

    def meant(self, case, who: str, turn: int, *, knowing: bool = False):
        """`case` about rows that there are, each fourth as it is; `knowing` says in the query and
        the body, too, what nobody can make up."""
        rows = self.rows(case.operation.full_path, who)
        if rows and turn % 4 != 3:
            case.path_parameters = {**(case.path_parameters or {}), **rows[turn % len(rows)]}
        if knowing:
            case.query = self._known_in(case.query, self.known)
            files = self.files if "multipart" in (case.media_type or "") else {}
            case.body = self._known_in(case.body, {**self.known, **files})
        return case

    @staticmethod
    def _known_in(said, known: dict):
        if not isinstance(said, dict):
            return said
        return {**said, **{name: known[name] for name in said if name in known}}

    def _reached(self, queryset, who: str, **facts) -> list:
        model, user = queryset.model, self.people[who]
        rows = model._default_manager.filter(**facts).order_by("pk")
        if isinstance(user, model):
            # Of accounts another one: few may do to themselves what they do to others.
            rows = rows.exclude(pk=user.pk)
        found = list(rows.visible_to_public() if user is None else rows.visible_to(user))
        return _of_each_state(found or list(rows))

    def _make_receipts(self) -> None:
        filed = DemarcheAdministrative.objects.filter(mairie=self.mairie).exclude(date_depot=None)
        for pk in filed.values_list("pk", flat=True):
            faire_recepisse(pk)

    def _reader(self):
        reader = UtilisateurFactory(
            username="lecture",
            password=DEMO_PASSWORD,
            is_staff=True,
            role_user=Utilisateur.Role.AGENT,
        )
        reader.groups.set(Group.objects.filter(name="Lecture"))
        ProfilAgentCommunal.objects.create(utilisateur=reader, mairie=self.mairie)
        return reader

    def _known(self) -> dict[str, object]:
        """What a body or a query may say and no schema can know."""
        service = self.mairie.services.filter(rdv_en_ligne=True).first()
        today = timezone.localdate()
        days = creneaux_libres(
            service, today, today + timezone.timedelta(days=20), maintenant=timezone.now()
        )
        free = next(day.creneaux[-1] for day in days if day.creneaux)
        return {
            "mairie": SLUG,
            "service": service.pk,
            "debut": free.debut.isoformat(),
            "formulaire": self.mairie.formulaires.first().pk,
            "agent": self.people["agent"].pk,
            "latitude": float(self.mairie.latitude),
            "longitude": float(self.mairie.longitude),
            "email": "quelqu.un@ecms.example",
            "telephone": "+237222000002",
        }


def _token(user) -> dict[str, str]:
    session = sessions.open_session(user, user_agent="contract")
    # As after the first request, which notes that it was.
    Session.objects.filter(pk=session.pk).update(generation_seen=True)
    return sessions.tokens_of(session)


def _view(path: str):
    """The view behind an address of the schema, whatever its parameter is; None when unknown."""
    for value in ("1", uuid.UUID(int=0)):
        with suppress(Resolver404):
            return resolve(PARAMETER.sub(str(value), path)).func.cls
    return None


def _of_each_state(rows: list) -> list:
    states = {}
    for row in rows:
        states.setdefault(getattr(row, "statut", None), []).append(row)
    return list(islice((row for each in states.values() for row in each[:PER_STATE]), ROWS))


def _has(model, attname: str) -> bool:
    try:
        model._meta.get_field(attname[:-3])
    except FieldDoesNotExist:
        return False
    return True


def _value(row, name: str):
    return str(row.pk if name == "id" else getattr(row, name))
