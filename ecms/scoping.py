"""Who may reach which rows. Tenancy is decided here and nowhere else."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Manager, Q, QuerySet

NOTHING = Q(pk__in=[])
EVERYTHING = Q(pk__isnull=False)


class ScopedManager(Manager):
    """Leaves the column of full text where it is: it is searched in, and never shown."""

    def get_queryset(self):
        searched = [
            field.name
            for field in self.model._meta.concrete_fields
            if isinstance(getattr(field, "output_field", None), SearchVectorField)
        ]
        return super().get_queryset().defer(*searched)


class ScopedQuerySet(QuerySet):
    """Rows that belong, directly or through a parent, to one mairie.

    A subclass states facts, and shows nothing as long as it states none; the methods are not
    overridden. `mairie_lookup` leads to the mairie, `owner_lookup` to the account that filed the
    row, `public` says which rows anyone may read, `hidden_from_staff` which ones not even the
    mairie's agents see. `code_lookup` leads to a row's secret, which opens it to whoever holds
    it, as far as `code_opens` says so.

    An account answers `is_superuser` (the national administrator reaches every row) and
    `mairie_agent_id`: the mairie it works for, None for everyone who works for none.
    """

    mairie_lookup: str | None = None
    owner_lookup: str | None = None
    public = NOTHING
    hidden_from_staff = NOTHING
    code_lookup: str | None = None
    code_opens = EVERYTHING

    @classmethod
    def as_manager(cls):
        manager = ScopedManager.from_queryset(cls)()
        manager._built_with_as_manager = True
        return manager

    def visible_to(self, user):
        """What `user` may read: public rows, their own, those of their mairie."""
        return self._reachable(user, also=self.public | self._owned(user))

    def manageable_by(self, user):
        """What `user` may change as staff: the rows of their mairie."""
        return self._reachable(user, also=NOTHING)

    def owned_by(self, user):
        """What `user` filed themselves."""
        return self.filter(self._owned(user))

    def open_to(
        self, user, *, staff: bool, own: bool = True, public: bool = False, secret: str = ""
    ):
        """What `user` reaches where owners and agents meet: their own rows (unless `own` says that
        there are none), those that `secret` opens, with `public` those that anyone may read, with
        `staff` those of their mairie."""
        also = self._opened_by(secret)
        if own:
            also |= self._owned(user)
        if public:
            also |= self.public
        return self._reachable(user, also) if staff else self.filter(also)

    def visible_to_public(self):
        """What a visitor without an account may read."""
        return self.filter(self.public)

    def _reachable(self, user, also):
        if not user.is_authenticated:
            return self.filter(also)
        if user.is_superuser:
            return self.all()
        return self.filter(also | self._of_the_mairie_of(user))

    def _of_the_mairie_of(self, user):
        if self.mairie_lookup is None or user.mairie_agent_id is None:
            return NOTHING
        return Q(**{self.mairie_lookup: user.mairie_agent_id}) & ~self.hidden_from_staff

    def _owned(self, user):
        if self.owner_lookup is None or not user.is_authenticated:
            return NOTHING
        return Q(**{self.owner_lookup: user.pk})

    def _opened_by(self, secret: str):
        if self.code_lookup is None or not secret:
            return NOTHING
        return Q(**{self.code_lookup: secret}) & self.code_opens


def scoped(queryset, user, scope: str = "manageable_by"):
    """`queryset` as `user` may see it; empty when its model is not scoped at all."""
    if not isinstance(queryset, ScopedQuerySet):
        return queryset if user.is_superuser else queryset.none()
    return getattr(queryset, scope)(user)


def manages(user, mairie_id: int) -> bool:
    """Whether `user` is staff of this mairie, or the national administrator."""
    if not user.is_authenticated:
        return False
    works_for = user.mairie_agent_id
    return user.is_superuser or (works_for is not None and works_for == mairie_id)
