import assert from "node:assert/strict";
import { isRefusal } from "@tafelrunde/protocol";
import { type Guess, takeGuess } from "./guesses.ts";
import { makeKeyedHash } from "./keyed_hash.ts";
import { LIMITS } from "./limit_table.ts";
import { Limits } from "./limits.ts";
import { makeMetrics } from "./metrics.ts";
import { addressKey } from "./network_address.ts";
import { testOnStores } from "./store/store_for_tests.ts";

const keyedHash = makeKeyedHash("a key for tests and not for anything else");

const KINDS = {
  room: { subject: LIMITS["password.ofRoom"].points, day: LIMITS["password.wrongDay"].points },
  signIn: { subject: LIMITS["signIn.account"].points, day: LIMITS["signIn.guessDay"].points },
} as const;

testOnStores(
  "[Q3] however many networks guess, a correct password from elsewhere is checked",
  async ({ store: { db } }, t) => {
    for (
      const [kind, { subject: ofSubject, day }] of Object.entries(KINDS) as [
        keyof typeof KINDS,
        typeof KINDS["room"],
      ][]
    ) {
      let at = Date.now();
      using limits = new Limits({ metrics: makeMetrics(), db, keyedHash, now: () => at });
      const context = { db, limits, keyedHash, now: () => at };
      let subject = 0;
      const guess = (address: string) =>
        takeGuess(context, {
          kind,
          subject: [String(subject)],
          device: undefined,
          address: addressKey(address),
        });
      const looked = (answer: Guess | { readonly refused: string }): Guess => {
        assert.ok(!isRefusal(answer), `refused: ${JSON.stringify(answer)}`);
        return answer as Guess;
      };

      await t.step(`${kind}: attackers all over the world have used up the tries of all`, async () => {
        subject++;
        for (let n = 0; n < ofSubject; n++) looked(await guess(`2001:db8:${n.toString(16)}::1`));
        // Correct passwords take no turn from the next try.
        for (let n = 0; n < 5; n++) await looked(await guess(`198.51.100.${n}`)).wasRight();
        // A wrong one does: the next try waits for its turn.
        looked(await guess("203.0.113.1"));
        const waiting = guess("203.0.113.2");
        at += 1_000 * LIMITS[kind === "room" ? "password.slow" : "signIn.slow"].durationS;
        await looked(await waiting).wasRight();
      });

      await t.step(
        `${kind}: one /48 gets few of the tries of all, and its neighbours' tries are still checked`,
        async () => {
          subject++;
          let fast = 0;
          const slow: Promise<unknown>[] = [];
          const isFast = async (address: string) => {
            const answer = guess(address);
            const quick = await Promise.race([answer.then(() => true), untilSlow(limits)]);
            if (!quick) slow.push(answer);
            return quick;
          };
          while (fast < ofSubject && await isFast(`2001:db8:7:${fast.toString(16)}::1`)) fast++;
          // One more than its share got the free turn.
          assert.ok(fast <= day + 1, `${fast} of ${ofSubject}`);
          assert.ok(fast < ofSubject);
          for (let n = 0; n < 5; n++) looked(await guess(`198.51.100.${n}`));
          at += 1_000 * LIMITS[kind === "room" ? "password.slow" : "signIn.slow"].durationS;
          await Promise.all(slow);
          at += 1_000 * LIMITS[kind === "room" ? "password.slow" : "signIn.slow"].durationS;
          await looked(await guess("2001:db8:7:ffff::1")).wasRight();
        },
      );
    }
  },
);

/** Resolves to false once a try waits for a slow turn. */
async function untilSlow(limits: Limits): Promise<boolean> {
  while (limits.slowTurns.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return false;
}
