from django.db import migrations, models
from django.db.models.functions import Lower, Upper


def to_upper_case(apps, schema_editor):
    utilisateurs = apps.get_model("users", "Utilisateur").objects
    utilisateurs.update(role_user=Upper("role_user"))


def to_lower_case(apps, schema_editor):
    utilisateurs = apps.get_model("users", "Utilisateur").objects
    utilisateurs.update(role_user=Lower("role_user"))


class Migration(migrations.Migration):
    """The role in its documented place and spelling: `role` citoyen/agent becomes `role_user`
    CITOYEN/AGENT."""

    dependencies = [("users", "0002_utilisateur_email_verifie_tokenverification")]

    operations = [
        migrations.RenameField("utilisateur", "role", "role_user"),
        migrations.RunPython(to_upper_case, to_lower_case),
        migrations.AlterField(
            model_name="utilisateur",
            name="role_user",
            field=models.CharField(
                choices=[("CITOYEN", "Citoyen"), ("AGENT", "Agent communal")],
                default="CITOYEN",
                max_length=20,
            ),
        ),
    ]
