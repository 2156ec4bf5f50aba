from ecms.scoping import manages


def auteur(view, demarche):
    """The account that acts on a dossier, None for whoever has none. One that works for the mairie
    without the permission of the act came with the secret, and is no agent here."""
    user = view.request.user
    if not user.is_authenticated:
        return None
    is_owner = user.pk == demarche.demandeur_id
    if is_owner or view.as_staff or not manages(user, demarche.mairie_id):
        return user
    return None
