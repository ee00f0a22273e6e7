"""How the installation is: checks with stable names, for monitoring and for hub admins.

``probes`` asks servers, ``checks`` judges, ``hub.health`` answers machines, ``views`` people.
"""
