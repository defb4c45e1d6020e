import assert from "node:assert/strict";
import { makeKeyedHash } from "../keyed_hash.ts";
import { Limits } from "../limits.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { OutboxSender } from "../outbox/sender.ts";
import type { Db } from "../store/schema.ts";
import { addToOutbox } from "../store/outbox.ts";
import { DEFAULT_TENANT } from "../store/tenant.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { addMail, type Mail, queueMail, type WrittenMail } from "./mail.ts";
import { CLAIM_MS, GIVE_UP_MS, makeMailKind } from "./kind.ts";
import { makeSmtpPost } from "./smtp.ts";
import { type SmtpSink, startSmtpSink } from "./smtp_sink_for_tests.ts";
import { freeTcpPort } from "../../tools/ports.ts";

const AT = Date.parse("2026-03-23T07:00:00Z");

const mailTo = (address: string, inviterName = "Anna"): Mail => ({
  tenantId: DEFAULT_TENANT,
  to: { name: "Ben", address },
  language: "de",
  content: {
    kind: "account.invited",
    tenantName: "Rathaus",
    inviterName,
    url: "https://meet.example.org/invite#secret",
    expiresAt: AT,
  },
});

/** A sender of one edge, and its log. */
function startSender(
  db: Db,
  sink: Pick<SmtpSink, "url">,
  now: () => number,
  given: Partial<Pick<Limits, "draw">> = {},
) {
  const lines: string[] = [];
  const log = makeLog((line) => lines.push(line));
  const metrics = makeMetrics();
  const keyedHash = makeKeyedHash("a key for tests of mails and nothing else");
  const limits = Object.assign(new Limits({ db, metrics, keyedHash, now }), given);
  const post = makeSmtpPost({
    url: sink.url,
    from: "Tafelrunde <meet@example.org>",
    publicUrl: "https://meet.example.org",
  });
  const sender = new OutboxSender(
    { db, log, metrics, now },
    [makeMailKind({ db, limits, keyedHash }, post)],
    { lookMs: 20, graceMs: 50 },
  );
  sender.start();
  return { lines, [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose]() };
}

