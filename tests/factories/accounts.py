"""Makes people and municipalities for tests."""

from __future__ import annotations

import factory
from wagtail.models import Locale

from accounts.models import AssuranceLevel, Municipality, User

PASSWORD = "boiling-100"


def source_locale() -> Locale:
    """The locale that foreign keys point at."""
    return Locale.objects.get(language_code="ru")


class MunicipalityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Municipality

    locale = factory.LazyFunction(source_locale)
    slug = factory.Sequence(lambda n: f"municipality-{n}")
    name = factory.Sequence(lambda n: f"Район {n}")
    short_name = factory.Sequence(lambda n: f"Р-н {n}")


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a confirmed e-mail; everybody's password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Житель {n}")
    level = AssuranceLevel.EMAIL
    password = factory.django.Password(PASSWORD)
