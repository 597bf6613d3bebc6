"""What a user would write: read all events, print one line each."""
import json
import sys

for e in json.load(open(sys.argv[1]))["Events"]:
    print(e["Date"], e["SourceIdentifier"], e["Message"])
