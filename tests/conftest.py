"""The cast every test may call on, and the pages they meet on."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.cache import caches
from django.test import Client
from django.utils import translation
from wagtail.signal_handlers import disable_reference_index_auto_update

from home.models import HomePage
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory, make_call
from tests.factories.voting import BallotFactory
from tests.ledger import empty_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accounts.models import User
    from proposals.models import CallPage, Proposal
    from voting.models import Round


# Looking for cycles after every 2,000 objects took a tenth of the suite's time.
gc.set_threshold(50_000, 20, 100)

DESK = ("voting.check_document", "voting.enter_paper")


@pytest.fixture(autouse=True)
def _source_language() -> Iterator[None]:
    """A request in a test leaves its language active; the next test must not inherit it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(autouse=True)
def _not_indexed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Indexing every page took a fifth of the suite; a test that searches asks for `indexed`."""
    if "indexed" in request.fixturenames:
        yield
        return
    monkeypatch.setitem(settings.MODELSEARCH_BACKENDS["default"], "AUTO_UPDATE", False)
    with disable_reference_index_auto_update():
        yield


@pytest.fixture
def indexed() -> None:
    """What is saved can be found by a search, and the places that use it are known."""


@pytest.fixture(autouse=True)
def _no_head_published() -> Iterator[None]:
    """The file of the last published head outlives a rollback; the next ledger is another."""
    yield
    for path in settings.SEAL_FILE.parent.glob(f"{settings.SEAL_FILE.name}*"):
        path.unlink()


@pytest.fixture(autouse=True)
def _ledger_makes_way(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """Tests on committed data end in a flush, which the ledger's triggers would refuse."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        empty_ledger()


def _grant(user: User, *names: str) -> User:
    for name in names:
        app, codename = name.split(".")
        permission = Permission.objects.get(content_type__app_label=app, codename=codename)
        user.user_permissions.add(permission)
    return user


@pytest.fixture
def resident(db: None) -> User:
    return UserFactory(email="resident@example.org", name="Анна")


@pytest.fixture
def neighbour(db: None) -> User:
    return UserFactory(email="neighbour@example.org", name="Борис")


@pytest.fixture
def moderator(db: None) -> User:
    user = UserFactory(email="moderator@example.org", name="Модератор")
    return _grant(user, "wagtailadmin.access_admin", "proposals.moderate_proposal")


@pytest.fixture
def colleague(db: None) -> User:
    """A second moderator."""
    user = UserFactory(email="moderator2@example.org", name="Коллега")
    return _grant(user, "wagtailadmin.access_admin", "proposals.moderate_proposal")


@pytest.fixture
def promoter(db: None) -> User:
    user = UserFactory(email="promoter@example.org", name="Связной")
    return _grant(
        user,
        "wagtailadmin.access_admin",
        "proposals.promote_proposal",
        "proposals.export_proposal",
    )


@pytest.fixture
def editor(db: None) -> User:
    user = UserFactory(email="editor@example.org", name="Редактор")
    return _grant(user, "wagtailadmin.access_admin")


@pytest.fixture
def registrar(db: None) -> User:
    user = UserFactory(email="registrar@example.org", name="Регистратор")
    return _grant(user, "wagtailadmin.access_admin", *DESK)


@pytest.fixture
def second_registrar(db: None) -> User:
    user = UserFactory(email="registrar2@example.org", name="Второй регистратор")
    return _grant(user, "wagtailadmin.access_admin", *DESK)


@pytest.fixture
def scrutineer(db: None) -> User:
    user = UserFactory(email="scrutineer@example.org", name="Наблюдатель")
    return _grant(user, "wagtailadmin.access_admin", "voting.guard_votes")


@pytest.fixture
def second_scrutineer(db: None) -> User:
    user = UserFactory(email="scrutineer2@example.org", name="Второй наблюдатель")
    return _grant(user, "wagtailadmin.access_admin", "voting.guard_votes")


@pytest.fixture
def importer(db: None) -> User:
    user = UserFactory(email="importer@example.org", name="Оператор")
    return _grant(user, "proposals.import_proposal")


@pytest.fixture
def stranger() -> Client:
    """Somebody who is not signed in."""
    return Client()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which the given person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def staff_of(client_of: Callable[[User], Client]) -> Callable[[User], Client]:
    """A browser in which the given person is signed in and the admin speaks English."""

    def sign_in(user: User) -> Client:
        client = client_of(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


@pytest.fixture
def home(db: None) -> HomePage:
    """The Russian home page, root of the default site; a migration makes it in each language."""
    return HomePage.objects.get(locale__language_code="ru")


@pytest.fixture
def call(home: HomePage) -> CallPage:
    """A call that takes proposals and support now."""
    return make_call()


@pytest.fixture
def proposal(call: CallPage) -> Proposal:
    """A published proposal that gathers support."""
    return ProposalFactory(call=call)


@pytest.fixture
def ballot(home: HomePage) -> Round:
    """An open approval round of three options without a limit."""
    return BallotFactory()
