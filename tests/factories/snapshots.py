"""A frozen dossier to set as a paper. No database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from government.snapshots import Names, Snapshot


def names(ru: str, en: str, ja: str) -> Names:
    """One name in each language."""
    return {"ru": ru, "en": en, "ja": ja}


def snapshot() -> Snapshot:
    """The dossier of a proposal about flood warnings, written in Russian."""
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
