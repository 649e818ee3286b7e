"""Reads iCalendar from standard input with other implementations than Balie's, and prints what they see.

The structure is read by icalendar; the time zone by dateutil, from the VTIMEZONE of the text alone.
"""

import io
import json
import sys

from dateutil.tz import UTC, tzical
from icalendar import Calendar

raw = sys.stdin.buffer.read()
calendar = Calendar.from_ical(raw)
zones = calendar.walk("VTIMEZONE")
described = tzical(io.StringIO("".join(zone.to_ical().decode() for zone in zones)))


def text(event, name):
    return str(event[name]) if name in event else None


def instant(event, name):
    value = event[name]
    zone = value.params["TZID"]
    wall = value.dt.replace(tzinfo=described.get(zone))
    return wall.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seen(event):
    return {
        "uid": text(event, "UID"),
        "sequence": int(event["SEQUENCE"]),
        "status": text(event, "STATUS"),
        "summary": text(event, "SUMMARY"),
        "description": text(event, "DESCRIPTION"),
        "stamped": "DTSTAMP" in event,
        "people": "ATTENDEE" in event,
        "wall": event["DTSTART"].dt.strftime("%Y-%m-%dT%H:%M"),
        "start": instant(event, "DTSTART"),
        "end": instant(event, "DTEND"),
    }


lines = raw.split(b"\r\n")
print(json.dumps({
    "method": text(calendar, "METHOD"),
    "zones": [str(zone["TZID"]) for zone in zones],
    "longest": max(len(line) for line in lines),
    "crlf": raw.endswith(b"\r\n") and all(b"\n" not in line for line in lines),
    "events": [seen(event) for event in calendar.walk("VEVENT")],
}))
