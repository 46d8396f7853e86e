"""The application server: how many workers, and what happens when one is stuck or grows."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"

# Threads, because a request mostly waits for the database; WEB_CONCURRENCY sets the workers.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4

# Loaded once and shared by the workers: less memory, and a wrong setting stops the start.
preload_app = True
# Slow visitors are nginx's to wait for; what takes longer here than this is stuck.
timeout = 30
graceful_timeout = 30
keepalive = 5
# A leak anywhere stays small; the jitter keeps workers from restarting together.
max_requests = 5000
max_requests_jitter = 500
# On a disk under load the heartbeat file could block and a healthy worker be killed.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 - memory, not a shared file

# Nobody manages it from inside its container, where the socket could not be written either.
control_socket_disable = True

# No access log: it would be a list of who read what. nginx counts without addresses.
accesslog = None
errorlog = "-"
