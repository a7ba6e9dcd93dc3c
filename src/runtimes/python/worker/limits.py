"""What this process may not do, and that it ends with the server."""

import os
import resource
import signal

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
OPEN_FILES = 4096


def apply(parent):
    """Bounds this process; `parent` is the server's process id."""
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    die_with(parent)


def lower(which, value):
    _, hard = resource.getrlimit(which)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (bound, bound))


def die_with(parent):
    """Linux only; elsewhere the end of the connection ends this process once its call is over."""
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return
    # The server may have died before it was asked for.
    if os.getppid() != parent:
        os._exit(1)
