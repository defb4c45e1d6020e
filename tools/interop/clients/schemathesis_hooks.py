"""Who asks, and which refusals of data that the description allows are no fault: each with its reason."""

import json
import os
import random
import re

import schemathesis

KEYS = os.environ["KEYS"].split()
SESSIONS = os.environ["SESSIONS"].split()

# Why data of the right shape can be refused: what JSON Schema cannot say, by the reason in the answer.
UNSAID = {
    "owner": "only an owner's room can be named",
    "account": "an API key has no account that the word `me` could mean",
    "taken": "somebody has it already",
    "past": "it was before now",
    "needed": "a series keeps a time; what is needed depends on what is there",
    "notAllowed": "who asks may not",
    "roomExists": "the id of a room that is there",
    "cursor": "cursors are made by the server",
    "timeZone": "which time zones there are is for the tz database of the server to say",
    "rule": "a part that comes twice, an end that is no day, a part that RFC 5545 has for another frequency",
    "count": "an end by COUNT and by UNTIL at once",
    "start": "a series has to begin with an occurrence of its rule",
    "rare": "a rule with no occurrence within reach",
    "invisible": "which characters of Unicode can be seen",
    "common": "passwords that everybody tries",
    "url": "where a URL leads",
    "reused": "an Idempotency-Key that another request had",
    "repeated": "a name that a form has twice",
    "otherPath": "a body that names another room than its path",
    "signIn.needed": "an Idempotency-Key is kept for somebody",
    "tenant.limit": "what the tenant may",
}

# Names in the body whose value is somebody or something that is not there.
NAMES = re.compile(r"(?:^|\.)(?:owner|room|account|group|tenant|members|people|invite)(?:\.\d+)?(?:\.account)?$")


def is_unsaid(field):
    if field["reason"] in ("unknown", "missing"):
        return bool(NAMES.search(field["name"]))
    return field["reason"] in UNSAID


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 422:
        return True
    fields = response.json().get("fields", [])
    return not fields or not all(is_unsaid(field) for field in fields)


def security_of(operation):
    requirements = operation.definition.raw.get("security", [])
    return {name for requirement in requirements for name in requirement}


@schemathesis.auth()
class Callers:
    def get(self, case, context):
        asked = security_of(context.operation)
        if "key" in asked:
            return "Authorization", f"Bearer {random.choice(KEYS)}"
        if "session" in asked:
            return "Cookie", f"tafelrunde-session={random.choice(SESSIONS)}"
        return None

    def set(self, case, data, context):
        if data is not None:
            case.headers[data[0]] = data[1]
