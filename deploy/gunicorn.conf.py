"""The application server: how many workers, and what happens when one is stuck or grows."""

import gc
import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"

# Two threads, so that one computes while the other waits for the database: with four they mostly
# waited for each other, and votes took a fifth longer. WEB_CONCURRENCY sets the workers.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 2
# A socket for each worker: from a shared one the kernel wakes the last to sleep, and with few
# connections one worker did all the work.
reuse_port = True

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


def when_ready(server: object) -> None:
    """Leave what all workers share to no collector: touching it would copy it for each of them."""
    gc.collect()
    gc.freeze()


def post_fork(server: object, worker: object) -> None:
    """Look for rubbish less often: a page makes thousands of objects and no cycles that matter."""
    gc.set_threshold(20_000, 20, 20)
