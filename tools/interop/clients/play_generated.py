"""Makes, lists, changes and deletes with a client by openapi-generator, `python`."""

import datetime
import os

import tafelrunde
from tafelrunde.exceptions import NotFoundException
from tafelrunde.models import ChangeMeeting, CreateMeeting, MeetingTimeChange, MeetingTimeInput

configuration = tafelrunde.Configuration(host=os.environ["ORIGIN"], access_token=os.environ["KEY"])
with tafelrunde.ApiClient(configuration) as client:
    meetings = tafelrunde.MeetingsApi(client)
    made = meetings.meetings_create(
        CreateMeeting(
            title="Choir",
            owner=os.environ["OWNER"],
            time=MeetingTimeInput(start="2031-03-03T10:00", time_zone="Europe/Berlin", duration_minutes=90),
        ),
        notify=False,
    )
    assert isinstance(made.created_at, datetime.datetime), made
    page = meetings.meetings_list(limit=5)
    assert page.items[0].id == made.id, page
    changed = meetings.meetings_change(
        made.id,
        "*",
        notify=False,
        change_meeting=ChangeMeeting(title="Band", time=MeetingTimeChange(duration_minutes=45)),
    )
    assert changed.title == "Band", changed
    assert changed.time.duration_minutes == 45 and changed.time.time_zone == "Europe/Berlin", changed
    meetings.meetings_delete(made.id, "*", notify=False)
    try:
        raise AssertionError(meetings.meetings_read(made.id))
    except NotFoundException as problem:
        assert problem.data.code == "meeting.unknown", problem
print("created listed changed deleted")
