"""Running the jobs that a test has caused."""

from content.jobs import registry, runner
from content.models import Job


def drain(queues=registry.QUEUES, most=10_000):
    """Run all due jobs, those that they write included; return how many ran."""
    for number in range(most):
        if not runner.run_next(queues):
            return number
    raise AssertionError(f"more than {most} jobs: does one write itself again?")


def waiting(kind=None):
    """Jobs that have not run yet."""
    jobs = Job.objects.filter(state=Job.State.WAITING).order_by("pk")
    return list(jobs.filter(kind=kind) if kind else jobs)
