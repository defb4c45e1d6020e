import type { EdgeContext } from "../context.ts";
import { NotDelivered, type OutboxKind, outboxKind } from "../outbox/kind.ts";
import { claimMsOf } from "../outbox/sender.ts";
import { MAIL, WrittenMail } from "./mail.ts";
import { askForReader } from "./readers.ts";
import { CONNECTIONS, type Post, SILENCE_MS } from "./smtp.ts";

/** Timeout for handing over one mail, ms: a server can be silent twice. */
const SEND_MS = 2 * SILENCE_MS;

/** How long a mail is claimed by one edge, ms. */
export const CLAIM_MS = claimMsOf({ tryMs: SEND_MS });

/** How long sending is retried, ms. */
export const GIVE_UP_MS = 24 * 3_600_000;

/** Mails in the outbox: sent by `post`, within the limits of their recipients. Its id is the Message-ID. */
export function makeMailKind(
  context: Pick<EdgeContext, "db" | "limits" | "keyedHash">,
  post: Post,
): OutboxKind {
  return outboxKind({
    name: MAIL,
    body: WrittenMail,
    places: CONNECTIONS,
    // All mails go to one server.
    placesPerShare: CONNECTIONS,
    tryMs: SEND_MS,
    backoff: { firstMs: 60_000, longestMs: 3_600_000 },
    giveUpMs: GIVE_UP_MS,
    async send({ id, body: mail }, signal) {
      const passage = await askForReader(context, mail);
      if (passage.kind === "stopped") return { kind: "unwanted" };
      if (passage.kind === "later") return { kind: "held", waitMs: passage.waitMs };
      try {
        await post.send(id, mail, signal);
      } catch (error) {
        if (error instanceof NotDelivered) await passage.giveBack();
        throw error;
      }
      return { kind: "sent" };
    },
    [Symbol.asyncDispose]: () => post[Symbol.asyncDispose](),
  });
}
