import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The verification of the address, and the table of its tokens."""

    dependencies = [("users", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="utilisateur",
            name="email_verifie",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="TokenVerification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_used", models.BooleanField(default=False)),
                ("date_creation", models.DateTimeField(auto_now_add=True)),
                (
                    "utilisateur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "code de vérification"},
        ),
    ]
