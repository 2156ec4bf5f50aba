"""The page that gives an account its second factor, at the door and inside."""

import segno
from django.contrib import admin
from django.utils.translation import gettext as _
from django.views.generic import FormView

from users.forms import EnrolForm
from users.services import sealing, second_factor, totp


class EnrolmentPage(FormView):
    """Shows the secret of `proposed` and takes the code that proves it."""

    form_class = EnrolForm

    account = None
    proposed = ""

    def get_context_data(self, **kwargs):
        secret = sealing.unseal(self.proposed) or ""
        uri = totp.uri(secret, self.account.username)
        return super().get_context_data(
            **admin.site.each_context(self.request),
            title=_("Activer le second facteur"),
            username=self.account.username,
            # A drawing of ours: nothing in it was typed by anybody.
            qr=segno.make(uri, error="m").svg_inline(scale=5, light="#fff", dark="#000"),
            uri=uri,
            secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
            **kwargs,
        )

    def prove(self, form, **options) -> list[str] | None:
        """The recovery codes; None if the code proves nothing. Raises `DomainError`."""
        try:
            return second_factor.confirm(
                self.account, self.proposed, form.cleaned_data["code"], **options
            )
        except second_factor.WrongCode:
            form.add_error(
                "code",
                _(
                    "Ce code n'est pas celui que l'application affiche maintenant. Vérifiez que "
                    "l'heure du téléphone est automatique, puis réessayez."
                ),
            )
            return None
