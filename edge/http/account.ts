import {
  AccountExport,
  AccountInfo,
  AccountMethods,
  AccountSessions,
  AddPasskey,
  ChangeAccount,
  KeepSession,
  PasskeyAdded,
  PasskeyId,
  PasskeyOptions,
  RecoveryCodes,
  RenamePasskey,
  SetEmail,
  SetPassword,
} from "@tafelrunde/protocol/http";
import { type AccountId, refuse, SessionId } from "@tafelrunde/protocol";
import type { Context } from "hono";
import * as v from "valibot";
import { DomainError, refusalError } from "../errors.ts";
import { warnOf } from "../store/unavailable.ts";
import type { IdentityContext } from "../context.ts";
import { askForEmail } from "../identity/email.ts";
import { addPasskey, askForNewPasskey, type PasskeyOrigin } from "../identity/passkey.ts";
import { changePassword, changeRecoveryCodes, removeWay, requireOwnWays } from "../identity/own_ways.ts";
import { describeAccount, requireProof } from "../identity/sign_in.ts";
import { changeAccount, deleteAccount } from "../store/account.ts";
import { exportAccount } from "../store/account_export.ts";
import { deletePasskey, renamePasskey } from "../store/passkey.ts";
import { deletePassword } from "../store/password.ts";
import { deleteSessionOf, deleteSessionsOf, listSessions } from "../store/session.ts";
import { listSignInMethods } from "../store/sign_in_methods.ts";
import { callOffMeetingsOf } from "../meetings/remove.ts";
import type { TellRemoval } from "../rooms/removal.ts";
import { getTenant } from "../store/tenant.ts";
import { inTransaction } from "../store/transaction.ts";
import { EXPORT_MS, EXPORT_STALL_MS, streamParts, writeExport } from "./account_export.ts";
import { ensureDevice, readDevice } from "./device_cookie.ts";
import { originOfTenant, requestOrigin } from "./origin.ts";
import { ProblemError, unknown } from "./problem.ts";
import { type Route, route } from "../route.ts";
import { writeSessionCookie } from "./session_cookie.ts";

const PROOF = { "account.proofNeeded": 403 };
const LAST = { "account.lastMethod": 409 };
const FEDERATED = { "account.federated": 409 };

/** /v1/account: reading and changing one's own account. */
export function accountRoutes(context: IdentityContext, tellRemoval: TellRemoval): Route[] {
  return [
    ...profileRoutes(context, tellRemoval),
    ...passwordRoutes(context),
    ...passkeyRoutes(context),
    ...sessionRoutes(context),
  ];
}

