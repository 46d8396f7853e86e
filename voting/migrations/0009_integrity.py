"""Traces that expire, what staff do to votes, and appeals against it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voting', '0008_paper'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='voteevent',
            name='channel',
            field=models.CharField(choices=[('online', 'online'), ('desk', 'at the desk'), ('paper', 'on paper'), ('imported', 'imported')], default='online', max_length=8),
        ),
        migrations.CreateModel(
            name='Intervention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hold', 'hold for a check'), ('release', 'give back after a check'), ('annul', 'annul'), ('restore', 'restore')], max_length=8, verbose_name='what is done')),
                ('reason', models.CharField(choices=[('network', 'many votes from one network in a short time'), ('domain', 'addresses of a throw-away mail provider'), ('burst', 'many votes at one moment'), ('one_person', 'one person with several accounts'), ('pressure', 'votes that were bought or forced'), ('document', 'a document was shown'), ('checked', 'the check found nothing'), ('appeal', 'an appeal was granted'), ('mistake', 'our own mistake')], max_length=16, verbose_name='reason, public')),
                ('words', models.TextField(blank=True, help_text='Stands beside the reason on the public page. No names.', max_length=500, verbose_name='explanation, public')),
                ('note', models.TextField(blank=True, help_text='What you saw. It stays inside the admin.', max_length=2000, verbose_name='note for colleagues')),
                ('state', models.CharField(choices=[('asked', 'waits for a second person'), ('done', 'done'), ('refused', 'refused')], default='asked', max_length=8)),
                ('vote_count', models.PositiveIntegerField(default=0, verbose_name='votes')),
                ('tally_after', models.PositiveIntegerField(blank=True, null=True)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('notified_up_to', models.BigIntegerField(default=0)),
                ('notified_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='interventions', to='voting.result')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interventions', to='voting.round')),
            ],
            options={
                'verbose_name': 'intervention',
                'verbose_name_plural': 'interventions',
                'ordering': ['-pk'],
                'permissions': [('guard_votes', 'Can hold, annul and restore votes')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=2000, verbose_name='why your vote should count')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('open', 'waits for an answer'), ('proposed', 'waits for a second person'), ('granted', 'granted'), ('declined', 'declined')], default='open', max_length=8)),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='voting.voteevent')),
                ('intervention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='appeals', to='voting.intervention')),
            ],
            options={
                'verbose_name': 'appeal',
                'verbose_name_plural': 'appeals',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='InterventionVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('voter', models.BinaryField(max_length=16)),
                ('changed', models.BooleanField(default=False)),
                ('intervention', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='voting.intervention')),
            ],
            options={
                'verbose_name': 'vote of an intervention',
                'verbose_name_plural': 'votes of interventions',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='VoteTrace',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='trace', serialize=False, to='voting.voteevent')),
                ('minute', models.DateTimeField()),
                ('subnet', models.BinaryField(max_length=16)),
                ('mail_domain', models.CharField(max_length=255)),
            ],
            options={
                'verbose_name': 'trace of a vote',
                'verbose_name_plural': 'traces of votes',
                'default_permissions': (),
                'indexes': [models.Index(fields=['minute'], name='trace_by_minute')],
            },
        ),
        migrations.AddConstraint(
            model_name='intervention',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('requested_by')), _negated=True), _connector='OR'), name='intervention_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='intervention',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'asked')), models.Q(('decided_at__isnull', False), ('state__in', ('done', 'refused'))), _connector='OR'), name='intervention_decided_once'),
        ),
        migrations.AddConstraint(
            model_name='interventionvote',
            constraint=models.UniqueConstraint(fields=('intervention', 'voter'), name='one_vote_per_intervention'),
        ),
    ]
