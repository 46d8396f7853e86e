"""What editors write: the base of every page, the home page, standard pages and news."""

from .base import BasePage, IllustratedPage, ShownPageQuerySet
from .front import HomePage
from .news import NewsIndexPage, NewsPage, NewsTag
from .standard import StandardPage

__all__ = [
    "BasePage",
    "HomePage",
    "IllustratedPage",
    "NewsIndexPage",
    "NewsPage",
    "NewsTag",
    "ShownPageQuerySet",
    "StandardPage",
]
