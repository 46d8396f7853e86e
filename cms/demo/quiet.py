"""Background work while the demo is made: done at once, except for mail, which nobody would get."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.tasks import DEFAULT_TASK_BACKEND_ALIAS as DEFAULT
from django.tasks import task_backends
from django.tasks.backends.dummy import DummyBackend
from django.tasks.backends.immediate import ImmediateBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.tasks import TaskResult


@contextmanager
def nothing_mailed() -> Iterator[None]:
    """Drop the mail that is queued inside, and do the rest at the end, equal jobs once.

    Whatever queue the site has otherwise: a worker that fills the search index tomorrow would
    leave the demo without results today.
    """
    real, queue = task_backends[DEFAULT], DummyBackend(DEFAULT, {})
    task_backends[DEFAULT] = queue
    try:
        yield
    finally:
        task_backends[DEFAULT] = real
    _do([job for job in queue.results if not _is_mail(job)])


def _is_mail(job: TaskResult) -> bool:
    """Mail is sent by modules whose name ends in `notifications` and by nothing else."""
    return job.task.func.__module__.endswith("notifications")


def _do(jobs: list[TaskResult]) -> None:
    # A page is saved five times on its way to being published; one look at it is enough.
    distinct = {(job.task.module_path, repr(job.args), repr(job.kwargs)): job for job in jobs}
    backend, logger = ImmediateBackend(DEFAULT, {}), logging.getLogger("django.tasks")
    level = logger.level
    logger.setLevel(logging.WARNING)  # Thousands of lines would drown the progress bar.
    try:
        for job in distinct.values():
            backend.enqueue(job.task, job.args, job.kwargs)
    finally:
        logger.setLevel(level)
