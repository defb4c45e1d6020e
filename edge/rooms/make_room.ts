import {
  type AccountId,
  base32,
  DEFAULT_SETTINGS,
  type LinkSecret,
  type PersonId,
  randomToken,
  type RoomId,
  type RoomSettings,
  type RoomSettingsChange,
  type TenantId,
} from "@tafelrunde/protocol";
import type { RoomSettingsPatch } from "@tafelrunde/protocol/http";
import { DomainError, invalidInput } from "../errors.ts";
import { hashSecret } from "../identity/secret.ts";
import { violates } from "../store/constraint.ts";
import { countRooms, getLimits, type TenantLimits } from "../store/quota.ts";
import { insertRoom } from "../store/room.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";

/** The chosen properties of a new room. */
export interface RoomWish {
  readonly name: string;
  /** Undefined: the room belongs to whoever has its link. */
  readonly tenantId?: TenantId | undefined;
  readonly ownerId?: AccountId | undefined;
  readonly slug?: string | null;
  readonly settings?: RoomSettingsChange;
  /** argon2id hash. */
  readonly passwordHash?: string | null;
  readonly isAdhoc?: boolean;
  /** The person who creates the room without an account and so owns it. */
  readonly findCreator?: (room: RoomId) => PersonId;
}

/** A new room, and the secret of its link, which cannot be read again. */
export interface MadeRoom {
  readonly room: RoomId;
  readonly link: LinkSecret;
}

/**
 * Creates a room; if `db` is a transaction, as part of it. Throws 409 `tenant.roomsSpent` or
 * `room.slugTaken`, and 422 if the settings allow more participants than the tenant may have in one room.
 */
export async function makeRoom(db: Db, wish: RoomWish, at: number): Promise<MadeRoom> {
  const { name, tenantId, settings = {}, findCreator, ...rest } = wish;
  const room = newRoomId();
  const link = randomToken() as LinkSecret;
  const linkHash = hashSecret(link);
  const creator = findCreator?.(room);
  await inTransaction(db, async (trx) => {
    const limits = tenantId && await getLimits(trx, tenantId);
    if (limits && limits.maxRooms !== null) await requireRoomLeft(trx, tenantId);
    const fitting = limits ? fitSettings(settings, limits) : settings;
    await insertRoom(trx, { id: room, linkHash, tenantId, settings: fitting, creator, ...rest }, name, at);
  }).catch(throwSlugTaken);
  return { room, link };
}

/**
 * The settings of a new room within its tenant's limits: an unset maximum of participants becomes at most the
 * tenant's. Throws 422 if a chosen maximum exceeds it.
 */
export function fitSettings(
  settings: RoomSettingsChange,
  { maxParticipants }: TenantLimits,
): RoomSettingsChange {
  requireFitting(settings, { maxParticipants });
  return maxParticipants !== null && maxParticipants < DEFAULT_SETTINGS.maxParticipants
    ? { maxParticipants, ...settings }
    : settings;
}

/** Turns a patch into settings: null restores the default. Throws 422 as above. */
export function chosenSettings(patch: RoomSettingsPatch | null, limits: TenantLimits): RoomSettingsChange {
  const maxParticipants = Math.min(DEFAULT_SETTINGS.maxParticipants, limits.maxParticipants ?? Infinity);
  const defaults: RoomSettings = { ...DEFAULT_SETTINGS, maxParticipants };
  const named = Object.keys(patch ?? DEFAULT_SETTINGS) as (keyof RoomSettings)[];
  const settings: RoomSettingsChange = Object.fromEntries(
    named.map((name) => [name, patch?.[name] ?? defaults[name]]),
  );
  requireFitting(settings, limits);
  return settings;
}

/** Throws 422 if the settings allow more participants than the tenant may have in one room. */
export function requireFitting(
  { maxParticipants }: RoomSettingsChange,
  limits: Pick<TenantLimits, "maxParticipants">,
): void {
  if (
    maxParticipants !== undefined && limits.maxParticipants !== null &&
    maxParticipants > limits.maxParticipants
  ) {
    throw invalidInput({ name: "settings.maxParticipants", reason: "tenant.limit" });
  }
}

/** Turns a violation of the unique index on slugs into 409; rethrows any other error. */
export function throwSlugTaken(error: unknown): never {
  if (violates(error, "room_slug")) {
    throw new DomainError("room.slugTaken");
  }
  throw error;
}

async function requireRoomLeft(trx: Db, tenantId: TenantId): Promise<void> {
  const { maxRooms } = await getLimits(trx, tenantId, true);
  if (maxRooms !== null && await countRooms(trx, tenantId, maxRooms) >= maxRooms) {
    throw new DomainError("tenant.roomsSpent", { most: maxRooms });
  }
}

function newRoomId(): RoomId {
  const text = base32(crypto.getRandomValues(new Uint8Array(8)));
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}` as RoomId;
}
