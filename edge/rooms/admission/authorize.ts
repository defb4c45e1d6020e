import type { RoomServices } from "../../context.ts";
import {
  type ParticipantId,
  type PersonId,
  type Refusal,
  refuse,
  type RoomId,
  type TabId,
  type TokenSecret,
} from "@tafelrunde/protocol";
import type { MediaShare } from "../../fleet/room_home.ts";
import type { Caller } from "../../identity/caller.ts";
import { hashSecret } from "../../identity/secret.ts";
import type { Limits } from "../../limits.ts";
import type { AddressKey } from "../../network_address.ts";
import {
  type AdmissionFacts,
  type AdmissionLink,
  type AdmissionQuota,
  findAdmissionFacts,
  hasUse,
} from "../../store/admission.ts";
import type { Entrant } from "../decision.ts";
import { admitByToken } from "./token.ts";
import { findRole, roleInMeeting } from "./rules.ts";
import type { OpenRoom } from "../rooms.ts";
import type { Session } from "../session.ts";

/** The client behind a connection. */
export interface Client {
  /** The secret of the device cookie. */
  readonly device: string;
  /** The network address, for rate limits. */
  readonly address: AddressKey;
  readonly caller: Caller;
}

/** A client that may know about a room, before it enters. */
export interface Admission {
  readonly open: OpenRoom<Session>;
  readonly participantId: ParticipantId;
  readonly entrant: Entrant;
  /** Name of the account that is signed in; null: none. */
  readonly accountName: string | null;
  /** The name that the participant has in any case; null: they may have another. */
  readonly fixedName: string | null;
  /** Hash of the password that the client has to know; null: none. */
  readonly passwordHash: string | null;
  /** The link that counts its uses; null: the link is unlimited, or something else lets the client in. */
  readonly countedLink: { readonly id: string; readonly maxUses: number } | null;
  /** Whether the link may be passed on to anybody. */
  readonly isLinkForAll: boolean;
  /** What is left of the tenant's limits; null: not checked, because the client is already inside. */
  readonly quota: AdmissionQuota | null;
  /**
   * When the link that lets the client in expires, ms since 1970; null: it does not, or something else lets
   * the client in.
   */
  readonly endsAt: number | null;
  /** The weight of this client's media on a busy node. */
  readonly share: MediaShare;
}

/** The room and link that a client asks for. */
export interface AdmissionRequest {
  readonly room: RoomId;
  readonly link?: string | undefined;
  readonly tab?: TabId | undefined;
  /** A phone, an ingest or a recorder comes by it alone. */
  readonly token?: TokenSecret | undefined;
}

/**
 * Finds out who a client is to a room. A client with neither a link nor a role there learns nothing: a wrong
 * link and a wrong room look the same. A link that was valid once is refused by name.
 */
export async function authorize(
  services: RoomServices,
  request: AdmissionRequest,
  client: Client,
): Promise<Admission | Refusal> {
  return await findAdmission(services, request, client, leaveSignedOut) ??
    await refuseWrongLink(services.limits, client.address);
}

/**
 * Like `authorize`, for a client that was let into the lobby before: a failure is not counted, and nobody is
 * made to leave. The client might have signed in and entered through another socket meanwhile.
 */
export async function authorizeAgain(
  services: RoomServices,
  request: AdmissionRequest,
  client: Client,
): Promise<Admission | Refusal> {
  return await findAdmission(services, request, client) ?? refuse("room.unknown");
}

