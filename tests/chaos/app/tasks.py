"""Jobs that leave a trace, fail, or kill who runs them."""

import os
import signal
import time
from datetime import timedelta

from content.jobs.registry import handler
from tests.chaos.app.models import Effect

# Short, so that what a killed runner held is taken over while the test still looks.
LEASE = timedelta(seconds=4)


@handler("chaos.effect", lease=LEASE)
def effect(*, number):
    Effect.objects.create(number=number)
    time.sleep(float(os.environ.get("CHAOS_JOB_SECONDS", "0")))


@handler("chaos.poison", lease=LEASE)
def poison():
    Effect.objects.create(number=-1)
    raise ValueError("this job can never succeed")


@handler("chaos.killer", lease=LEASE)
def killer():
    os.kill(os.getpid(), signal.SIGKILL)
