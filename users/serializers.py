from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from rest_framework import serializers

from ecms.api.serializers import PublicImageInput, ScopedModelSerializer
from users.models import Consentement, ExportDonnees, ProfilAgentCommunal, Session, Utilisateur
from users.services.addresses import plain_address

PROFILE_FIELDS = [
    "first_name",
    "last_name",
    "telephone",
    "adresse",
    "date_naissance",
    "lieu_naissance",
    "langue",
    "notifications_email",
    "notifications_sms",
    "mairie",
]


class AddressField(serializers.EmailField):
    """An e-mail address, in lower case: it is one identity whatever its case."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 254, **kwargs})
        self.validators.append(plain_address)

    def to_internal_value(self, data):
        return super().to_internal_value(data).lower()


class PasswordField(serializers.CharField):
    """A password, as it is typed: spaces count."""

    def __init__(self, **kwargs):
        super().__init__(
            **{"max_length": 256, "trim_whitespace": False, "write_only": True, **kwargs}
        )


class CodeField(serializers.CharField):
    """Six digits. Whatever else is sent is a wrong code, and is told like one."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 50, "write_only": True, **kwargs})


class PasswordConfirmMixin(serializers.Serializer):
    password = PasswordField()
    password_confirm = PasswordField(required=False)

    def validate(self, attrs):
        confirm = attrs.pop("password_confirm", attrs["password"])
        if confirm != attrs["password"]:
            message = _("Les deux mots de passe diffèrent.")
            raise serializers.ValidationError({"password_confirm": [message]})
        return super().validate(attrs)


class RegisterSerializer(PasswordConfirmMixin, ScopedModelSerializer):
    email = AddressField()
    consentement = serializers.BooleanField(required=False, default=False, write_only=True)
    detail = serializers.CharField(read_only=True)

    class Meta:
        model = Utilisateur
        fields = [
            "username",
            "email",
            "password",
            "password_confirm",
            "first_name",
            "last_name",
            "telephone",
            "langue",
            "mairie",
            "consentement",
            "is_verified",
            "detail",
        ]
        read_only_fields = ["is_verified"]
        extra_kwargs = {
            name: {"write_only": True}
            for name in ("first_name", "last_name", "telephone", "langue", "mairie")
        }

    def validate_username(self, username):
        """One spelling per name: signing in looks for the normal form (NFKC)."""
        if Utilisateur.normalize_username(username) != username:
            message = Utilisateur._meta.get_field("username").validators[0].message
            raise serializers.ValidationError(message)
        return username


class LoginSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=254, required=False)
    email = serializers.CharField(max_length=254, required=False)
    password = PasswordField()
    code_2fa = serializers.CharField(
        max_length=50, required=False, allow_blank=True, allow_null=True, write_only=True
    )

    def validate(self, attrs):
        attrs["identifier"] = attrs.get("username") or attrs.get("email")
        if not attrs["identifier"]:
            message = _("Indiquez votre nom d'utilisateur ou votre adresse.")
            raise serializers.ValidationError({"username": [message]})
        return attrs


class LogoutSerializer(serializers.Serializer):
    refresh = serializers.CharField(max_length=2000, required=False)
    partout = serializers.BooleanField(required=False, default=False)


class RefreshSerializer(serializers.Serializer):
    refresh = serializers.CharField(max_length=2000, write_only=True)


class AddressRequestSerializer(serializers.Serializer):
    email = AddressField(write_only=True)


class VerifySendSerializer(serializers.Serializer):
    email = AddressField(write_only=True, required=False)


class CodeSerializer(serializers.Serializer):
    code_otp = CodeField()


class ResetSerializer(PasswordConfirmMixin):
    email = AddressField(write_only=True)
    code_otp = CodeField()


class PasswordChangeSerializer(PasswordConfirmMixin):
    current_password = PasswordField()


class EmailChangeSerializer(serializers.Serializer):
    current_password = PasswordField()
    email = AddressField(write_only=True)


class IdentitySerializer(serializers.Serializer):
    """What is asked for once more before what cannot be undone; the code, of whoever has one."""

    current_password = PasswordField()
    code_2fa = serializers.CharField(
        max_length=50, required=False, allow_blank=True, allow_null=True, write_only=True
    )


class ExportSerializer(ScopedModelSerializer):
    est_pret = serializers.BooleanField(read_only=True)
    expire_le = serializers.DateTimeField(read_only=True)

    class Meta:
        model = ExportDonnees
        fields = ["id", "est_pret", "taille", "date_creation", "expire_le"]
        read_only_fields = fields


