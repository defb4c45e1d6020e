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
import { fieldProblem, ProblemError } from "../http/problem.ts";
import { hashSecret } from "../identity/secret.ts";
import { violates } from "../store/constraint.ts";
import { countRooms, getLimits, type TenantLimits } from "../store/quota.ts";
import { insertRoom } from "../store/room.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";

/** What is chosen of a room before there is one. */
export interface RoomWish {
  readonly name: string;
  /** Undefined: it belongs to whoever has its link. */
  readonly tenantId?: TenantId | undefined;
  readonly ownerId?: AccountId | undefined;
  readonly slug?: string | null;
  readonly settings?: RoomSettingsChange;
  /** argon2id. */
  readonly passwordHash?: string | null;
  readonly isAdhoc?: boolean;
  /** Who makes it without an account, and so owns it. */
  readonly findCreator?: (room: RoomId) => PersonId;
}

/** A new room, and the secret of its link, which nobody will ever read again. */
export interface MadeRoom {
  readonly room: RoomId;
  readonly link: LinkSecret;
}

/**
 * Makes a room, with `db` a transaction as a part of it. Throws 409 `tenant.roomsSpent` or `room.slugTaken`, and 422 when its settings allow more
 * people than its tenant may have in one room.
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
 * Settings of a new room within its tenant's limits: a number of people that nobody chose becomes the most that may be. Throws 422 for one that
 * somebody chose and that is more.
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

/** What a patch comes to: null brings back what is so when nobody chooses. Throws 422 as above. */
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

/** Throws 422 when the settings allow more people than the tenant may have in one room. */
export function requireFitting(
  { maxParticipants }: RoomSettingsChange,
  limits: Pick<TenantLimits, "maxParticipants">,
): void {
  if (
    maxParticipants !== undefined && limits.maxParticipants !== null &&
    maxParticipants > limits.maxParticipants
  ) {
    throw fieldProblem({ in: "body", name: "settings.maxParticipants", reason: "tenant.limit" });
  }
}

/** Turns the failure of the unique index on slugs into 409; throws everything else as it is. */
export function throwSlugTaken(error: unknown): never {
  if (violates(error, "room_slug")) {
    throw new ProblemError(
      409,
      "room.slugTaken",
      "Another room of this tenant has that name in its address.",
      {
        fields: [{ in: "body", name: "slug", reason: "taken" }],
      },
    );
  }
  throw error;
}

async function requireRoomLeft(trx: Db, tenantId: TenantId): Promise<void> {
  const { maxRooms } = await getLimits(trx, tenantId, true);
  if (maxRooms !== null && await countRooms(trx, tenantId, maxRooms) >= maxRooms) {
    throw new ProblemError(409, "tenant.roomsSpent", `This tenant has all of its ${maxRooms} rooms.`);
  }
}

function newRoomId(): RoomId {
  const text = base32(crypto.getRandomValues(new Uint8Array(8)));
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}` as RoomId;
}