function profileRoutes(context: IdentityContext, tellRemoval: TellRemoval): Route[] {
  const { db, config, now } = context;
  /** Accounts whose export is in progress at this edge. */
  const exporting = new Set<AccountId>();
  return [
    route({
      method: "GET",
      path: "/v1/account",
      tag: "account",
      summary: "Read the signed-in account",
      access: "person",
      answer: AccountInfo,
      etag: ({ version }) => version,
    }, ({ caller: { account, session } }) => describeAccount(context, account, session)),

    route({
      method: "PATCH",
      path: "/v1/account",
      tag: "account",
      summary: "Change the account's name, language, time zone or mail settings",
      access: "person",
      body: ChangeAccount,
      answer: AccountInfo,
      etag: ({ version }) => version,
      ifMatch: true,
    }, async ({ caller: { account, session }, body, version }) => {
      const changed = await changeAccount(db, account.id, body, version);
      if (changed === undefined) throw new DomainError("version.outdated");
      return await describeAccount(context, changed, session);
    }),

    route({
      method: "PUT",
      path: "/v1/account/email",
      tag: "account",
      summary: "Request a change of the email address",
      description: "The address changes once it is confirmed with the link mailed to it.",
      access: "person",
      body: SetEmail,
      status: 202,
      problems: {
        ...PROOF,
        ...FEDERATED,
        ...{
          "mail.unavailable": 409,
          "person.emailTaken": 409,
          "person.tooFrequent": 429,
          "mail.tooFrequent": 429,
        },
      },
    }, async ({ caller: { account, session }, body: { email }, c }) => {
      requireProof(session, now());
      await requireOwnWays(db, account.id, now());
      const spent = await context.limits.take("account.mail", account.id);
      if (spent !== undefined) throw refusalError(spent);
      await askForEmail(context, await originOfTenant(c, context, account.tenantId), account, email);
    }),

    route({
      method: "DELETE",
      path: "/v1/account",
      tag: "account",
      summary: "Delete the account, with its rooms and meetings",
      description:
        "Ends meetings in progress in these rooms. People invited to upcoming meetings are notified by mail.",
      access: "person",
      problems: { ...PROOF, "account.lastAdmin": 409 },
    }, async ({ caller: { account, session }, c }) => {
      requireProof(session, now());
      const removal = await inTransaction(db, async (trx) => {
        const calledOff = await callOffMeetingsOf(trx, context, { scopes: null }, account.id);
        if (await deleteAccount(trx, account)) return calledOff;
        throw new ProblemError(409, "account.lastAdmin", "Another person has to become an admin first.");
      });
      context.signOuts.announce([account.id]);
      await tellRemoval(removal);
      writeSessionCookie(c, config, null);
    }),

    route({
      method: "GET",
      path: "/v1/account/export",
      tag: "account",
      summary: "Export all data stored about the account's person",
      description:
        "Streamed: one export at a time, a few per hour (429 with `Retry-After`). An export that the client does not read for 15 s, or that takes 10 minutes, is aborted; its JSON is then incomplete.",
      access: "person",
      answer: AccountExport,
    }, async ({ caller: { account, session }, c }) => {
      const headers = {
        "content-type": "application/json",
        "content-disposition": 'attachment; filename="tafelrunde-account.json"',
      };
      // HEAD gets headers only, and does not count as an export in progress.
      if (c.req.method === "HEAD") return c.body(null, 200, headers);
      if (exporting.has(account.id)) throw refusalError(refuse("person.tooFrequent", EXPORT_STALL_MS));
      exporting.add(account.id);
      const ended = (fault?: unknown) => {
        exporting.delete(account.id);
        if (fault !== undefined) warnOf(context.log, "account.export", fault);
      };
      try {
        const spent = await context.limits.take("account.export", account.id);
        if (spent !== undefined) throw refusalError(spent);
        const head = {
          exportedAt: new Date(now()).toISOString(),
          account: await describeAccount(context, account, session),
        };
        const parts = writeExport(head, exportAccount(db, account.id));
        const bounds = { stallMs: EXPORT_STALL_MS, withinMs: EXPORT_MS, ended };
        return c.body(streamParts(parts, bounds), 200, headers);
      } catch (error) {
        ended();
        throw error;
      }
    }),

    route({
      method: "GET",
      path: "/v1/account/methods",
      tag: "account",
      summary: "List the account's sign-in methods",
      access: "person",
      answer: AccountMethods,
    }, async ({ caller: { account } }) => {
      const methods = await listSignInMethods(db, account.id);
      return {
        passwordChangedAt: timeOf(methods.passwordChangedAt ?? null),
        passkeys: methods.passkeys.map(({ id, name, createdAt, usedAt }) => ({
          id,
          name,
          createdAt: new Date(createdAt).toISOString(),
          usedAt: timeOf(usedAt),
        })),
        recoveryCodesLeft: methods.recoveryCodesLeft,
        providers: methods.identities.map(({ issuer, createdAt }) => ({
          issuer,
          createdAt: new Date(createdAt).toISOString(),
        })),
      };
    }),
  ];
}

function passwordRoutes(context: IdentityContext): Route[] {
  const { now } = context;
  return [
    route({
      method: "PUT",
      path: "/v1/account/password",
      tag: "account",
      summary: "Set the password and end all other sessions",
      access: "person",
      body: SetPassword,
      problems: { ...PROOF, ...FEDERATED, "password.common": 422, "signIn.busy": 503 },
    }, async ({ caller: { session }, body: { password } }) => {
      requireProof(session, now());
      await changePassword(context, session, password);
    }),

    route({
      method: "DELETE",
      path: "/v1/account/password",
      tag: "account",
      summary: "Remove the password",
      description:
        "If this leaves an identity provider as the only way to sign in, recovery codes are deleted too, and sessions that signed in any other way end.",
      access: "person",
      problems: { ...PROOF, ...LAST },
    }, async ({ caller: { account, session } }) => {
      requireProof(session, now());
      await removeWay(context, account.id, (trx) => deletePassword(trx, account.id));
    }),

    route({
      method: "POST",
      path: "/v1/account/recovery-codes",
      tag: "account",
      summary: "Create ten recovery codes and invalidate earlier ones",
      access: "person",
      answer: RecoveryCodes,
      status: 201,
      problems: { ...PROOF, ...FEDERATED },
    }, async ({ caller: { account, session } }) => {
      requireProof(session, now());
      return { codes: await changeRecoveryCodes(context, account) };
    }),
  ];
}

