"""Who is left out where a group of votes is annulled, and which intervention another follows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voting', '0013_merge_latecomers'),
    ]

    operations = [
        migrations.AddField(
            model_name='intervention',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='followers', to='voting.intervention'),
        ),
        migrations.AddField(
            model_name='interventionvote',
            name='left_out',
            field=models.CharField(blank=True, choices=[('network', 'many votes from one network in a short time'), ('domain', 'addresses of a throw-away mail provider'), ('burst', 'many votes at one moment'), ('one_person', 'one person with several accounts'), ('pressure', 'votes that were bought or forced'), ('desk', 'votes that staff entered without a voter'), ('document', 'a document was shown'), ('checked', 'the check found nothing'), ('appeal', 'an appeal was granted'), ('mistake', 'our own mistake')], default='', max_length=16),
        ),
    ]
