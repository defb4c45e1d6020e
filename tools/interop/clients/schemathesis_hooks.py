"""Credentials and objects for requests, and the accepted refusals of data that the description allows, with reasons."""

import atexit
import collections
import json
import os
import re
import urllib.request

import schemathesis
from hypothesis import strategies
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

schemathesis.openapi.format(
    "idn-hostname",
    strategies.from_regex(r"[a-z][a-z0-9]{0,20}(-[a-z0-9]{1,10})?(\.[a-z]{2,8}){1,3}", fullmatch=True)
    | strategies.sampled_from(["müller.example", "例え.example", "treffen.example.org."]),
)

# Why data of the right shape can be refused: rules that JSON Schema cannot express, by the reason in the response.
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

# The same, for a parameter that another one invalidates.
UNSAID_OF = {
    ("query", "to", "tooLarge"): "how far a span goes depends on where it begins",
    ("query", "list", "choice"): "a tenant has no favourites: they are a person's own",
}

# Names in the body whose value refers to something that does not exist.
NAMES = re.compile(r"(?:^|\.)(?:owner|room|account|group|tenant|members|people|invite)(?:\.\d+)?(?:\.account)?$")


def is_unsaid(field):
    if field["reason"] in ("unknown", "missing"):
        return bool(NAMES.search(field["name"]))
    return field["reason"] in UNSAID or (field["in"], field["name"], field["reason"]) in UNSAID_OF


# The same, for refusals that name no field.
UNSAID_CODES = {"passkey.wrong": "an authenticator signs what it was asked just before"}


# Paths of operations that also serve browsers a page, which is not part of the API.
PAGES = {"/v1/mails/stop/{token}": "for people who open the address of List-Unsubscribe themselves"}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if type(failure).__name__ in ("UnsupportedMethodResponse", "AllowHeaderMismatch"):
        return case.operation.path not in PAGES
    if type(failure).__name__ == "IgnoredAuth" and "link" in security_of(case.operation):
        # Without a valid link, a room responds as if it did not exist, so that clients cannot probe for rooms.
        return "404" not in failure.message
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 422:
        return True
    problem = response.json()
    if problem["code"] in UNSAID_CODES:
        return False
    fields = problem.get("fields", [])
    return not fields or not all(is_unsaid(field) for field in fields)


class Stage:
    """Credentials, and objects that requests refer to. Renewed once used up."""

    def __init__(self):
        self.count = 0
        self.renew()

    def renew(self):
        with urllib.request.urlopen(os.environ["STAGES"]) as response:
            made = json.load(response)
        self.key, self.session, self.stands = made["key"], made["session"], made["stands"]
        self.used = 0
        self.is_asked_for = False
        self.count += 1
        self.address = f"10.0.{self.count // 250}.{self.count % 250 + 1}"

    def placed(self, value):
        """A value of an example, with real ids and secrets in place of the example's."""
        if isinstance(value, dict):
            return {name: self.placed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.placed(one) for one in value]
        return self.stands.get(value, value) if isinstance(value, str) else value


STAGE = Stage()

# The room link of the examples.
LINK = "q0Xh2vT9sUe7bKp4Zc1LrA"

# Requests after which the stage is renewed: some of its objects are deleted, and rate limits count per caller.
RENEWED_AFTER = 50


def security_of(operation):
    requirements = operation.definition.raw.get("security", [])
    return {name for requirement in requirements for name in requirement}


# Not cached: the credentials depend on the operation and on the stage.
@schemathesis.auth(refresh_interval=None)
class Callers:
    def get(self, case, context):
        asked = security_of(context.operation)
        if "key" in asked and ("session" not in asked or STAGE.used // 2 % 2 == 0):
            return "Authorization", f"Bearer {STAGE.key}"
        if "session" in asked:
            return "Cookie", f"tafelrunde-session={STAGE.session}"
        if "link" in asked:
            return "Authorization", f"Bearer {STAGE.stands[LINK]}"
        return None

    def set(self, case, data, context):
        if data is not None:
            case.headers[data[0]] = data[1]


def is_negative(case, location):
    component = case.meta.components.get(location) if case.meta else None
    return component is not None and component.mode == GenerationMode.NEGATIVE


# All strings in responses of the stateful phase.
SEEN = set()


def look(value):
    if isinstance(value, dict):
        for one in value.values():
            look(one)
    elif isinstance(value, list):
        for one in value:
            look(one)
    elif isinstance(value, str):
        SEEN.add(value)


def is_placed(case, phase):
    """Whether a request must refer to existing objects.

    Every example does, and every second generated request. In the stateful phase, requests do whose parameters came
    from no response.
    """
    if is_negative(case, ParameterLocation.PATH) or not case.path_parameters:
        return False
    if phase == "stateful":
        return not any(value in SEEN for value in case.path_parameters.values())
    return phase == "examples" or STAGE.used % 2 == 0


@schemathesis.hook
def before_call(context, case, kwargs):
    phase = case.meta.phase.name.value if case.meta else ""
    STAGE.used += 1
    STAGE.is_asked_for = phase != "" and is_placed(case, phase)
    case.headers["X-Forwarded-For"] = STAGE.address
    if STAGE.is_asked_for:
        for parameter in case.operation.definition.raw.get("parameters", []):
            if parameter["in"] == "path":
                case.path_parameters[parameter["name"]] = STAGE.placed(parameter["example"])
    if "If-Match" in case.headers and phase != "coverage" and not is_negative(case, ParameterLocation.HEADER):
        if STAGE.used % 4 != 0:
            case.headers["If-Match"] = "*"
    if phase == "stateful" and "Idempotency-Key" in case.headers:
        # Repeating a key of an earlier sequence returns its response again, even for objects deleted since.
        if not is_negative(case, ParameterLocation.HEADER):
            case.headers["Idempotency-Key"] = f"{STAGE.address}/{STAGE.used}"
    if phase == "examples" and isinstance(case.body, (dict, list)):
        case.body = STAGE.placed(case.body)


COUNTS = collections.defaultdict(collections.Counter)


@schemathesis.hook
def after_call(context, case, response):
    COUNTS[case.operation.label][response.status_code] += 1
    is_stateful = case.meta is not None and case.meta.phase.name.value == "stateful"
    if is_stateful and response.headers.get("Content-Type") == "application/json":
        look(response.json())
    is_gone = is_stateful and STAGE.is_asked_for and response.status_code == 404
    is_out = response.status_code == 401 and STAGE.session in case.headers.get("Cookie", "")
    if response.status_code == 429 or is_out or is_gone or not is_stateful and STAGE.used >= RENEWED_AFTER:
        STAGE.renew()


@atexit.register
def write_counts():
    with open(os.environ["COUNTS"], "w") as file:
        json.dump(COUNTS, file)
