"""When the owner of a commitment is reminded, and who is told besides. Pure, no Django.

Before the day only who is in charge; from the first day after it the head of the body and staff
too, and again each month.
"""

from __future__ import annotations

# Days left at which somebody is reminded; the last one repeats every `EVERY` days.
STEPS = (14, 3, 0, -1, -14)
EVERY = 30


def step_reached(days_left: int) -> int | None:
    """The newest step that has come; None while it is too early for the first.

    One that was missed, since the timer stood still, is not made up for: the newest is enough.

    >>> step_reached(15) is None, step_reached(14), step_reached(4), step_reached(0)
    (True, 14, 14, 0)
    >>> step_reached(-1), step_reached(-20), step_reached(-44), step_reached(-80)
    (-1, -14, -44, -74)
    """
    reached = [step for step in STEPS if days_left <= step]
    if not reached:
        return None
    beyond = STEPS[-1] - days_left
    return STEPS[-1] - beyond // EVERY * EVERY if beyond >= 0 else reached[-1]


def is_escalated(step: int) -> bool:
    """Whether staff and the head of the body hear of it too: only once the day has passed.

    >>> is_escalated(0), is_escalated(-1)
    (False, True)
    """
    return step < 0
