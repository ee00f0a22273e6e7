"""gunicorn for the bare view: as for the hub, without the hub's settings."""

preload_app = True
worker_class = "gthread"
threads = 2
keepalive = 5
control_socket_disable = True
