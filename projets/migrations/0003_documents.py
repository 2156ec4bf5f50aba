from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projets", "0002_recherche")]

    # No paper was kept before: the defaults are for nobody.
    operations = [
        migrations.AddField(
            model_name="documentprojet",
            name="nom_original",
            field=models.CharField(
                default="document", editable=False, max_length=150, verbose_name="nom du fichier"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="documentprojet",
            name="taille",
            field=models.PositiveIntegerField(
                default=0, editable=False, verbose_name="taille (octets)"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="documentprojet",
            name="type_mime",
            field=models.CharField(
                default="", editable=False, max_length=100, verbose_name="type du fichier"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="documentprojet",
            name="sha256",
            field=models.CharField(
                default="", editable=False, max_length=64, verbose_name="empreinte SHA-256"
            ),
            preserve_default=False,
        ),
    ]
