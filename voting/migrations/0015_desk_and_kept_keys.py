"""Who took votes at the desk, and what nobody looked at; replaced documents; keys that are kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_queue_keys'),
        ('voting', '0014_votes_left_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskTally',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='desk_tally', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('unseen_count', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'tally of the desk',
                'verbose_name_plural': 'tallies of the desk',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KeptKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32, unique=True, verbose_name='keyed hash of the address')),
                ('sealed_key', models.BinaryField(max_length=64, verbose_name='encrypted key')),
            ],
            options={
                'verbose_name': 'kept vote key',
                'verbose_name_plural': 'kept vote keys',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TakenVote',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='taken', serialize=False, to='voting.voteevent')),
                ('day', models.DateField()),
            ],
            options={
                'verbose_name': 'vote taken by staff',
                'verbose_name_plural': 'votes taken by staff',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='anchorkey',
            name='earlier_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='earlier', to='voting.anchorkey'),
        ),
        migrations.AlterField(
            model_name='intervention',
            name='reason',
            field=models.CharField(choices=[('network', 'many votes from one network in a short time'), ('domain', 'addresses of a throw-away mail provider'), ('burst', 'many votes at one moment'), ('one_person', 'one person with several accounts'), ('pressure', 'votes that were bought or forced'), ('desk', 'votes that staff entered without a voter'), ('document', 'a document was shown'), ('checked', 'the check found nothing'), ('appeal', 'an appeal was granted'), ('mistake', 'our own mistake')], max_length=16, verbose_name='reason, public'),
        ),
        migrations.AddConstraint(
            model_name='anchorkey',
            constraint=models.CheckConstraint(condition=models.Q(('earlier_of__isnull', True), ('person__isnull', True), _connector='OR'), name='earlier_document_has_no_account'),
        ),
        migrations.AddConstraint(
            model_name='desktally',
            constraint=models.CheckConstraint(condition=models.Q(('unseen_count__lte', 10)), name='desk_is_looked_over'),
        ),
        migrations.AddField(
            model_name='keptkey',
            name='rounds',
            field=models.ManyToManyField(related_name='+', to='voting.round'),
        ),
        migrations.AddField(
            model_name='takenvote',
            name='by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='takenvote',
            index=models.Index(fields=['day'], name='taken_by_day'),
        ),
    ]
