import answers from "./answer_examples.json" with { type: "json" };

const ROOM = "k7wq-3fzp-axmd";
const ACCOUNT = "mfzq2k7wxa3dpl5n";
const SECRET = "q0Xh2vT9sUe7bKp4Zc1LrA";
const ONE_TIME_SECRET = "u3Jw9eYp5Rk1Qm7Xc0Lb8Vt2Hs6Nf4Gd-ZaKo3Pi1Ew";
const CREDENTIAL = { id: "3q2-7w", rawId: "3q2-7w", type: "public-key" };

/**
 * Examples in the description, by the name of a schema. tests/api_examples_test.ts sends each of them to the
 * operations that take it; their ids and secrets are placeholders.
 */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  // Values.
  AccountId: ACCOUNT,
  ApiKeyId: "b5xq7kz2nwm4cfta",
  GroupId: "t4mz6qkx2bwn7cpa",
  InvitationId: "x2kw7nq5mzb3tfca",
  LinkId: "n7cq2mz5xkwb4fta",
  LinkRole: "presenter",
  LinkSecret: SECRET,
  LocalTime: "2030-04-01T10:00",
  MailSecret: `${"0123456789abcdef".repeat(4)}${ACCOUNT}`,
  MeetingId: "c4mz7kwq2xbn5tfa",
  MeetingList: "soon",
  MeetingsOf: "me",
  NodeId: "fra-1",
  Notify: false,
  PageLimit: 50,
  PasskeyId: "3q2-7w",
  PersonSearch: "anna",
  ProviderId: "school",
  Recurrence: "FREQ=WEEKLY;BYDAY=MO",
  ReturnTo: "/meetings",
  RoomId: ROOM,
  RoomList: "own",
  SessionId: "w2kq7nz5mxb3tfca",
  TenantId: "z7mk2qwx4bn5cfta",
  OneTimeLinkSecret: ONE_TIME_SECRET,
  Time: "2030-03-25T09:00:00.000Z",
  TimeZone: "Europe/Berlin",
  // Bodies.
  AddPasskey: {
    name: "Telephone",
    credential: {
      ...CREDENTIAL,
      clientExtensionResults: {},
      response: {
        clientDataJSON: "eyJ0eXBlIjoi",
        attestationObject: "o2NmbXRkbm9u",
        transports: ["internal"],
      },
    },
  },
  AnswerBySecret: { secret: SECRET, answer: "accepted" },
  BackChannelLogout: { logout_token: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln" },
  ChangeAccount: { name: "Anna Berg", language: "de", timeZone: "Europe/Berlin" },
  ChangeFollowing: { title: "Choir, new time", start: "2030-04-01T11:00", durationMinutes: 60 },
  ChangeGroup: { name: "Basses" },
  ChangeInvitation: { role: "presenter" },
  ChangeMeeting: { title: "Choir practice", time: { durationMinutes: 60 } },
  ChangeOccurrence: { start: "2030-04-01T12:00", title: "Choir, later" },
  ChangePerson: { name: "Cem Aydin", isDisabled: true },
  ChangeRoom: { name: "Music room", settings: { waitingRoom: "guests", chat: null } },
  ChangeTenant: {
    name: "Lindenschule",
    branding: { accent: "#1f5e4a", imprintUrl: "https://example.org/imprint" },
  },
  CreateGroup: { name: "Altos" },
  CreateKey: {
    name: "Timetable",
    scopes: ["rooms:read", "meetings:write"],
    expiresAt: "2031-01-01T00:00:00Z",
  },
  CreateLink: { role: "guest", label: "For the press", expiresAt: "2031-01-01T00:00:00Z", maxUses: 20 },
  CreateMeeting: {
    title: "Choir",
    description: "Bring the scores.",
    time: {
      start: "2030-03-25T10:00",
      timeZone: "Europe/Berlin",
      durationMinutes: 90,
      recurrence: "FREQ=WEEKLY;BYDAY=MO;COUNT=10",
    },
  },
  CreateRoom: { name: "Room 12", settings: { waitingRoom: "guests" } },
  CreateTenant: { slug: "linden", name: "Lindenschule", quota: { maxRooms: 500 } },
  DrainNode: { withinS: 600 },
  ForgottenPassword: { email: "anna@example.org" },
  GiveAnswer: { answer: "tentative" },
  Hello: { version: 3, room: ROOM, link: SECRET, tab: "5f0d2c1e-tab", peer: "none" },
  Invite: { people: [{ email: "cem@example.org", name: "Cem", role: null }] },
  InvitePerson: { name: "Cem", email: "cem@example.org", role: "member", language: "de" },
  MailWish: { secret: `${"0123456789abcdef".repeat(4)}${ACCOUNT}`, stop: "tenant" },
  OperateTenant: { name: "Lindenschule", quota: { maxRooms: 100, maxMinutes: null } },
  PasskeySignIn: {
    credential: {
      ...CREDENTIAL,
      clientExtensionResults: {},
      response: { clientDataJSON: "eyJ0eXBlIjoi", authenticatorData: "SZYN5YgOjGh0", signature: "MEUCIQDx" },
    },
  },
  PasswordSignIn: { email: "anna@example.org", password: "seven green umbrellas" },
  ReadOneTimeLink: { secret: ONE_TIME_SECRET },
  RecoverySignIn: { email: "anna@example.org", code: "k7wq-3fzp-axmd-b5xq" },
  RegisterNode: { nodeId: "fra-1", controlUrl: "wss://fra-1.example.org:4443", proof: ONE_TIME_SECRET },
  RenamePasskey: { name: "Laptop" },
  SetResidency: { regions: ["fra"], jurisdictions: ["de"] },
  SetEmail: { email: "anna.berg@example.org" },
  SetMember: { role: "moderator" },
  SetPassword: { password: "seven green umbrellas" },
  SetRoomPassword: { password: "open sesame" },
  UseOneTimeLink: { secret: ONE_TIME_SECRET, password: "seven green umbrellas" },
};

/** An example of the schema that protocol/ exports by this name; undefined: there is none. */
export function exampleOf(name: string): unknown {
  return EXAMPLES[name];
}

const ANSWERS: Readonly<Record<string, unknown>> = {
  ...answers,
  ApiDescription: { openapi: "3.1.1" },
  PasskeyAdded: { id: "3q2-7w" },
};

/** An example of a response with the schema that protocol/ exports by this name; undefined: there is none. */
export function answerOf(name: string): unknown {
  return ANSWERS[name];
}
