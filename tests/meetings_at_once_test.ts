import assert from "node:assert/strict";
import type { MeetingCreated } from "@tafelrunde/protocol/http";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, type RestClient, signIn } from "./rest_client.ts";

const ROUNDS = 12;
const SERIES = {
  start: "2031-03-03T10:00",
  timeZone: "Europe/Berlin",
  durationMinutes: 60,
  recurrence: "FREQ=WEEKLY",
};

/** Ways in which a series ends during the other changes. */
const ENDS:
  readonly ((owner: RestClient, made: MeetingCreated) => readonly [method: string, path: string])[] = [
    (_owner, { id }) => ["DELETE", `/v1/meetings/${id}`],
    (_owner, { room }) => ["DELETE", `/v1/rooms/${room}`],
    () => ["DELETE", "/v1/account"],
  ];

testOnStores("[D14] simultaneous changes of a meeting are made one after another", async (opened, t) => {
  const env = {
    SMTP_URL: "smtp://127.0.0.1:9",
    MAIL_FROM: "meet@example.org",
    PUBLIC_URL: "http://meet.example",
  };
  await using one = await startTestEdge({ store: opened.store, env });
  await using other = await startTestEdge({ store: await opened.again(), env });
  const { db } = opened.store;
  const tenant = await makeTenant(db, "house");
  const sitDown = (name: string, { origin } = one) => signIn(db, origin, tenant, { name, role: "member" });
  const [ben, cem] = [await sitDown("Ben"), await sitDown("Cem", other)];

  /**
   * Makes all possible changes to a series, and `last` with them. Returns the responses to the two identical
   * splits.
   */
  const storm = async (owner: RestClient, made: MeetingCreated, last?: readonly [string, string]) => {
    const meeting = `/v1/meetings/${made.id}`;
    const answered = await Promise.all(([
      [owner, "PUT", `${meeting}/following/2031-03-17T10:00`, { title: "one" }],
      [owner, "PUT", `${meeting}/following/2031-03-17T10:00`, { title: "other" }],
      [owner, "PUT", `${meeting}/following/2031-03-24T10:00`, { title: "later" }],
      [owner, "DELETE", `${meeting}/following/2031-03-31T10:00`],
      [owner, "PUT", `${meeting}/exceptions/2031-03-24T10:00`, { isCancelled: true }],
      [owner, "PATCH", meeting, { title: "another" }],
      [owner, "POST", `${meeting}/invitations`, { people: [{ email: "neu@example.com" }] }],
      [ben, "PUT", `${meeting}/answer`, { answer: "accepted" }],
      [cem, "PUT", `${meeting}/answer`, { answer: "declined" }],
      ...last === undefined ? [] : [[owner, ...last] as const],
    ] as const).map(async ([person, method, path, body]) => {
      const response = await person.ask(method, path, body, { "if-match": "*" });
      const text = await response.text();
      assert.ok(response.status < 500, `${method} ${path}: ${response.status} ${text}`);
      return response.status;
    }));
    return answered.slice(0, 2);
  };
  const plan = (owner: RestClient) =>
    owner.get<MeetingCreated>("POST", "/v1/meetings?notify=false", {
      title: "Rat",
      time: SERIES,
      invite: [{ account: ben.account, role: "presenter" }, { account: cem.account }, {
        email: "gast@example.com",
      }],
    });

  await t.step("of two who split it at the same date, one succeeds", async () => {
    const owner = await sitDown("Anna");
    for (let round = 0; round < ROUNDS; round++) {
      assert.deepEqual((await storm(owner, await plan(owner))).sort(), [200, 404]);
    }
  });

  await t.step(
    "it ends meanwhile, with its room or its owner: nothing fails because of that, and nothing is left",
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const owner = await sitDown(`Anna ${round}`, round % 2 === 0 ? one : other);
        const made = await plan(owner);
        await storm(owner, made, ENDS[round % ENDS.length]!(owner, made));
        const left = db.selectFrom("meeting").select("id").where("id", "=", made.id);
        assert.deepEqual(await left.execute(), []);
      }
    },
  );
});
