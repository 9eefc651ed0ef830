"""`python -m tieout`: the command line."""

import os
import signal
import sys

if __name__ == "__main__":
    # Whoever starts us may ignore how children end: then every program seems to end well.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        from tieout.cli import main
        from tieout.config.wired import Wired

        main(Wired())
    except KeyboardInterrupt:  # while the program was still being loaded
        sys.exit(130)
    except SystemExit as ended:
        # A large match leaves a gigabyte and a compiler. Python would take them down piece by
        # piece, a third of a second; the system does it at once. All is written and closed by now.
        if sys.argv[1:2] == ["match"] and isinstance(ended.code, int):
            sys.stderr.flush()
            os._exit(ended.code)
        raise
