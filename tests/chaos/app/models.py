"""Effects of jobs: a row for each time that one happened. No migrations: ``--run-syncdb``."""

from django.db import models


class Effect(models.Model):
    number = models.BigIntegerField()

    def __str__(self):
        return str(self.number)
