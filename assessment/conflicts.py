"""Whether two names mean the same organisation, however they are written. Pure, no Django."""

from __future__ import annotations

import re
import unicodedata

# What a company, institution or society is by law says nothing about which one it is.
LEGAL_FORMS = frozenset(
    {
        *("ооо", "оао", "пао", "ао", "зао", "ип", "нко", "ано", "мбу", "мку", "муп", "гуп", "во"),
        *("впо", "фгбоу", "фгбу", "фгуп", "кгбу", "кгбоу", "кгау", "ltd", "llc", "inc", "co"),
        *("corp", "gmbh", "株式会社", "有限会社", "一般社団法人"),
    }
)
WORD = re.compile(r"\w+")


def plain_name(name: str) -> str:
    """A name without case, quotes, marks and legal form.

    >>> plain_name("ООО «Амур-Холод»"), plain_name('"Амур Холод", ООО')
    ('амур холод', 'амур холод')
    >>> plain_name("株式会社 北斗物流"), plain_name("Hokuto Co., Ltd.")
    ('北斗物流', 'hokuto')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    words = WORD.findall(folded)
    told = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(told or words)


def is_same_organisation(one: str, other: str) -> bool:
    """Whether both are named and mean the same.

    >>> is_same_organisation("ФГБОУ ВО «ТОГУ»", "тогу"), is_same_organisation("", "")
    (True, False)
    """
    return bool(plain_name(one)) and plain_name(one) == plain_name(other)