/** Resolves when the queue satisfies `isSo`. */
async function waitForQueue(
  db: Db,
  isSo: (rows: { due_at: Date; tries: number }[]) => boolean,
): Promise<void> {
  while (
    !isSo(await db.selectFrom("outbox").select(["due_at", "tries"]).where("failed_at", "is", null).execute())
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isEmpty = (rows: readonly unknown[]) => rows.length === 0;

testOnStores("[B1] a mail is sent if and when its transaction commits", async ({ store: { db } }) => {
  await using sink = await startSmtpSink();
  await using _sender = startSender(db, sink, () => AT);
  await assert.rejects(
    db.transaction().execute(async (trx) => {
      await queueMail(trx, mailTo("never@example.org"), AT);
      throw new Error("not after all");
    }),
  );
  await queueMail(db, mailTo("ben@example.org"), AT);
  await sink.waitFor(1);
  await waitForQueue(db, isEmpty);
  assert.deepEqual(sink.taken.map(({ to }) => to), [["ben@example.org"]]);
  const { email } = sink.taken[0]!;
  assert.deepEqual(email.from, { name: "Tafelrunde", address: "meet@example.org" });
  assert.equal(email.subject, "Ihr Konto bei Rathaus");
  assert.match(email.text!, /Anna hat für Sie ein Konto.*\n\nKonto einrichten:\nhttps:\/\/meet/s);
  assert.match(email.html!, /<a href="https:\/\/meet\.example\.org\/invite#secret"/);
  assert.match(email.messageId!, /^<[a-z2-7]{16}@example\.org>$/);
});

testOnStores("[B2] of two edges one sends each mail", async ({ store, again }) => {
  await using sink = await startSmtpSink();
  const other = await again();
  for (let n = 0; n < 30; n++) await queueMail(store.db, mailTo(`n${n}@example.org`), AT);
  await using _one = startSender(store.db, sink, () => AT);
  await using _two = startSender(other.db, sink, () => AT);
  await waitForQueue(store.db, isEmpty);
  assert.equal(sink.taken.length, 30);
  assert.equal(new Set(sink.taken.map(({ to }) => to[0])).size, 30);
});

testOnStores(
  "[B3] a server that is down, or defers, gets the mail later",
  async ({ store: { db } }, t) => {
    let now = AT;
    // A port that nothing else takes while the server is down.
    const sink = await startSmtpSink(freeTcpPort());
    const { port } = sink;
    await using sender = startSender(db, sink, () => now);

    await t.step("busy: after a minute, then two", async () => {
      sink.mood = "busy";
      await queueMail(db, mailTo("ben@example.org"), now);
      await waitForQueue(db, ([mail]) => mail?.due_at.getTime() === AT + 60_000);
      now = AT + 60_000;
      await waitForQueue(db, ([mail]) => mail?.due_at.getTime() === now + 120_000);
    });
    await t.step("dying in the middle of the text", async () => {
      sink.mood = "dying";
      now += 120_000;
      await waitForQueue(db, ([mail]) => mail?.due_at.getTime() === now + 240_000);
      assert.equal(sink.taken.length, 0);
    });
    await t.step("gone, then back: one mail arrives", async () => {
      await sink[Symbol.asyncDispose]();
      now += 240_000;
      await waitForQueue(db, ([mail]) => mail?.due_at.getTime() === now + 480_000);
      await using back = await startSmtpSink(port);
      now += 480_000;
      await back.waitFor(1);
      await waitForQueue(db, isEmpty);
      assert.equal(back.taken.length, 1);
    });
    assert.ok(sender.lines.some((line) => line.includes("outbox.deferred")));
    assert.ok(!sender.lines.some((line) => line.includes("example.org")), "no addresses in the log");
  },
);

testOnStores(
  "[B3] a mail refused permanently, or for a day, is given up, and the log says so",
  async ({ store: { db } }) => {
    let now = AT;
    await using sink = await startSmtpSink();
    await using sender = startSender(db, sink, () => now);
    sink.mood = "strict";
    await queueMail(db, mailTo("ben@example.org"), now);
    await waitForQueue(db, isEmpty);
    assert.equal(sink.attempts, 1);
    assert.match(
      sender.lines.at(-1)!,
      /"outbox\.givenUp","kind":"mail","variant":"account\.invited","tries":1,"reason":"550/,
    );
    sink.mood = "busy";
    await queueMail(db, mailTo("carla@example.org"), now);
    await sink.waitForAttempts(2);
    await waitForQueue(db, ([mail]) => mail?.due_at.getTime() === now + 60_000);
    now += GIVE_UP_MS;
    await waitForQueue(db, isEmpty);
    assert.match(sender.lines.at(-1)!, /"outbox\.givenUp".*"tries":2,"reason":"450/);
    assert.ok(!sender.lines.some((line) => line.includes("example.org")), "no addresses in the log");
  },
);

testOnStores(
  "[B2] a server that accepts a mail and dies before it says so gets the same mail twice",
  async ({ store: { db } }) => {
    let now = AT;
    await using sink = await startSmtpSink();
    await using _sender = startSender(db, sink, () => now);
    sink.mood = "forgetful";
    await queueMail(db, mailTo("ben@example.org"), now);
    await waitForQueue(db, ([mail]) => mail?.due_at.getTime() === now + 60_000);
    sink.mood = "well";
    now += 60_000;
    await sink.waitFor(2);
    await waitForQueue(db, isEmpty);
    assert.equal(new Set(sink.taken.map(({ email }) => email.messageId)).size, 1);
  },
);

testOnStores(
  "[B2] a mail that an edge claimed and did not send before it died is sent by another",
  async ({ store: { db } }) => {
    let now = AT;
    await using sink = await startSmtpSink();
    await queueMail(db, mailTo("ben@example.org"), now);
    // A killed edge leaves only its claim.
    await db.updateTable("outbox").set({ due_at: new Date(now + CLAIM_MS), tries: 1 }).execute();
    await using _sender = startSender(db, sink, () => now);
    await queueMail(db, mailTo("carla@example.org"), now);
    await sink.waitFor(1);
    assert.deepEqual(sink.taken[0]!.to, ["carla@example.org"]);
    now += CLAIM_MS;
    await sink.waitFor(2);
    await waitForQueue(db, isEmpty);
    assert.deepEqual(sink.taken[1]!.to, ["ben@example.org"]);
  },
);

testOnStores("[B6] user text cannot break out of its field", async ({ store: { db } }) => {
  await using sink = await startSmtpSink();
  await using _sender = startSender(db, sink, () => AT);
  const evil =
    'Eve\r\nBcc: mallory@example.com\r\n\r\n<img src="https://evil.example/x.png"><script>1</script>';
  await queueMail(
    db,
    { ...mailTo("ben@example.org", evil), to: { name: evil, address: "ben@example.org" } },
    AT,
  );
  await sink.waitFor(1);
  const { to, email } = sink.taken[0]!;
  assert.deepEqual(to, ["ben@example.org"]);
  assert.equal(email.bcc, undefined);
  assert.ok(!email.headers.some(({ key }) => key === "bcc"));
  assert.doesNotMatch(email.html!, /<(?:img|script|link|iframe|object|style)\b|<[^>]*(?:\bsrc=|url\()/);
  assert.match(email.html!, /&lt;script&gt;/);
});

testOnStores(
  "[B2] an edge that shuts down does not wait long for a silent server, and leaves the mail to the next",
  async ({ store: { db } }) => {
    await using sink = await startSmtpSink();
    sink.mood = "silent";
    const first = startSender(db, sink, () => AT);
    await queueMail(db, mailTo("ben@example.org"), AT);
    await sink.waitFor(1);
    await first[Symbol.asyncDispose]();
    const [mail] = await db.selectFrom("outbox").select("due_at").execute();
    assert.equal(mail?.due_at.getTime(), AT);
    sink.mood = "well";
    await using _second = startSender(db, sink, () => AT);
    await sink.waitFor(2);
    await waitForQueue(db, isEmpty);
  },
);

const invited = (address: string): WrittenMail => ({
  kind: "meeting.invited",
  to: { name: "Ben", address },
  subject: "Einladung",
  text: "Rat",
  html: "<p>Rat</p>",
  thread: { about: "a meeting", sender: "anna", isStranger: true },
});

testOnStores(
  "[B3] a fault before sending delays no mail, and costs its recipient no point",
  async ({ store: { db } }) => {
    await using sink = await startSmtpSink();
    const keyedHash = makeKeyedHash("a key for tests of mails and nothing else");
    const limits = new Limits({ db, metrics: makeMetrics(), keyedHash, now: () => AT });
    let faults = 0;
    const draw: Limits["draw"] = (name, ...rest) => {
      // After the first point, before the last one.
      if (name === "mail.stranger" && faults++ === 0) return Promise.reject(new Error("no connection"));
      return limits.draw(name, ...rest);
    };
    await addMail(db, DEFAULT_TENANT, invited("ben@example.org"), AT);
    await using sender = startSender(db, sink, () => AT, { draw });
    await waitForQueue(db, isEmpty);
    assert.deepEqual(sink.taken.map(({ to }) => to), [["ben@example.org"]]);
    assert.equal(sender.lines.filter((line) => line.includes("outbox.try")).length, 1);
  },
);

testOnStores(
  "[B3] a mail that this edge cannot read is left to others, and given up after a day",
  async ({ store: { db } }) => {
    await using sink = await startSmtpSink();
    let now = AT;
    const unreadable = { kind: "mail", variant: "none", share: DEFAULT_TENANT, body: { kind: "none" } };
    await addToOutbox(db, unreadable, AT);
    await queueMail(db, mailTo("ben@example.org"), AT);
    await using sender = startSender(db, sink, () => now);
    await waitForQueue(
      db,
      ([unread, ...others]) => others.length === 0 && unread?.due_at.getTime() === AT + 60_000,
    );
    assert.equal(sink.taken.length, 1);
    now = AT + GIVE_UP_MS;
    await waitForQueue(db, isEmpty);
    assert.equal(
      sender.lines.filter((line) => line.includes("unreadable")).length,
      1,
    );
  },
);
