"""`python -m tieout.cli.server.leash PIPE MODULE …`: a module, ended when who started it is gone.

The supervisor holds the other end of the pipe and writes nothing. However it ends, kill -9
included, the kernel closes that end: what is led here then takes leave as if told to.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 10


def watch(pipe: int) -> None:
    """End this process once nobody holds the pipe's other end."""
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=watch, args=[int(sys.argv[1])], daemon=True).start()
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
