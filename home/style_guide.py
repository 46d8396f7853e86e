"""What the style guide shows: invented but likely words in three languages. Development only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

STATUSES = [
    ("draft", "Draft", "Черновик", "下書き"),
    ("submitted", "Being checked", "На проверке", "確認中"),
    ("returned", "Returned to the author", "Возвращено автору", "差し戻し"),
    ("rejected", "Rejected", "Отклонено модератором", "却下"),
    ("withdrawn", "Withdrawn", "Отозвано", "取り下げ"),
    ("supporting", "Gathering support", "Сбор поддержки", "賛同の受付"),
    ("shortlisted", "Expert review", "На экспертизе", "専門家が検討中"),
    ("promoted", "With the Government", "У правительства", "行政で検討中"),
    ("accepted", "Accepted", "Принято", "採用"),
    ("in_progress", "In progress", "В работе", "実施中"),
    ("done", "Done", "Сделано", "実現"),
    ("declined", "Declined", "Отклонено", "不採用"),
    ("archived", "Archived", "В архиве", "保管"),
]
# Name, name on the tile, row, column, proposals.
TILES = [
    ("Охотский округ", "Охотск", 1, 4, 3),
    ("Аяно-Майский район", "Аян", 2, 3, 1),
    ("Тугуро-Чумиканский округ", "Чумикан", 3, 3, 0),
    ("Район имени Полины Осипенко", "Осип.", 4, 3, 1),
    ("Николаевский район", "Никол.", 4, 4, 6),
    ("Верхнебуреинский округ", "В. Бурея", 5, 1, 4),
    ("Солнечный район", "Солн.", 5, 2, 5),
    ("Комсомольский район", "Комс. р-н", 5, 3, 7),
    ("Ульчский район", "Ульчи", 5, 4, 9),
    ("Хабаровск", "Хабар.", 6, 1, 41),
    ("Амурский район", "Амурск", 6, 2, 8),
    ("Комсомольск-на-Амуре", "Комс.", 6, 3, 22),
    ("Ванинский район", "Ванино", 6, 4, 5),
    ("Хабаровский район", "Хаб. р-н", 7, 1, 6),
    ("Нанайский район", "Нанай", 7, 3, 4),
    ("Советско-Гаванский округ", "Совгав.", 7, 4, 3),
    ("Район имени Лазо", "Лазо", 8, 1, 2),
    ("Вяземский округ", "Вяземск.", 8, 2, 1),
    ("Бикинский округ", "Бикин", 8, 3, 2),
]
ROWS = [
    {
        "language": "ru",
        "status": "supporting",
        "title": "Раннее предупреждение о паводке на Амуре: датчики уровня и SMS для жителей",
        "summary": "Двенадцать датчиков на притоках и бесплатные сообщения за шесть часов до воды.",
        "theme": ("leaf", "Экология"),
        "place": "Хабаровск",
        "supports": 318,
    },
    {
        "language": "ru",
        "status": "supporting",
        "title": "Кабинет телемедицины и заявка на санавиацию для сёл на Амуре",
        "summary": "Один кабинет на три села, спутниковый канал, запись через фельдшера.",
        "theme": ("heart-handshake", "Социальная сфера"),
        "place": "Ульчский район",
        "supports": 472,
        "supported": True,
    },
    {
        "language": "en",
        "status": "promoted",
        "title": "A trail of Nanai crafts: fish-skin workshops and guest houses",
        "summary": "Five workshops, seven houses, one booking desk, a fair share for the makers.",
        "theme": ("map", "Regions"),
        "place": "Nanaysky District",
        "supports": 611,
    },
    {
        "language": "ja",
        "status": "done",
        "title": "ハバロフスクの市バスに日本語とロシア語の音声案内を付ける",
        "summary": "四十の停留所で次に来るバスを声で知らせ、時刻表を開放データとして公開します。",
        "theme": ("bus", "交通"),
        "place": "ハバロフスク",
        "supports": 96,
    },
]


class SampleForm(forms.Form):
    """A little of every kind of field."""

    title = forms.CharField(
        label="Предложение одной фразой",
        max_length=90,
        help_text="Например: «Тёплые остановки на Большой улице».",
    )
    problem = forms.CharField(
        label="Что не так сейчас",
        max_length=600,
        help_text="Кого это касается, как часто, что уже пробовали.",
        widget=forms.Textarea,
    )
    municipality = forms.ChoiceField(
        label="Где", choices=[("", "Выберите"), ("khv", "Хабаровск"), ("ulch", "Ульчский район")]
    )
    photo = forms.FileField(label="Фотография", required=False, help_text="JPEG или PNG до 8 МБ.")
    name = forms.ChoiceField(
        label="Как подписать",
        choices=[("full", "Анна Ким"), ("short", "Анна К."), ("none", "Без имени")],
        widget=forms.RadioSelect,
    )
    themes = forms.MultipleChoiceField(
        label="О чём",
        choices=[("eco", "Экология"), ("soc", "Социальная сфера"), ("tech", "Технологии")],
        widget=forms.CheckboxSelectMultiple,
    )
    consent = forms.BooleanField(label="Даю согласие на обработку персональных данных")


def filled_form() -> SampleForm:
    """The form as it comes back with four mistakes."""
    data = {"title": "Тёплые остановки " * 6, "problem": "", "name": "short"}
    return SampleForm(data, prefix="bad", label_suffix="")


def samples() -> dict[str, Any]:
    """Context of the style guide."""
    now = timezone.now()
    tiles = [
        dict(zip(("name", "short_name", "row", "column", "count"), tile, strict=True))
        for tile in TILES
    ]
    return {
        "statuses": STATUSES,
        "gauges": [(96, 500), (318, 500), (472, 500), (611, 500), (228_140, 27_662)],
        "rows": ROWS,
        "tiles": [
            tile
            | {"url": f"?place={tile['row']}{tile['column']}", "value": tile["short_name"]}
            | {"current": tile["short_name"] == "Ульчи"}
            for tile in tiles
        ],
        "bars": sorted(tiles, key=lambda tile: -tile["count"])[:6],
        "blank_form": SampleForm(prefix="good", label_suffix=""),
        "bad_form": filled_form(),
        "crumbs": [{"url": "#", "title": "Главная"}, {"url": "#", "title": "Предложения"}],
        "entries": timeline(now),
        "phases": phases(now),
        "now": now,
        "tomorrow": now + timedelta(days=1),
        "links": [
            {"url": "#", "title": "Убрать фильтр «Ульчский район»"},
            {"url": "#", "title": "Искать по всему краю"},
            {"url": "#", "title": "Подать такое предложение"},
        ],
    }


def timeline(now: Any) -> list[dict[str, Any]]:
    """A proposal's history, newest first, with what should come next on top."""
    return [
        {
            "title": "Отчёт о первых датчиках",
            "status": "done",
            "at": now + timedelta(days=120),
            "expected": True,
            "note": "осталось 120 дней",
        },
        {
            "title": "Принято частично",
            "status": "accepted",
            "at": now - timedelta(days=6),
            "by": "Министерство природных ресурсов",
            "note": "в срок",
            "text": "Датчики на четырёх притоках в 2027 году; SMS через действующую систему 112.",
        },
        {
            "title": "500 голосов: передано в правительство края",
            "status": "promoted",
            "at": now - timedelta(days=12),
        },
        {
            "title": "Опубликовано, начат сбор поддержки",
            "status": "supporting",
            "at": now - timedelta(days=21),
            "note": "проверено за 5 часов",
        },
    ]


def phases(now: Any) -> list[dict[str, Any]]:
    """A call's four phases around today."""
    spans = [
        ("Подача предложений", -40, -10),
        ("Сбор поддержки", -10, 18),
        ("Экспертиза", 18, 40),
        ("Ответ властей", 40, 70),
    ]
    return [
        {
            "get_kind_display": title,
            "opens_at": now + timedelta(days=opens),
            "closes_at": now + timedelta(days=closes),
            "is_open": opens <= 0 < closes,
            "is_over": closes <= 0,
        }
        for title, opens, closes in spans
    ]
