import {
  type ParticipantId,
  type PersonId,
  type Refusal,
  refuse,
  type RoomId,
  type RoomState,
  type TabId,
} from "@tafelrunde/protocol";
import type { Identity } from "../device.ts";
import type { FairPlaces } from "../fair_places.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { MediaShare } from "../fleet/room_home.ts";
import type { Caller } from "../identity/caller.ts";
import { hashSecret } from "../identity/secret.ts";
import type { Limits } from "../limits.ts";
import type { AddressKey } from "../network_address.ts";
import {
  type EntryLink,
  type EntryQuota,
  findEntry,
  type FoundEntry,
  hasUse,
  takeUse,
} from "../store/entry.ts";
import type { Entrant } from "./decision.ts";
import { findRole, roleInMeeting } from "./entry.ts";
import type { RoomContext } from "./room.ts";
import type { RoomPasswords } from "./room_passwords.ts";
import type { OpenRoom, Rooms } from "./rooms.ts";
import type { Session } from "./session.ts";
import type { StoredShares } from "./stored_shares.ts";
import type { Unread } from "./unread.ts";

/** Services needed to enter a room. */
export interface Reception {
  readonly context: RoomContext;
  readonly rooms: Rooms<Session>;
  readonly fleet: Fleet;
  readonly limits: Limits;
  readonly identity: Identity;
  readonly passwords: RoomPasswords;
  readonly stored: StoredShares;
  /** Bytes queued for the readers of this edge's sockets. */
  readonly unread: Unread;
  /** Fair places for requests to this edge. */
  readonly places: FairPlaces;
}

/** The client behind a connection. */
export interface Visitor {
  /** The secret of the device cookie. */
  readonly device: string;
  /** The network address, for rate limits. */
  readonly address: AddressKey;
  readonly caller: Caller;
}

/** A client that may know about a room, before it enters. */
export interface Visit {
  readonly open: OpenRoom<Session>;
  readonly participantId: ParticipantId;
  readonly entrant: Entrant;
  /** Name of the account that is signed in; null: none. */
  readonly accountName: string | null;
  /** Hash of the password that the client has to know; null: none. */
  readonly passwordHash: string | null;
  /** The link that counts its uses; null: the link is unlimited, or something else lets the client in. */
  readonly countedLink: { readonly id: string; readonly maxUses: number } | null;
  /** Whether the link may be passed on to anybody. */
  readonly isLinkForAll: boolean;
  /** What is left of the tenant's limits; null: not checked, because the client is already inside. */
  readonly quota: EntryQuota | null;
  /**
   * When the link that lets the client in expires, ms since 1970; null: it does not, or something else lets
   * the client in.
   */
  readonly endsAt: number | null;
  /** The weight of this client's media on a busy node. */
  readonly share: MediaShare;
}

/** The room and link that a client asks for. */
export interface Knock {
  readonly room: RoomId;
  readonly link?: string | undefined;
  readonly tab: TabId;
}

/**
 * Finds out who a client is to a room. A client with neither a link nor a role there learns nothing: a wrong
 * link and a wrong room look the same. A link that was valid once is refused by name.
 */
export async function knock(reception: Reception, asked: Knock, visitor: Visitor): Promise<Visit | Refusal> {
  return await findVisit(reception, asked, visitor, leaveSignedOut) ??
    await refuseWrongLink(reception.limits, visitor.address);
}

/**
 * Like `knock`, for a client that was let into the lobby before: a failure is not counted, and nobody is made
 * to leave. The client might have signed in and entered through another socket meanwhile.
 */
export async function knockAgain(
  reception: Reception,
  asked: Knock,
  visitor: Visitor,
): Promise<Visit | Refusal> {
  return await findVisit(reception, asked, visitor) ?? refuse("room.unknown");
}

