"""A frozen dossier to set as a paper. No database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from government.snapshots import changes_between

if TYPE_CHECKING:
    from collections.abc import Callable

    from government.snapshots import GroupPart, Names, Snapshot


def names(ru: str, en: str, ja: str) -> Names:
    """One name in each language."""
    return {"ru": ru, "en": en, "ja": ja}


def snapshot() -> Snapshot:
    """A dossier of the first version, about flood warnings, written in Russian."""
    return {
        "version": 1,
        "site": names("Амур 100°", "Amur 100°", "アムール100°"),
        "proposal": {
            "id": 12,
            "title": "Раннее предупреждение о паводке: датчики уровня и SMS для жителей",
            "summary": "Двенадцать датчиков на притоках и сообщения за шесть часов до воды.",
            "problem": "Жители узнавали о подъёме воды за час-два.\n\n"
            "Данные постов приходят раз в сутки.",
            "solution": "Поставить датчики уровня с передачей по LoRaWAN.",
            "beneficiaries": "Около 40 000 человек на набережных",
            "language": "ru",
            "author_name": "Анна К.",
            "submitted_at": "2026-10-03T09:00:00+10:00",
            "published_at": "2026-10-04T09:00:00+10:00",
            "category": names("Безопасность", "Safety", "安全と防災"),
            "municipality": names(
                "Комсомольск-на-Амуре", "Komsomolsk-on-Amur", "コムソモリスク・ナ・アムーレ"
            ),
            "population": 238_505,
            "tags": ["паводок", "датчики"],
            "point": ["50.54987", "137.00786"],
            "url": "https://boiling-point.example/ru/proposals/12/",
        },
        "call": {
            "title": names("Безопасный берег", "A safe riverbank", "安全な川岸"),
            "threshold": 500,
        },
        "figures": {
            "support_count": 1512,
            "imported_support_count": 1204,
            "as_of": "2026-11-24T15:00:00+10:00",
        },
        "referral": {
            "body": names(
                "Министерство природных ресурсов",
                "Ministry of Natural Resources",
                "ハバロフスク地方天然資源省",
            ),
            "note": "Предложение набрало втрое больше порога.\n\n"
            "Просим ответить, кто возьмёт на себя связь с системой 112.",
            "made_at": "2026-11-24T15:00:00+10:00",
            "due_on": "2026-12-24",
        },
        "history": [
            {
                "made_at": "2026-10-03T09:00:00+10:00",
                "status": names("Проверяется", "Being checked", "確認中"),
                "reason": "",
            },
            {
                "made_at": "2026-11-20T09:00:00+10:00",
                "status": names("Экспертиза", "Expert review", "専門家の検討"),
                "reason": "Порог поддержки пройден; выполнимо в бюджете 2027 года.",
            },
        ],
        "attachments": [
            {"name": "Карта притоков.pdf", "kind": "PDF", "size_bytes": 2_480_133, "url": ""},
            {"name": "Набережная в 2013 году", "kind": "JPEG", "size_bytes": 480_133, "url": ""},
        ],
    }


def full_snapshot() -> Snapshot:
    """The same as it is frozen now: every part there is, each with something in it."""
    older = snapshot()
    older["figures"]["support_count"] = 1400
    now: Snapshot = {
        **snapshot(),
        "version": 2,
        "number": 2,
        "contact": "hello@boiling-point.example",
        "versions": [
            {
                "number": 1,
                "occasion": names("Опубликовано", "As it was published", "公開時"),
                "made_at": "2026-10-04T09:00:00+10:00",
                "words": {**_words(), "title": "Датчики на реке", "beneficiaries": ""},
            },
            {
                "number": 2,
                "occasion": names("Дополнено", "Amended", "追補"),
                "made_at": "2026-10-09T09:00:00+10:00",
                "words": _words(),
            },
        ],
        "votes": {
            "by_channel": [
                group("online", names("в сети", "online", "オンライン"), 1500, "least"),
                group("paper", names("на бумаге", "on paper", "紙"), 10, "few"),
            ],
            "by_level": [group("1", names("почта", "e-mail confirmed", "メール確認済み"), 1512)],
            "by_municipality": [
                group("a", names("Город Хабаровск", "Khabarovsk", "ハバロフスク市"), 900),
                group("b", names("Амурский район", "Amursky District", "アムールスク"), 600),
                group("", {}, 10, "few"),
            ],
            "by_day": [("2026-10-04", 12), ("2026-10-20", 700), ("2026-11-20", 1512)],
            "seal": {
                "size": 4711,
                "root": "ab" * 32,
                "note": "boiling-point.example/votes\n4711\n…\n",
                "made_at": "2026-11-24T15:02:00+10:00",
                "is_closing": True,
                "holds_all": True,
            },
            "record_url": "https://boiling-point.example/ru/rounds/3/recount/",
        },
        "integrity": {
            "is_disputed": False,
            "removals": [
                {
                    "kind": names("аннулирование", "annul", "無効化"),
                    "reason": names("одна сеть", "one network", "同一ネットワーク"),
                    "words": "Сорок голосов за минуту.",
                    "count": 40,
                    "made_at": "2026-10-30T15:00:00+10:00",
                }
            ],
        },
        "arguments": {"for": [], "against": []},
        "assessment": {
            "title": names("Экспертиза осени", "Autumn review", "秋の審査"),
            "committee": names("Рабочая группа", "Working group", "作業部会"),
            "criteria": [
                {
                    "name": names("Польза", "Benefit", "便益"),
                    "weight": "0.400",
                    "mean": "4.20",
                    "spread": "0.75",
                }
            ],
            "total": "7.80",
            "total_spread": "0.90",
            "rank": 3,
            "rank_by_scores": 2,
            "rank_reason": "Соседнее предложение готовее.",
            "of": 12,
            "stops": [],
            "sheets": 5,
            "members": 7,
            "members_scored": 5,
            "quorum": 4,
            "protocol_hash": "cd" * 32,
            "protocol_url": "https://boiling-point.example/ru/assessment/3/",
            "made_at": "2026-11-19T15:00:00+10:00",
        },
        "cost": {
            "minor": 450_000_000,
            "currency": "RUB",
            "ballot": names("Бюджет района", "District budget", "地区の予算"),
        },
        "similar": [
            {
                "id": 7,
                "title": "川の水位を知らせる",
                "language": "ja",
                "status": names("Сбор поддержки", "Gathering support", "賛同の受付"),
                "support_count": 31,
                "url": "https://boiling-point.example/ru/proposals/7/",
            }
        ],
        "changes": None,
    }
    now["changes"] = {
        "number": 1,
        "contents_hash": "ef" * 32,
        "items": changes_between(older, now),
    }
    return now


def group(key: str, name: Names, count: int, told: str = "exactly") -> GroupPart:
    """A group of votes."""
    return {"key": key, "name": name, "told": told, "count": count}


def _words() -> dict[str, str]:
    proposal = snapshot()["proposal"]
    keys = ("title", "summary", "problem", "solution", "beneficiaries")
    return {key: proposal[key] for key in keys}  # type: ignore[literal-required]


# What no person writes: numbers, moments, hashes, codes, and addresses that the site makes.
MADE_BY_US = frozenset(
    {
        *("made_at", "submitted_at", "published_at", "as_of", "due_on", "by_day", "point"),
        *("url", "record_url", "protocol_url", "protocol_hash", "contents_hash", "root"),
        *("language", "municipality_slug", "told", "key", "currency"),
        *("total", "total_spread", "mean", "spread", "weight"),
    }
)


def with_texts(full: Snapshot, text: str) -> Snapshot:
    """A snapshot with a text in every field that anybody fills."""
    return with_each_text(full, lambda _path: text)


def with_each_text(full: Snapshot, text_for: Callable[[str], str]) -> Snapshot:
    """The same, the text chosen by the field's path, such as `proposal.tags.0`.

    Fields are found and not listed: one that is added to dossiers is filled here too.
    """
    argument = {"text": "x", "language": "ru"}
    full["arguments"] = {"for": [argument], "against": [argument]}  # type: ignore[typeddict-item]
    full["assessment"]["stops"] = [{"ru": "x"}]
    full["changes"]["items"] = [
        {"key": "title", "before": "x", "after": "x"},
        {"key": "tags", "before": ["x"], "after": ["x"]},
        {"key": "body", "before": {"ru": "x"}, "after": {"ru": "x"}},
    ]
    return _filled(full, "", text_for)


def _filled(value: Any, path: str, text_for: Callable[[str], str]) -> Any:
    if path.rpartition(".")[2] in MADE_BY_US:
        return value
    if isinstance(value, dict):
        return {
            key: _filled(one, f"{path}.{key}".strip("."), text_for) for key, one in value.items()
        }
    if isinstance(value, list):
        return [_filled(one, f"{path}.{place}", text_for) for place, one in enumerate(value)]
    return text_for(path) if isinstance(value, str) else value
