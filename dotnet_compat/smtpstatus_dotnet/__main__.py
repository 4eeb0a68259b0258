"""The entry point of the command: `smtpstatus`, or `python -m smtpstatus_dotnet`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command. Signals come first: Ctrl-C may interrupt the imports of the command."""
    from smtpstatus_dotnet.leftovers import end_on_signals

    end_on_signals()
    from smtpstatus_dotnet import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