/** Undefined: no such room, or the client may not know about it. */
async function findVisit(
  reception: Reception,
  { room: id, link, tab }: Knock,
  visitor: Visitor,
  comes: typeof leaveSignedOut = () => Promise.resolve(),
): Promise<Visit | Refusal | undefined> {
  const { rooms, identity, context: { db, now } } = reception;
  const account = visitor.caller.kind === "account" ? visitor.caller.account : null;
  const [open, found] = await Promise.all([
    rooms.open(id, visitor.address),
    findEntry(db, id, { accountId: account?.id ?? null, linkHash: hashLink(link) }, now()),
  ]);
  if (open === undefined || found === undefined) return undefined;
  const participantId = identity.participant(visitor.device, id, tab);
  const persons = [
    ...account === null ? [] : [identity.person("account", account.id, id)],
    identity.person("device", visitor.device, id),
  ];
  const isOwner = account !== null && found.ownerId === account.id;
  const isOfHouse = account !== null && found.tenantId === account.tenantId;
  const role = findRole({ isOwner, isOfHouse, member: found.memberRole, link: found.link?.role ?? null });
  const entrant = { role, isGuest: !isOwner && !isOfHouse && found.memberRole === null, persons };
  await comes(open, participantId, persons);
  const { state } = open.room;
  const isKnown = isOwner || found.memberRole !== null || roleInMeeting(state, entrant) === "owner";
  const isHere = (state.participants[participantId] ?? state.waiting[participantId]) !== undefined;
  if (!isKnown) {
    if (found.link === null) return undefined;
    const refusal = isHere ? null : await refuseLink(reception, found.link, persons);
    if (refusal !== null) return refusal;
  }
  return {
    open,
    participantId,
    entrant,
    accountName: account?.name ?? null,
    passwordHash: isKnown || isHere ? null : found.passwordHash,
    countedLink: isKnown || isHere ? null : countedLink(found),
    isLinkForAll: found.link?.isForAll === true && !found.link.isRevoked,
    quota: isHere ? null : found.quota,
    endsAt: isKnown || isHere ? null : found.link?.expiresAt ?? null,
    share: { origin: identity.origin(visitor.address), isOfHouse: found.tenantId !== null },
  };
}

/** Opens the room `id` if `link` fits, for a client that only wants to see its name. */
export async function openByLink(
  reception: Reception,
  id: RoomId,
  link: string,
  address: AddressKey,
): Promise<OpenRoom<Session> | Refusal> {
  const { rooms, limits, context: { db, now } } = reception;
  const found = await findEntry(db, id, { accountId: null, linkHash: hashLink(link) }, now());
  const refusal = found?.link && await refuseLink(reception, found.link, []);
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
 * Checks what is needed to enter: the tenant's quota, the password, and a free use of the link. Null, or the
 * refusal.
 */
export async function passGate(
  { passwords, context: { db } }: Reception,
  { passwordHash, countedLink, quota, entrant: { persons }, open: { room } }: Visit,
  password: string | undefined,
  { device, address }: Visitor,
): Promise<Refusal | null> {
  const spent = quota && refuseSpent(quota, room.state);
  if (spent !== null) return spent;
  if (passwordHash !== null) {
    if (password === undefined || password === "") return refuse("password.missing");
    const refusal = await passwords.refuse({ room: room.id, passwordHash, password, device, address });
    if (refusal !== null) return refusal;
  }
  if (countedLink === null) return null;
  const { id, maxUses } = countedLink;
  return await takeUse(db, id, persons.at(-1)!, maxUses) ? null : refuse("link.usedUp");
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

/** A spent quota ends no meeting; it only keeps new participants out. */
function refuseSpent({ maxParticipants, isSpent }: EntryQuota, { participants }: RoomState): Refusal | null {
  if (isSpent) return refuse("tenant.minutesSpent");
  const isFull = maxParticipants !== null && Object.keys(participants).length >= maxParticipants;
  return isFull ? refuse("room.full") : null;
}

async function refuseLink(
  { context: { db, now } }: Reception,
  { id, isRevoked, expiresAt, maxUses }: EntryLink,
  persons: readonly PersonId[],
): Promise<Refusal | null> {
  if (isRevoked) return refuse("link.revoked");
  if (expiresAt !== null && expiresAt <= now()) return refuse("link.expired");
  const person = persons.at(-1);
  if (maxUses === null || person === undefined) return null;
  return await hasUse(db, id, person, maxUses) ? null : refuse("link.usedUp");
}

function countedLink({ link }: FoundEntry): Visit["countedLink"] {
  if (link === null || link.maxUses === null) return null;
  return { id: link.id, maxUses: link.maxUses };
}

function hashLink(link: string | undefined): string | null {
  return link === undefined ? null : hashSecret(link);
}
