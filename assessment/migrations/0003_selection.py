"""How many proposals a round selects, whether by theme, and the choice by hand."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models

from assessment.guards import install, remove


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0002_guards'),
        ('proposals', '0009_writing_together'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, editor: remove(editor.connection),
            lambda apps, editor: install(editor.connection),
        ),
        migrations.RemoveConstraint(
            model_name='assessedproposal',
            name='place_by_hand_has_a_reason',
        ),
        migrations.AddField(
            model_name='assessedproposal',
            name='selected_by_hand',
            field=models.BooleanField(null=True, verbose_name='selected by hand'),
        ),
        migrations.AddField(
            model_name='assessmentround',
            name='by_theme',
            field=models.BooleanField(default=False, help_text='Each theme is given its part of them, in proportion to the proposals sent in to the call.', verbose_name='places for each theme'),
        ),
        migrations.AddField(
            model_name='assessmentround',
            name='selected_count',
            field=models.PositiveSmallIntegerField(blank=True, help_text='The best so many by their places. Leave empty if the round only ranks.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='proposals to be selected'),
        ),
        migrations.AddConstraint(
            model_name='assessedproposal',
            constraint=models.CheckConstraint(condition=models.Q(('place_by_hand__isnull', True), ('place_by_hand__gte', 1), _connector='OR'), name='places_begin_at_one'),
        ),
        migrations.AddConstraint(
            model_name='assessedproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('place_by_hand__isnull', True), ('place_reason', ''), ('selected_by_hand__isnull', True)), models.Q(models.Q(('place_by_hand__isnull', False), ('selected_by_hand__isnull', False), _connector='OR'), models.Q(('place_reason', ''), _negated=True)), _connector='OR'), name='place_by_hand_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='assessmentround',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by_theme', False), ('selected_count__isnull', True)), models.Q(('selected_count__gte', 1), ('selected_count__isnull', False)), _connector='OR'), name='themes_share_what_is_selected', violation_error_message='Say how many proposals are selected.'),
        ),
        migrations.RunPython(
            lambda apps, editor: install(editor.connection),
            lambda apps, editor: remove(editor.connection),
        ),
    ]
