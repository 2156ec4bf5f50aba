"""What the mails of a mairie to citizens share."""

from mairies.models import Mairie, ServiceMunicipal


def repondre_a(mairie: Mairie, service: ServiceMunicipal | None) -> str:
    """Where an answer to a mail goes: to the service, else to the mairie; "" when neither has an
    address."""
    return (service.email if service else "") or mairie.email
