"""What a client of Open311 sends of a new report."""

from django.utils.translation import gettext as _
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from demarches.open311.filters import category, jurisdiction
from demarches.services.signalements import PHOTOS_MAX
from ecms.api.serializers import DegreesField, LineInput, PublicImageInput
from mairies.models import Mairie
from mairies.workflow import StatutMairie


class JurisdictionField(serializers.CharField):
    """An active mairie, by its slug; it need not be named where there is only one."""

    def get_default(self):
        active = Mairie.objects.filter(statut=StatutMairie.ACTIVE)[:2]
        if len(active) != 1:
            raise ValidationError(_("Nommez la mairie."))
        return active[0]

    def to_internal_value(self, data):
        return jurisdiction(super().to_internal_value(data))


class ServiceCodeField(serializers.CharField):
    def to_internal_value(self, data):
        return category(super().to_internal_value(data))


class NewRequestSerializer(serializers.Serializer):
    """The standard's fields that we keep, under the names of ours. A name, a device and an
    account are not kept, and the server fetches no `media_url`: photos come as `media`."""

    jurisdiction_id = JurisdictionField(source="mairie", default=None)
    service_code = ServiceCodeField(source="categorie")
    lat = DegreesField(at_most=90)
    long = DegreesField(at_most=180)
    address_string = LineInput(source="adresse", max_length=255, required=False)
    description = serializers.CharField(max_length=5000, required=False)
    email = serializers.EmailField(max_length=254, required=False)
    phone = PhoneNumberField(source="telephone", max_length=30, required=False)
    media = serializers.ListField(
        source="photos", child=PublicImageInput(), max_length=PHOTOS_MAX, required=False
    )

    def validate(self, attrs):
        position = [name in attrs for name in ("lat", "long")]
        if any(position) and not all(position):
            raise ValidationError({"lat": [_("Latitude et longitude vont ensemble.")]})
        if not any(position) and "adresse" not in attrs:
            raise ValidationError(
                {"lat": [_("Dites où : lat et long, ou une adresse (address_string).")]}
            )
        attrs.setdefault("description", attrs["categorie"].label)
        return attrs | {
            "latitude": attrs.pop("lat", None),
            "longitude": attrs.pop("long", None),
        }
