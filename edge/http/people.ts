import type { RouteContext } from "../context.ts";
import { AccountId, newRowId, type TenantId } from "@tafelrunde/protocol";
import {
  ChangePerson,
  InvitePerson,
  Person,
  PersonInvited,
  PersonPage,
  PersonSearch,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { sendsMail } from "../config.ts";
import { DomainError } from "../errors.ts";
import { bearerOf, type TenantCaller } from "../identity/caller.ts";
import { type Effect, requireEffect } from "../identity/effects.ts";
import { makeLink } from "../identity/one_time_link.ts";
import { isOpenFor } from "../identity/ways.ts";
import { callOffMeetingsOf } from "../meetings/remove.ts";
import type { TellRemoval } from "../rooms/removal.ts";
import { countAccountMail, mailTooFrequent } from "../mail/again.ts";
import { languageOf } from "../mail/language.ts";
import { queueMail } from "../mail/mail.ts";
import { insertAccount, lockAccount } from "../store/account.ts";
import {
  countOtherAdmins,
  deletePerson,
  findPerson,
  listPeople,
  type PersonChange,
  type PersonRecord,
  updatePerson,
} from "../store/person.ts";
import type { Db } from "../store/schema.ts";
import { deleteSessionsOf } from "../store/session.ts";
import { getTenant } from "../store/tenant.ts";
import { inTransaction } from "../store/transaction.ts";
import { nameOf } from "./access.ts";
import { tellPoint } from "./limit.ts";
import { originOfTenant } from "./origin.ts";
import { pagedBy, pageFrom, PositionName } from "./paging.ts";
import { ProblemError, unknown } from "./problem.ts";
import { actsForTenant, readerOf } from "./room_access.ts";
import { type Route, route } from "../route.ts";
import { timeOf } from "./time.ts";

/** Position of a page of people: name in lower case, id. */
const Position = v.tuple([PositionName, AccountId]);

/** /v1/people: the people of a tenant. */
export function peopleRoutes(context: RouteContext, tellRemoval: TellRemoval): Route[] {
  const { db, now, config, limits, signOuts, log } = context;
  const get = async (trx: Db, tenantId: TenantId, id: AccountId): Promise<PersonRecord> => {
    const person = await findPerson(trx, tenantId, id);
    if (person === undefined) throw unknown("account");
    return person;
  };
  /** The same, locked until the transaction ends. */
  const lock = async (trx: Db, tenantId: TenantId, id: AccountId): Promise<PersonRecord> => {
    await lockAccount(trx, id);
    return await get(trx, tenantId, id);
  };
  /**
   * Creates a link to set up the person's account, and mails it if the installation sends mail; otherwise it
   * is returned to the caller.
   */
  const invite = async (
    trx: Db,
    caller: TenantCaller,
    person: PersonRecord & { readonly email: string },
    origin: string,
    language: string | null,
  ): Promise<v.InferInput<typeof PersonInvited>> => {
    const { tenantId } = readerOf(caller);
    const isMailed = sendsMail(config);
    const { id: accountId, email } = person;
    const wish = { purpose: "invite" as const, tenantId, accountId, ...isMailed && { email } };
    const link = await makeLink(trx, origin, wish, now());
    if (isMailed) {
      const tooFrequent = await countAccountMail(trx, limits, "account.invited", person.id, person.email) ??
        await limits.takeIn(trx, "mail.ofTenant", tenantId, 1);
      if (tooFrequent !== undefined) throw mailTooFrequent(tooFrequent);
      const { name: tenantName } = await getTenant(trx, tenantId);
      const inviterName = caller.kind === "account" ? caller.account.name : tenantName;
      await queueMail(trx, {
        tenantId,
        to: { name: person.name, address: email },
        language: languageOf(language),
        content: { kind: "account.invited", tenantName, inviterName, ...link },
      }, now());
    }
    const inviteUrl = isMailed ? null : link.url;
    return { ...personOf(person), inviteUrl, inviteExpiresAt: timeOf(link.expiresAt) };
  };
  const resource = {
    tag: "people",
    answer: Person,
    etag: ({ version }: { readonly version: number }) => version,
  } as const;
  const problems = { "person.isYou": 409, "tenant.lastAdmin": 409, "operator.needed": 403 };

  return [
    route({
      method: "GET",
      path: "/v1/people",
      tag: "people",
      summary: "Find people of the caller's tenant, by name",
      access: "member",
      scope: "people:read",
      query: { ...pagedBy(Position), search: v.optional(PersonSearch) },
      answer: PersonPage,
    }, async ({ caller, query: { limit, cursor, search }, c }) => {
      if (search !== undefined) {
        tellPoint(c, "people.search", await limits.draw("people.search", nameOf(caller)));
      }
      const filter = { search, withDisabled: actsForTenant(caller) };
      const people = await listPeople(db, readerOf(caller).tenantId, filter, {
        after: cursor,
        count: limit + 1,
      });
      return pageFrom(people, limit, personOf, ({ sortName, id }) => [sortName, id]);
    }),

    route({
      ...resource,
      method: "POST",
      path: "/v1/people",
      summary: "Create an account, and invite the person to set it up",
      access: "admin",
      scope: "people:write",
      body: InvitePerson,
      answer: PersonInvited,
      status: 201,
      location: ({ id }) => `/v1/people/${id}`,
      problems: { "person.emailTaken": 409, "mail.tooFrequent": 429 },
    }, ({ caller, body: { name, email, role, language }, c }) =>
      inTransaction(db, async (trx) => {
        const { tenantId } = readerOf(caller);
        requireEffect(bearerOf(caller), role === "admin" ? "admin.change" : "member.make");
        const id = newRowId() as AccountId;
        const account = { id, tenantId, name, email, role, isEmailVerified: false, isOperator: false };
        if (await insertAccount(trx, account, now()) === undefined) {
          throw new ProblemError(
            409,
            "person.emailTaken",
            "Another account of this tenant has this address.",
            {
              fields: [{ in: "body", name: "email", reason: "taken" }],
            },
          );
        }
        const person = await get(trx, tenantId, id);
        log.info("rights.changed", {
          effect: role === "admin" ? "admin.change" : "member.make",
          by: byOf(caller),
        });
        const origin = await originOfTenant(c, { db: trx, config }, tenantId);
        return await invite(trx, caller, { ...person, email }, origin, language);
      })),

    route({
      ...resource,
      method: "POST",
      path: "/v1/people/{account}/invitation",
      summary: "Invite a person again and invalidate the earlier link",
      access: "admin",
      scope: "people:write",
      params: { account: AccountId },
      answer: PersonInvited,
      problems: {
        "person.noEmail": 409,
        "person.isSetUp": 409,
        "operator.needed": 403,
        "mail.tooFrequent": 429,
      },
    }, ({ caller, params, c }) =>
      inTransaction(db, async (trx) => {
        const person = await lock(trx, readerOf(caller).tenantId, params.account);
        const { email } = person;
        requireEffect(bearerOf(caller), person.role === "admin" ? "admin.change" : "member.change");
        if (!sendsMail(config)) requireEffect(bearerOf(caller), "signInLink.show");
        requireOperator(caller, person);
        if (email === null) throw new ProblemError(409, "person.noEmail", "The person has no email address.");
        if (!await isOpenFor(trx, "invite", person.id, now())) {
          throw new ProblemError(409, "person.isSetUp", "The person can already sign in, or is disabled.");
        }
        const origin = await originOfTenant(c, { db: trx, config }, readerOf(caller).tenantId);
        return await invite(trx, caller, { ...person, email }, origin, null);
      })),

    route({
      ...resource,
      method: "GET",
      path: "/v1/people/{account}",
      summary: "Read a person",
      access: "admin",
      scope: "people:read",
      params: { account: AccountId },
    }, async ({ caller, params }) => personOf(await get(db, readerOf(caller).tenantId, params.account))),

    route({
      ...resource,
      method: "PATCH",
      path: "/v1/people/{account}",
      summary: "Change a person's name or role, or disable or enable them",
      description:
        "Disabling signs the person out everywhere immediately. API keys can neither make admins nor change the rights of admins.",
      access: "admin",
      scope: "people:write",
      params: { account: AccountId },
      ifMatch: true,
      body: ChangePerson,
      problems,
    }, async ({ caller, params, body, version }) => {
      const { tenantId } = readerOf(caller);
      const { changed, effect } = await inTransaction(db, async (trx) => {
        const person = await lock(trx, tenantId, params.account);
        await requireLeadable(trx, caller, person, body);
        if (!await updatePerson(trx, person.id, version, body, now())) {
          throw new DomainError("version.outdated");
        }
        if (body.isDisabled) await deleteSessionsOf(trx, person.id);
        return { changed: await get(trx, tenantId, person.id), effect: effectOf(person, body) };
      });
      if (body.isDisabled) signOuts.announce([changed.id]);
      if (body.role !== undefined || body.isDisabled !== undefined) {
        log.info("rights.changed", { effect, by: byOf(caller) });
      }
      return personOf(changed);
    }),

    route({
      method: "DELETE",
      path: "/v1/people/{account}",
      tag: "people",
      summary: "Delete a person's account, with their rooms and meetings",
      description:
        "Ends meetings in progress in their rooms. People invited to upcoming meetings are notified by mail.",
      access: "admin",
      scope: "people:write",
      params: { account: AccountId },
      ifMatch: true,
      problems,
    }, async ({ caller, params, version }) => {
      const removal = await inTransaction(db, async (trx) => {
        const { tenantId } = readerOf(caller);
        const { id } = await get(trx, tenantId, params.account);
        // Lock rooms and meetings before people.
        const calledOff = await callOffMeetingsOf(trx, context, bearerOf(caller), id);
        const person = await lock(trx, tenantId, id);
        await requireLeadable(trx, caller, person, { isDisabled: true });
        if (!await deletePerson(trx, person.id, version)) throw new DomainError("version.outdated");
        return calledOff;
      });
      signOuts.announce([params.account]);
      log.info("rights.changed", { effect: "member.change", by: byOf(caller) });
      await tellRemoval(removal);
    }),
  ];
}

/**
 * The effect of a change: `admin.change` if the person is or becomes an admin and more than their name
 * changes.
 */
function effectOf({ role: before }: PersonRecord, { role, isDisabled }: PersonChange): Effect {
  const isAboutRights = role !== undefined || isDisabled !== undefined;
  return isAboutRights && (before === "admin" || role === "admin") ? "admin.change" : "member.change";
}

/** Throws 403 unless the caller may change the person: only operators may change operators. */
function requireOperator(caller: TenantCaller, { isOperator }: PersonRecord): void {
  if (!isOperator || caller.kind === "account" && caller.account.isOperator) return;
  throw new ProblemError(403, "operator.needed");
}

/** Who changes rights, for the log: a key by its id, which leads to its creator; people stay anonymous. */
function byOf(caller: TenantCaller): string {
  return caller.kind === "key" ? `key:${caller.keyId}` : "person";
}

/**
 * Throws 403 or 409 unless the caller may make this change: keys may not change admins, and nobody may lock
 * out themselves or all admins.
 */
async function requireLeadable(
  trx: Db,
  caller: TenantCaller,
  person: PersonRecord,
  change: PersonChange,
): Promise<void> {
  const { accountId, tenantId } = readerOf(caller);
  requireOperator(caller, person);
  requireEffect(bearerOf(caller), effectOf(person, change));
  const { role, isDisabled } = change;
  const losesRights = isDisabled === true || role === "member";
  if (!losesRights) return;
  if (person.id === accountId) {
    throw new ProblemError(409, "person.isYou", "You cannot remove your own rights.");
  }
  const isLast = person.role === "admin" && await countOtherAdmins(trx, tenantId, person.id) === 0;
  if (isLast) throw new ProblemError(409, "tenant.lastAdmin", "A tenant needs at least one admin.");
}

/** A person as the API shows them. */
export function personOf({ isOperator: _, sortName: __, createdAt, ...person }: PersonRecord): Person {
  return { ...person, createdAt: timeOf(createdAt) };
}
