from django.db import migrations, models
from django.db.models import F


def same_fact(apps, schema_editor):
    utilisateurs = apps.get_model("users", "Utilisateur").objects
    utilisateurs.update(is_verified=F("email_verifie"))


class Migration(migrations.Migration):
    """The person's names and picture, and the verification under its second documented name."""

    dependencies = [("users", "0004_add_otp_fields")]

    operations = [
        migrations.AddField(
            model_name="utilisateur",
            name="avatar_url",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="utilisateur",
            name="first_name",
            field=models.CharField(blank=True, default="", max_length=150),
        ),
        migrations.AddField(
            model_name="utilisateur",
            name="is_verified",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="utilisateur",
            name="last_name",
            field=models.CharField(blank=True, default="", max_length=150),
        ),
        migrations.RunPython(same_fact, migrations.RunPython.noop),
    ]
