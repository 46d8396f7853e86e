"""Who votes in the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voting.pseudonyms import make_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User


@pytest.fixture
def voter(neighbour: User, client_of: Callable[[User], Client]) -> Client:
    """The neighbour's browser, signed in, with a key to vote by."""
    make_key(neighbour)
    return client_of(neighbour)
