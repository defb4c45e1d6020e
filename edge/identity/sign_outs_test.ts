import assert from "node:assert/strict";
import { type AccountId, newRowId } from "@tafelrunde/protocol";
import { makeLocalBus } from "../bus/local.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { insertAccount } from "../store/account.ts";
import { deleteSession } from "../store/session.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../store/tenant.ts";
import type { Caller } from "./caller.ts";
import { beginSession, openSession, SESSION_IDLE_MS } from "./session.ts";
import { type CallersSocket, SignOuts } from "./sign_outs.ts";

/** Timeout for anything that should happen, ms. */
const DEADLINE_MS = 120_000;

/** A socket that stays open until it is signed out. */
function socketOf(
  caller: Caller,
): CallersSocket & { readonly closed: Promise<void>; readonly isOpen: boolean } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOpen = true;
  return {
    caller,
    closed: promise,
    get isOpen() {
      return isOpen;
    },
    fault: () => {},
    signOut() {
      isOpen = false;
      resolve();
    },
  };
}

const within = (promise: Promise<void>) =>
  Promise.race([
    promise,
    new Promise((_, reject) => AbortSignal.timeout(DEADLINE_MS).addEventListener("abort", reject)),
  ]);

testOnStores(
  "[U31] a session end that the bus lost, and an expired session, are found by polling",
  async ({ store: { db } }) => {
    await ensureDefaultTenant(db, 0);
    const begin = async (name: string) => {
      const account = await insertAccount(db, {
        id: newRowId() as AccountId,
        tenantId: DEFAULT_TENANT,
        name,
        email: null,
        isEmailVerified: false,
        role: "member",
        isOperator: false,
      }, 0);
      const secret = await beginSession(db, account!, { method: "password", device: "" }, 0);
      const { session } = (await openSession(db, secret, 1))!;
      return socketOf({ kind: "account", account: session.account, session });
    };
    const [anna, ben, guest] = [await begin("Anna"), await begin("Ben"), socketOf({ kind: "nobody" })];
    const sockets = new Set([anna, ben, guest]);
    let now = 1;
    await using bus = makeLocalBus();
    await using _signOuts = new SignOuts(
      { db, bus, log: makeLog(() => {}), now: () => now, recheck: () => Promise.resolve(true) },
      () => [...sockets].filter(({ isOpen }) => isOpen),
      { repairMs: 20 },
    );
    // Without publishing it.
    if (anna.caller.kind === "account") await deleteSession(db, anna.caller.session.id);
    await within(anna.closed);
    assert.deepEqual([ben.isOpen, guest.isOpen], [true, true]);
    now = SESSION_IDLE_MS + 1;
    await within(ben.closed);
    assert.equal(guest.isOpen, true);
  },
);
