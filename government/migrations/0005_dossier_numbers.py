"""Dossiers become a numbered sequence of their referral; those there are, its first."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("government", "0004_commitments")]

    operations = [
        migrations.AlterModelOptions(
            name="dossier",
            options={
                "ordering": ["referral", "number"],
                "verbose_name": "dossier",
                "verbose_name_plural": "dossiers",
            },
        ),
        migrations.AddField(
            model_name="dossier",
            name="number",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="dossier",
            name="referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="government.referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(
                fields=("referral", "number"), name="one_dossier_per_number"
            ),
        ),
    ]
