"""The database backend that the settings name; Django looks for `DatabaseWrapper` here."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, but a connection is looked at before a request without asking the server."""

    def is_usable(self) -> bool:
        """Whether the server still holds the line.

        Nobody has asked anything, so a server with something to say has hung up: it was restarted
        or threw us out. Django would send it a question, on a page of three queries the fourth.
        """
        if self.connection is None or self.connection.closed:
            return False
        line = select.poll()
        line.register(self.connection.fileno(), select.POLLIN)
        return not line.poll(0)
