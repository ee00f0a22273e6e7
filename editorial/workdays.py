"""Days on which people work. Public holidays are left out: partners of one hub have different ones."""

from datetime import date, timedelta

from django.conf import settings

ONE_DAY = timedelta(days=1)


def is_workday(day: date) -> bool:
    """Whether people work on this day of the week."""
    return day.weekday() not in settings.HUB_WEEKEND


def add_workdays(day: date, number: int) -> date:
    """The day that lies so many working days after a day, or with a negative number before it."""
    step = ONE_DAY if number > 0 else -ONE_DAY
    left = abs(number)
    while left:
        day += step
        left -= is_workday(day)
    return day


def first_of_week(day: date) -> date:
    """The latest first working day of a week, the day itself included."""
    for back in range(7):
        found = day - back * ONE_DAY
        if is_workday(found) and not is_workday(found - ONE_DAY):
            return found
    return day - timedelta(days=day.weekday())
