import * as v from "valibot";
import { TenantId } from "../ids.ts";
import { MAX_PARTICIPANTS } from "../default_settings.ts";
import { pageOf } from "./page.ts";
import { HostName, line, ResourceVersion, Slug, Time } from "./text.ts";

/** Longest logo, characters of its data URI: 36 KB of picture. */
export const MAX_LOGO = 50_000;

const webAddress = v.pipe(v.string(), v.maxLength(500), v.regex(/^https:\/\/[^\s\p{Cc}]+$/u), v.url());

/** What a tenant looks like, and the links that its pages need. Nothing in it is loaded from elsewhere. */
export const Branding = v.strictObject({
  /** The colour of buttons and links, "#1f5e4a"; null: ours. */
  accent: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^#[0-9a-fA-F]{6}$/), v.toLowerCase())), null),
  /** A picture as a data URI, PNG or WebP; null: none. */
  logo: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.maxLength(MAX_LOGO),
        v.regex(/^data:image\/(?:png|webp);base64,[A-Za-z0-9+/]+={0,2}$/),
      ),
    ),
    null,
  ),
  /** Who is responsible ("Impressum"), and what becomes of data; null: no such link. */
  imprintUrl: v.optional(v.nullable(webAddress), null),
  privacyUrl: v.optional(v.nullable(webAddress), null),
});
export type Branding = v.InferOutput<typeof Branding>;

/** GET /v1/branding: what anybody may know of the tenant under this host name. */
export const PublicTenant = v.strictObject({ name: v.string(), branding: Branding });

const count = (max: number) => v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max)));

/** What a tenant may have at most; null: no limit. */
export const TenantQuota = v.strictObject({
  /** People in one room. */
  maxParticipants: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_PARTICIPANTS))),
  maxRooms: count(10_000_000),
  /** Minutes that all its people together spend in rooms in a calendar month (UTC). */
  maxMinutes: count(1_000_000_000),
  maxStorageBytes: count(Number.MAX_SAFE_INTEGER),
});
export type TenantQuota = v.InferOutput<typeof TenantQuota>;

const amount = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a tenant has and has spent. */
export const TenantUsage = v.strictObject({
  rooms: amount,
  people: amount,
  /** In the current calendar month (UTC), to the minute; what was spent by people who came by link in its rooms is its own. */
  minutes: amount,
  /** Events and snapshots of its rooms and its branding, as the database stores them. */
  storageBytes: amount,
});
export type TenantUsage = v.InferOutput<typeof TenantUsage>;

/** GET /v1/tenant: the caller's own. GET /v1/tenants/{tenant}, for operators. */
export const TenantResource = v.strictObject({
  id: TenantId,
  slug: v.string(),
  name: v.string(),
  /** The host name under which it is reached; null: none of its own. */
  domain: v.nullable(v.string()),
  branding: Branding,
  quota: TenantQuota,
  version: ResourceVersion,
  createdAt: Time,
});
export type TenantResource = v.InferOutput<typeof TenantResource>;

/** GET /v1/tenants, the newest first. */
export const TenantPage = pageOf(TenantResource);

/** PATCH /v1/tenant, by its admins. What is not named stays. */
export const ChangeTenant = v.partial(v.strictObject({ name: line(120, 1), branding: Branding }));

/** POST /v1/tenants */
export const CreateTenant = v.strictObject({
  slug: Slug,
  name: line(120, 1),
  domain: v.optional(v.nullable(HostName), null),
  quota: v.optional(v.partial(TenantQuota), {}),
});

/** PATCH /v1/tenants/{tenant}, by operators. What is not named stays. */
export const OperateTenant = v.partial(v.strictObject({
  slug: Slug,
  name: line(120, 1),
  domain: v.nullable(HostName),
  quota: v.partial(TenantQuota),
}));
