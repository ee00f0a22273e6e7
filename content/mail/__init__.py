"""Mails: written with the change that causes them, sent by a job, emptied once they are sent."""
