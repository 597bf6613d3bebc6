"""What a user would write: outages of a probe log, with their length in seconds."""
import sys
from datetime import datetime

first = None
with open(sys.argv[1]) as log:
    for line in log:
        at = datetime.fromisoformat(line[:23])
        if "refused" in line or "starting up" in line:
            first = first or at
        elif first:
            print(first, at, (at - first).total_seconds())
            first = None
