from django.utils.translation import gettext as _


class DomainError(Exception):
    """A rule of the mairie was broken: the API answers 409, the admin shows the message.

    `code` is stable and part of the API's contract; `message` is a sentence for a citizen;
    `extra` holds members that the answer has besides (RFC 9457, 3.2), such as free slots.
    """

    code = "conflit"

    def __init__(self, message, code: str | None = None, **extra):
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.extra = extra


class TransitionInterdite(DomainError):
    """A move that a table of transitions does not have, from one member of a `TextChoices` to
    another. The answer tells the present `statut`; `message` has a place for each label."""

    code = "transition_interdite"

    def __init__(self, ancien, nouveau, message: str = ""):
        message = message or _("« %(ancien)s » ne peut pas devenir « %(nouveau)s ».")
        labels = {"ancien": ancien.label, "nouveau": nouveau.label}
        super().__init__(message % labels, statut=ancien.value)


class TooManyAttempts(Exception):
    """A limit of `ecms.limits` is reached; `retry_after` says in seconds when it opens again."""

    def __init__(self, retry_after: int):
        super().__init__(retry_after)
        self.retry_after = retry_after
