"""Reads iCalendar from standard input with other implementations than Balie's, and prints what they see.

The structure is read by icalendar; the time zone by dateutil, from the VTIMEZONE of the text alone.
"""

import io
import json
import sys

from dateutil.tz import UTC, gettz, tzical
from icalendar import Calendar

raw = sys.stdin.buffer.read()
calendar = Calendar.from_ical(raw)
zones = calendar.walk("VTIMEZONE")
described = tzical(io.StringIO("".join(zone.to_ical().decode() for zone in zones))) if zones else None


def text(event, name):
    return str(event[name]) if name in event else None


def instant(event, name):
    value = event[name]
    if "TZID" not in value.params:
        at = value.dt
    else:
        zone = value.params["TZID"]
        at = value.dt.replace(tzinfo=described.get(zone) if described else gettz(zone))
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seen(event):
    return {
        "uid": text(event, "UID"),
        "sequence": int(event.get("SEQUENCE", 0)),
        "status": text(event, "STATUS"),
        "summary": text(event, "SUMMARY"),
        "description": text(event, "DESCRIPTION"),
        "stamped": "DTSTAMP" in event,
        "people": "ATTENDEE" in event,
        "wall": event["DTSTART"].dt.strftime("%Y-%m-%dT%H:%M"),
        "start": instant(event, "DTSTART"),
        "end": instant(event, "DTEND") if "DTEND" in event else None,
    }


lines = raw.split(b"\r\n")
print(json.dumps({
    "method": text(calendar, "METHOD"),
    "zones": [str(zone["TZID"]) for zone in zones],
    "longest": max(len(line) for line in lines),
    "crlf": raw.endswith(b"\r\n") and all(b"\n" not in line for line in lines),
    "events": [seen(event) for event in calendar.walk("VEVENT")],
}))
