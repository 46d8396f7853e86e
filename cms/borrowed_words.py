"""Words of Django that its own catalogues lack in our languages; ours say them."""

from django.utils.translation import gettext_noop

WORDS = (gettext_noop("- Select an option -"),)
