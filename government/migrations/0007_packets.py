"""Packets of dossiers for meetings."""

import django.db.models.deletion
import government.models.packets
import proposals.models.proposals
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('government', '0006_officials_and_cases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Packet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='For example the meeting.', max_length=120, verbose_name='title')),
                ('language', models.CharField(choices=[('ru', 'Русский'), ('en', 'English'), ('ja', '日本語')], max_length=8, verbose_name='language')),
                ('proposals', models.JSONField(verbose_name='numbers of the proposals')),
                ('asked_at', models.DateTimeField(verbose_name='asked for')),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('making', 'Being made'), ('ready', 'Ready'), ('failed', 'Failed')], default='asked', max_length=8)),
                ('done_count', models.PositiveSmallIntegerField(default=0, verbose_name='dossiers done')),
                ('touched_at', models.DateTimeField(blank=True, null=True)),
                ('left_out', models.JSONField(default=list, verbose_name='left out')),
                ('page_count', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('file', models.FileField(blank=True, storage=proposals.models.proposals.private_storage, upload_to=government.models.packets.packet_path)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'packet',
                'verbose_name_plural': 'packets',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('file', ''), _negated=True), _connector='OR'), name='ready_packet_has_a_file')],
            },
        ),
    ]