function passkeyRoutes(context: IdentityContext): Route[] {
  const { db, config, now } = context;
  const placeOf = async (c: Context, device: string): Promise<PasskeyOrigin> => ({
    origin: await requestOrigin(c, context),
    device,
  });
  return [
    route({
      method: "POST",
      path: "/v1/account/passkeys/options",
      tag: "account",
      summary: "Get the options for creating a passkey",
      access: "person",
      answer: PasskeyOptions,
      problems: { ...PROOF, ...FEDERATED, "passkey.limit": 409 },
    }, async ({ caller: { account, session }, c }) => {
      requireProof(session, now());
      await requireOwnWays(db, account.id, now());
      const { name } = await getTenant(db, account.tenantId);
      return await askForNewPasskey(context, await placeOf(c, ensureDevice(c, config)), account, name);
    }),

    route({
      method: "POST",
      path: "/v1/account/passkeys",
      tag: "account",
      summary: "Add a passkey",
      access: "person",
      body: AddPasskey,
      answer: PasskeyAdded,
      status: 201,
      problems: { ...PROOF, ...FEDERATED, "passkey.wrong": 422, "passkey.taken": 409 },
    }, async ({ caller: { account, session }, body, c }) => {
      requireProof(session, now());
      return { id: await addPasskey(context, await placeOf(c, readDevice(c, config) ?? ""), account, body) };
    }),

    route({
      method: "PATCH",
      path: "/v1/account/passkeys/{passkey}",
      tag: "account",
      summary: "Rename a passkey",
      access: "person",
      params: { passkey: PasskeyId },
      body: RenamePasskey,
    }, async ({ caller: { account }, params: { passkey }, body: { name } }) => {
      if (!await renamePasskey(db, account.id, passkey, name)) throw unknown("passkey");
    }),

    route({
      method: "DELETE",
      path: "/v1/account/passkeys/{passkey}",
      tag: "account",
      summary: "Remove a passkey",
      access: "person",
      params: { passkey: PasskeyId },
      problems: { ...PROOF, ...LAST },
    }, async ({ caller: { account, session }, params: { passkey } }) => {
      requireProof(session, now());
      await removeWay(context, account.id, async (trx) => {
        if (!await deletePasskey(trx, account.id, passkey)) throw unknown("passkey");
      });
    }),
  ];
}

function sessionRoutes(context: IdentityContext): Route[] {
  const { db, config, now } = context;
  return [
    route({
      method: "GET",
      path: "/v1/account/sessions",
      tag: "account",
      summary: "List signed-in browsers",
      access: "person",
      answer: AccountSessions,
    }, async ({ caller: { account, session } }) => {
      const sessions = await listSessions(db, account.id, now());
      return {
        items: sessions.map(({ id, device, method, createdAt, seenAt }) => ({
          id,
          device,
          method,
          createdAt: new Date(createdAt).toISOString(),
          seenAt: new Date(seenAt).toISOString(),
          isCurrent: id === session.id,
        })),
      };
    }),

    route({
      method: "DELETE",
      path: "/v1/account/sessions",
      tag: "account",
      summary: "Sign out all browsers, or all others",
      access: "person",
      query: { keep: v.optional(KeepSession) },
    }, async ({ caller: { account, session }, query: { keep }, c }) => {
      await deleteSessionsOf(db, account.id, keep === "current" ? session.id : undefined);
      context.signOuts.announce([account.id]);
      if (keep === undefined) writeSessionCookie(c, config, null);
    }),

    route({
      method: "DELETE",
      path: "/v1/account/sessions/{session}",
      tag: "account",
      summary: "Sign out a browser",
      access: "person",
      params: { session: SessionId },
    }, async ({ caller: { account, session }, params, c }) => {
      if (!await deleteSessionOf(db, account.id, params.session)) throw unknown("session");
      context.signOuts.announce([account.id]);
      if (params.session === session.id) writeSessionCookie(c, config, null);
    }),
  ];
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
