#!/usr/bin/env python
"""Django's command line; development settings unless the environment says otherwise."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # The sentence names the setting; thirty lines of traceback above it would hide it.
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
