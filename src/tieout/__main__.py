"""`python -m tieout`: the command line."""

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
