"""Outlines of municipalities, drawn once for all pages."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_organisation'),
    ]

    operations = [
        migrations.CreateModel(
            name='AreaMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(unique=True, verbose_name='valid from')),
                ('attribution', models.CharField(blank=True, max_length=200, verbose_name='whose data it is')),
                ('width', models.PositiveSmallIntegerField()),
                ('height', models.PositiveSmallIntegerField()),
                ('contents_hash', models.CharField(max_length=64, verbose_name='SHA-256 of the contents')),
                ('loaded_at', models.DateTimeField(auto_now_add=True, verbose_name='loaded')),
            ],
            options={
                'verbose_name': 'map of the municipalities',
                'verbose_name_plural': 'maps of the municipalities',
                'ordering': ['-valid_from'],
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.TextField()),
                ('left', models.PositiveSmallIntegerField()),
                ('top', models.PositiveSmallIntegerField()),
                ('right', models.PositiveSmallIntegerField()),
                ('bottom', models.PositiveSmallIntegerField()),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='accounts.municipality')),
                ('map', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='accounts.areamap')),
            ],
            options={
                'verbose_name': 'outline of a municipality',
                'verbose_name_plural': 'outlines of municipalities',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('map', 'municipality'), name='one_outline_per_map')],
            },
        ),
    ]
