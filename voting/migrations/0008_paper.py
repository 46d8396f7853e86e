"""Paper ballots, typed in twice before they are cast, and the end of them."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from voting.guards import install


class Migration(migrations.Migration):

    dependencies = [
        ('voting', '0007_closing_seal'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(help_text='Where the ballots were put in, such as “Library, box 2”.', max_length=120, verbose_name='place')),
                ('voted_on', models.DateField(verbose_name='day on which they were put in')),
                ('ballot_count', models.PositiveIntegerField(help_text='Blank ones too. Number the ballots from 1 on before typing them in.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5000)], verbose_name='ballots, counted by hand')),
                ('totals', models.JSONField(default=dict, verbose_name='totals, counted by hand')),
                ('state', models.CharField(choices=[('entering', 'being typed in'), ('casting', 'being cast'), ('cast', 'cast')], default='entering', max_length=8, verbose_name='state')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('cast_at', models.DateTimeField(blank=True, null=True)),
                ('cast_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_batches', to='voting.round', verbose_name='round')),
            ],
            options={
                'verbose_name': 'batch of paper ballots',
                'verbose_name_plural': 'batches of paper ballots',
                'ordering': ['pk'],
                'permissions': [('enter_paper', 'Can type in and cast paper ballots')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PaperBallot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField(verbose_name='number on the paper')),
                ('outcome', models.CharField(blank=True, choices=[('', 'not cast yet'), ('counted', 'counted'), ('voted', 'not counted: the person had voted already'), ('taken', 'not counted: the vote is held or annulled')], default='', max_length=8)),
                ('channel', models.CharField(blank=True, max_length=8)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ballots', to='voting.paperbatch')),
            ],
            options={
                'verbose_name': 'paper ballot',
                'verbose_name_plural': 'paper ballots',
                'ordering': ['line'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PaperEnd',
            fields=[
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='paper_end', serialize=False, to='voting.round')),
                ('ended_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'end of the paper ballots',
                'verbose_name_plural': 'ends of the paper ballots',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PaperEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField()),
                ('digest', models.BinaryField(max_length=32)),
                ('choice', models.JSONField(null=True)),
                ('typed_at', models.DateTimeField(auto_now=True)),
                ('ballot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='voting.paperballot')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'entry of a paper ballot',
                'verbose_name_plural': 'entries of paper ballots',
                'ordering': ['slot'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='paperbatch',
            constraint=models.CheckConstraint(condition=models.Q(('ballot_count__gte', 1), ('ballot_count__lte', 5000)), name='paper_batch_is_no_box_of_all'),
        ),
        migrations.AddConstraint(
            model_name='paperballot',
            constraint=models.UniqueConstraint(fields=('batch', 'line'), name='one_paper_ballot_per_line'),
        ),
        migrations.AddConstraint(
            model_name='paperballot',
            constraint=models.CheckConstraint(condition=models.Q(('line__gte', 1)), name='paper_lines_begin_at_one'),
        ),
        migrations.AddConstraint(
            model_name='paperentry',
            constraint=models.CheckConstraint(condition=models.Q(('slot__in', (1, 2))), name='paper_is_entered_twice'),
        ),
        migrations.AddConstraint(
            model_name='paperentry',
            constraint=models.UniqueConstraint(fields=('ballot', 'slot'), name='one_entry_per_slot'),
        ),
        migrations.AddConstraint(
            model_name='paperentry',
            constraint=models.UniqueConstraint(fields=('ballot', 'by'), name='entries_are_by_two_people'),
        ),
        # A trigger looks into the new table: after the end of paper no paper vote lands.
        migrations.RunPython(
            lambda apps, editor: install(editor.connection), migrations.RunPython.noop
        ),
    ]
