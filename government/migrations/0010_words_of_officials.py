"""Posts of officials and names of departments in every language; a language for mails to bodies.

Texts become JSON in three steps: room for it, each text as the Russian one, and the type.
"""

import json

import django.db.models.fields.json
import home.words
from django.db import migrations, models

COLUMNS = {
    "answer": ["official_position"],
    "department": ["name"],
    "official": ["position"],
    "referralstep": ["shown_as", "whom"],
}


def to_words(apps, editor):
    """Russian is what staff wrote, since there was one field."""
    for model, column, row, text in rows_of(apps):
        words = {"ru": text} if text else {}
        model.objects.filter(pk=row).update(**{column: json.dumps(words)})
    settle(editor)


def to_text(apps, editor):
    for model, column, row, text in rows_of(apps):
        words = json.loads(text)
        said = words.get("ru") or next(iter(words.values()), "")
        model.objects.filter(pk=row).update(**{column: said})
    settle(editor)


def settle(editor):
    """PostgreSQL alters no table whose foreign keys it has still to look at."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


def rows_of(apps):
    for name, columns in COLUMNS.items():
        model = apps.get_model("government", name)
        for column in columns:
            for row, text in list(model.objects.order_by().values_list("pk", column)):
                yield model, column, row, text


class Migration(migrations.Migration):

    dependencies = [
        ("government", "0009_observations_taken_back"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='department',
            options={'ordering': ['body', django.db.models.fields.json.KeyTextTransform('ru', 'name'), 'pk'], 'verbose_name': 'department', 'verbose_name_plural': 'departments'},
        ),
        migrations.RemoveConstraint(
            model_name='department',
            name='one_department_of_a_name_in_a_body',
        ),
        migrations.AddField(
            model_name='body',
            name='mail_language',
            field=models.CharField(choices=[('ru', 'Русский'), ('en', 'English'), ('ja', '日本語')], default='ru', help_text='In it the body and its officials get mails, and links open their cases.', max_length=8, verbose_name='language of mails and cases'),
        ),
        migrations.AddField(
            model_name='commitment',
            name='budget_line',
            field=models.CharField(blank=True, max_length=160, verbose_name='budget line'),
        ),
        *(
            migrations.AlterField(name, column, models.TextField(blank=True))
            for name, columns in COLUMNS.items()
            for column in columns
        ),
        migrations.RunPython(to_words, to_text),
        migrations.AlterField(
            model_name='answer',
            name='official_position',
            field=home.words.WordsField(blank=True, default=dict, verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='department',
            name='name',
            field=home.words.WordsField(default=dict, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='official',
            name='position',
            field=home.words.WordsField(blank=True, default=dict, verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='referralstep',
            name='kind',
            field=models.CharField(choices=[('forwarded', 'Passed on inside the body'), ('question', 'The body asks a question'), ('reply', 'Reply to the body'), ('extended', 'More time for the answer'), ('extension_asked', 'The body asks for more time'), ('extension_refused', 'No more time was given'), ('not_ours', 'The body says that it is not in charge'), ('referred_again', 'Put before another body'), ('dossier', 'The body was given a new version of the dossier'), ('assigned', 'Given to a person in charge'), ('week_before', 'The body was reminded: a week is left'), ('day_before', 'The body was reminded: a day is left'), ('due', 'The answer is due'), ('head_told', 'A week overdue: the head of the body was told'), ('staff_told', 'Two weeks overdue: our staff take it up'), ('note', 'Note among staff')], max_length=24, verbose_name='step'),
        ),
        migrations.AlterField(
            model_name='referralstep',
            name='shown_as',
            field=home.words.WordsField(blank=True, default=dict, verbose_name='by whom'),
        ),
        migrations.AlterField(
            model_name='referralstep',
            name='whom',
            field=home.words.WordsField(blank=True, default=dict, verbose_name='to whom'),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.UniqueConstraint(models.F('body'), django.db.models.fields.json.KeyTextTransform('ru', 'name'), name='one_department_of_a_name_in_a_body', violation_error_message='The body has a department of this name already.'),
        ),
    ]
