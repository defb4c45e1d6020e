"""Expands calendars with icalendar and recurring-ical-events (on dateutil).

Reads JSON lines {"ics": text, "from": ms, "until": ms}; writes for each a JSON line [[start ms, minutes], ...]
of the events that begin in between.
"""
import datetime
import json
import sys

import icalendar
import recurring_ical_events

UTC = datetime.timezone.utc


def instant(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, UTC)


for line in sys.stdin:
    asked = json.loads(line)
    calendar = icalendar.Calendar.from_ical(asked["ics"])
    begin, end = instant(asked["from"]), instant(asked["until"])
    found = []
    for event in recurring_ical_events.of(calendar).between(begin, end):
        start = event.start.astimezone(UTC)
        minutes = (event.end.astimezone(UTC) - start).total_seconds() / 60
        found.append([round(start.timestamp() * 1000), round(minutes)])
    print(json.dumps(sorted(one for one in found if asked["from"] <= one[0] < asked["until"])), flush=True)
