"""Makes, lists, changes and deletes with a client by openapi-python-client."""

import datetime
import os

from tafelrunde_client import AuthenticatedClient
from tafelrunde_client.api.meetings import (
    meetings_change,
    meetings_create,
    meetings_delete,
    meetings_list,
    meetings_read,
)
from tafelrunde_client.models import ChangeMeeting, CreateMeeting, Meeting, MeetingCreated, MeetingPage
from tafelrunde_client.models import MeetingTimeChange, MeetingTimeInput

client = AuthenticatedClient(base_url=os.environ["ORIGIN"], token=os.environ["KEY"])
made = meetings_create.sync(
    client=client,
    notify=False,
    body=CreateMeeting(
        title="Choir",
        owner=os.environ["OWNER"],
        time=MeetingTimeInput(start="2031-03-03T10:00", time_zone="Europe/Berlin", duration_minutes=90),
    ),
)
assert isinstance(made, MeetingCreated), made
assert isinstance(made.created_at, datetime.datetime), made.created_at
page = meetings_list.sync(client=client, limit=5)
assert isinstance(page, MeetingPage) and page.items[0].id == made.id, page
changed = meetings_change.sync(
    made.id,
    client=client,
    notify=False,
    if_match="*",
    body=ChangeMeeting(title="Band", time=MeetingTimeChange(duration_minutes=45)),
)
assert isinstance(changed, Meeting) and changed.title == "Band", changed
assert changed.time.duration_minutes == 45 and changed.time.time_zone == "Europe/Berlin", changed
removed = meetings_delete.sync_detailed(made.id, client=client, notify=False, if_match="*")
assert removed.status_code == 204, removed
gone = meetings_read.sync_detailed(made.id, client=client)
assert gone.status_code == 404 and str(gone.parsed.code.value) == "meeting.unknown", gone
print("created listed changed deleted")
