from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    """Six-digit codes: what each is for, its digits, and when it ends."""

    dependencies = [("users", "0003_remove_citoyen_role")]

    operations = [
        migrations.AddField(
            model_name="tokenverification",
            name="type_token",
            field=models.CharField(
                choices=[
                    ("EMAIL_VERIFICATION_OTP", "Vérification de l'adresse"),
                    ("PASSWORD_RESET_OTP", "Nouveau mot de passe"),
                ],
                default="EMAIL_VERIFICATION_OTP",
                max_length=30,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="tokenverification",
            name="code_otp",
            field=models.CharField(blank=True, default="", max_length=6),
            preserve_default=False,
        ),
        # Tokens from before had no end: they are over.
        migrations.AddField(
            model_name="tokenverification",
            name="expire_at",
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
    ]