class ExportLinkSerializer(serializers.Serializer):
    """An address that opens the archive, without any sign-in, for `expires_in` seconds."""

    url = serializers.URLField(read_only=True)
    expires_in = serializers.IntegerField(read_only=True)


class SentSerializer(serializers.Serializer):
    """A code is on its way, or would be."""

    detail = serializers.CharField(read_only=True)
    expires_in = serializers.IntegerField(read_only=True, help_text="Seconds.")


class ConfirmedSerializer(serializers.Serializer):
    detail = serializers.CharField(read_only=True)
    is_verified = serializers.BooleanField(read_only=True)


class AgentOfSerializer(serializers.ModelSerializer):
    """What makes the account an agent."""

    mairie = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    mairie_nom = serializers.CharField(source="mairie.nom", read_only=True)

    class Meta:
        model = ProfilAgentCommunal
        fields = ["mairie", "mairie_nom", "service", "fonction"]
        read_only_fields = fields


class ProfileSerializer(ScopedModelSerializer):
    """One's own account."""

    avatar = PublicImageInput(write_only=True, required=False)
    agent = AgentOfSerializer(
        source="profilagentcommunal", read_only=True, default=None, allow_null=True
    )
    second_facteur = serializers.BooleanField(source="a_second_facteur", read_only=True)
    consentement_version = serializers.CharField(read_only=True)
    notice_version = serializers.SerializerMethodField()

    class Meta:
        model = Utilisateur
        fields = [
            "id",
            "username",
            "email",
            *PROFILE_FIELDS,
            "avatar",
            "avatar_url",
            "is_verified",
            "telephone_verifie",
            "role_user",
            "is_staff",
            "is_superuser",
            "agent",
            "second_facteur",
            "consentement_le",
            "consentement_version",
            "notice_version",
            "date_joined",
        ]
        read_only_fields = [name for name in fields if name not in {*PROFILE_FIELDS, "avatar"}]

    def get_notice_version(self, account) -> str:
        return settings.PRIVACY_NOTICE_VERSION


class ConsentSerializer(ScopedModelSerializer):
    """The privacy notice that is in force, and when it was accepted."""

    version = serializers.CharField(max_length=20)

    class Meta:
        model = Consentement
        fields = ["version", "date"]
        read_only_fields = ["date"]

    def validate_version(self, version):
        if version != settings.PRIVACY_NOTICE_VERSION:
            message = _("Cette version de la notice n'est plus, ou pas encore, en vigueur.")
            raise serializers.ValidationError(message)
        return version


class TokensSerializer(serializers.Serializer):
    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)
    expires_in = serializers.IntegerField(read_only=True, help_text="Seconds.")


class SignedInSerializer(TokensSerializer):
    user = ProfileSerializer(read_only=True)


class RenewedSerializer(TokensSerializer):
    """Every session ended; these tokens are of a new one, so that this device stays signed in."""

    detail = serializers.CharField(read_only=True)


class SessionSerializer(serializers.ModelSerializer):
    est_courante = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "created_at", "last_used_at", "expires_at", "user_agent", "est_courante"]
        read_only_fields = fields

    def get_est_courante(self, session) -> bool:
        return session.pk == self.context["request"].auth.pk


class AgentSerializer(ScopedModelSerializer):
    """An agent, as the staff of their mairie see them."""

    mairie = serializers.CharField(source="profilagentcommunal.mairie.slug", read_only=True)
    mairie_nom = serializers.CharField(source="profilagentcommunal.mairie.nom", read_only=True)
    service = serializers.IntegerField(
        source="profilagentcommunal.service_id", read_only=True, allow_null=True
    )
    fonction = serializers.CharField(source="profilagentcommunal.fonction", read_only=True)
    groupes = serializers.SlugRelatedField(
        source="groups", slug_field="name", many=True, read_only=True
    )

    class Meta:
        model = Utilisateur
        fields = [
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "telephone",
            "is_active",
            "is_verified",
            "last_login",
            "mairie",
            "mairie_nom",
            "service",
            "fonction",
            "groupes",
        ]
        read_only_fields = fields


class InviterAgentSerializer(ScopedModelSerializer):
    """Whom to invite; `mairie` counts for the national administrator only."""

    email = AddressField()
    first_name = serializers.CharField(max_length=150)
    last_name = serializers.CharField(max_length=150)
    groupes = serializers.SlugRelatedField(
        slug_field="name", many=True, queryset=Group.objects.all(), allow_empty=False
    )

    class Meta:
        model = ProfilAgentCommunal
        fields = ["email", "first_name", "last_name", "groupes", "mairie", "service", "fonction"]