/** Undefined: no such room, or the client may not know about it. */
async function findAdmission(
  services: RoomServices,
  request: AdmissionRequest,
  client: Client,
  comes: typeof leaveSignedOut = () => Promise.resolve(),
): Promise<Admission | Refusal | undefined> {
  const { room: id, link, tab, token } = request;
  if (token !== undefined) return await admitByToken(services, { room: id, token }, client);
  if (tab === undefined) return undefined;
  const { rooms, ids, db, now } = services;
  const account = client.caller.kind === "account" ? client.caller.account : null;
  const [open, found] = await Promise.all([
    rooms.open(id, client.address),
    findAdmissionFacts(db, id, { accountId: account?.id ?? null, linkHash: hashLink(link) }, now()),
  ]);
  if (open === undefined || found === undefined) return undefined;
  const participantId = ids.participant(client.device, id, tab);
  const persons = [
    ...account === null ? [] : [ids.person("account", account.id, id)],
    ids.person("device", client.device, id),
  ];
  const isOwner = account !== null && found.ownerId === account.id;
  const isOfTenant = account !== null && found.tenantId === account.tenantId;
  const role = findRole({ isOwner, isOfTenant, member: found.memberRole, link: found.link?.role ?? null });
  const entrant = { role, isGuest: !isOwner && !isOfTenant && found.memberRole === null, persons };
  await comes(open, participantId, persons);
  const { state } = open.room;
  const isKnown = isOwner || found.memberRole !== null || roleInMeeting(state, entrant) === "owner";
  const isHere = (state.participants[participantId] ?? state.waiting[participantId]) !== undefined;
  if (!isKnown) {
    if (found.link === null) return undefined;
    const refusal = isHere ? null : await refuseLink(services, found.link, persons);
    if (refusal !== null) return refusal;
  }
  return {
    open,
    participantId,
    entrant,
    accountName: account?.name ?? null,
    fixedName: null,
    passwordHash: isKnown || isHere ? null : found.passwordHash,
    countedLink: isKnown || isHere ? null : countedLink(found),
    isLinkForAll: found.link?.isForAll === true && !found.link.isRevoked,
    quota: isHere ? null : found.quota,
    endsAt: isKnown || isHere ? null : found.link?.expiresAt ?? null,
    share: { origin: ids.origin(client.address), isOfTenant: found.tenantId !== null },
  };
}

/** Opens the room `id` if `link` fits, for a client that only wants to see its name. */
export async function openByLink(
  services: RoomServices,
  id: RoomId,
  link: string,
  address: AddressKey,
): Promise<OpenRoom<Session> | Refusal> {
  const { rooms, limits, db, now } = services;
  const found = await findAdmissionFacts(db, id, { accountId: null, linkHash: hashLink(link) }, now());
  const refusal = found?.link && await refuseLink(services, found.link, []);
  if (refusal) return refusal;
  // A wrong link must not load a room.
  const open = found?.link ? await rooms.open(id, address) : undefined;
  return open ?? await refuseWrongLink(limits, address);
}

/** A valid link is never refused because of wrong ones; a client that tries many wrong ones has to wait. */
async function refuseWrongLink(limits: Limits, address: AddressKey): Promise<Refusal> {
  return await limits.takeOf("secret.wrong", address) ?? refuse("room.unknown");
}

/**
 * Someone who was there with an account and comes back without it has left: rights that came from the account
 * are lost.
 */
async function leaveSignedOut(
  { room }: OpenRoom<Session>,
  participantId: ParticipantId,
  persons: readonly PersonId[],
): Promise<void> {
  const here = room.state.participants[participantId] ?? room.state.waiting[participantId];
  if (here === undefined || here.persons.every((person) => persons.includes(person))) return;
  await room.submit({ type: "participant.leave" }, participantId);
}

async function refuseLink(
  { db, now }: RoomServices,
  { id, isRevoked, expiresAt, maxUses }: AdmissionLink,
  persons: readonly PersonId[],
): Promise<Refusal | null> {
  if (isRevoked) return refuse("link.revoked");
  if (expiresAt !== null && expiresAt <= now()) return refuse("link.expired");
  const person = persons.at(-1);
  if (maxUses === null || person === undefined) return null;
  return await hasUse(db, id, person, maxUses) ? null : refuse("link.usedUp");
}

function countedLink({ link }: AdmissionFacts): Admission["countedLink"] {
  if (link === null || link.maxUses === null) return null;
  return { id: link.id, maxUses: link.maxUses };
}

function hashLink(link: string | undefined): string | null {
  return link === undefined ? null : hashSecret(link);
}
