/** Mails are sent by edges in their own processes, on one PostgreSQL, and survive their end. */
import assert from "node:assert/strict";
import { queueMail } from "../edge/mail/mail.ts";
import { CLAIM_MS } from "../edge/mail/kind.ts";
import { startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { openPostgres } from "../edge/store/open.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { openPostgres as openServer } from "../tools/postgres.ts";
import { EdgeProcess } from "./edge_process.ts";

Deno.test("[B2] an edge killed while sending loses no mail: another sends it", async () => {
  await using server = await openServer();
  const url = await server.createDatabase();
  await using store = await openPostgres(url);
  await using sink = await startSmtpSink();
  const env = {
    DATABASE_URL: url,
    SMTP_URL: sink.url,
    MAIL_FROM: "Tafelrunde <meet@example.org>",
    PUBLIC_URL: "http://127.0.0.1",
  };
  await using first = await EdgeProcess.start(env);
  sink.mood = "silent";
  await queueMail(store.db, {
    tenantId: DEFAULT_TENANT,
    to: { name: "Ben", address: "ben@example.org" },
    language: "en",
    content: {
      kind: "password.forgotten",
      tenantName: "Rathaus",
      url: "https://meet.example.org/x",
      expiresAt: 0,
    },
  }, Date.now());
  await sink.waitFor(1);
  await first.kill();
  sink.mood = "well";
  const claimed = await store.db.selectFrom("outbox").select("due_at").executeTakeFirstOrThrow();
  assert.ok(claimed.due_at.getTime() > Date.now(), "it is the first edge's still");
  // Simulates that CLAIM_MS have passed.
  await store.db.updateTable("outbox").set({ due_at: new Date(claimed.due_at.getTime() - CLAIM_MS) })
    .execute();
  await using _second = await EdgeProcess.start(env);
  await sink.waitFor(2);
  while ((await store.db.selectFrom("outbox").select("id").execute()).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(new Set(sink.taken.map(({ email }) => email.messageId)).size, 1);
  assert.ok(!first.complaints.some((line) => line.includes("ben@")));
});
