import * as v from "valibot";
import { TenantId } from "../ids.ts";
import { MAX_PARTICIPANTS } from "../default_settings.ts";
import { pageOf } from "./page.ts";
import { HostName, line, ResourceVersion, Slug, Time } from "./text.ts";
import { strictObject } from "../object.ts";

/** Longest logo, characters of its data URI: 36 KB of picture. */
export const MAX_LOGO = 50_000;

const webAddress = v.pipe(
  v.string(),
  v.maxLength(500),
  v.regex(/^https:\/\/[^\s\p{Cc}]+$/u),
  v.metadata({ pattern: "^https://[^\\x00-\\x20\\x7f-\\xa0]+$" }),
  v.url(),
);

const branding = {
  /** The colour of buttons and links, "#1f5e4a"; null: ours. */
  accent: v.nullable(v.pipe(v.string(), v.regex(/^#[0-9a-fA-F]{6}$/), v.toLowerCase())),
  /** A picture as a data URI, PNG or WebP; null: none. */
  logo: v.nullable(
    v.pipe(
      v.string(),
      v.maxLength(MAX_LOGO),
      v.regex(/^data:image\/(?:png|webp);base64,[A-Za-z0-9+/]+={0,2}$/),
    ),
  ),
  /** Who is responsible ("Impressum"); null: no such link. */
  imprintUrl: v.nullable(webAddress),
  /** What becomes of data; null: no such link. */
  privacyUrl: v.nullable(webAddress),
};

/** What a tenant looks like, and the links that its pages need. Nothing in it is loaded from elsewhere. */
export const Branding = strictObject({
  accent: v.optional(branding.accent, null),
  logo: v.optional(branding.logo, null),
  imprintUrl: v.optional(branding.imprintUrl, null),
  privacyUrl: v.optional(branding.privacyUrl, null),
});
export type Branding = v.InferOutput<typeof Branding>;

/** A change of what a tenant looks like. */
export const BrandingChange = v.partial(strictObject(branding));

/** GET /v1/branding: what anybody may know of the tenant under this host name. */
export const PublicTenant = strictObject({
  /** What it is called. */
  name: v.string(),
  branding: Branding,
});

const count = (max: number) => v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max)));

/** What a tenant may have at most; null: no limit. */
export const TenantQuota = strictObject({
  /** People in one room. */
  maxParticipants: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_PARTICIPANTS))),
  /** Rooms that there are at once. */
  maxRooms: count(10_000_000),
  /** Minutes that all its people together spend in rooms in a calendar month (UTC). */
  maxMinutes: count(1_000_000_000),
  /**
   * Bytes that its rooms and its branding may take in the database. Beyond, no message, no name and no branding is stored (guests: from 75 % on); calls go on.
   */
  maxStorageBytes: count(Number.MAX_SAFE_INTEGER),
});
export type TenantQuota = v.InferOutput<typeof TenantQuota>;

const amount = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a tenant has and has spent. */
export const TenantUsage = strictObject({
  /** Rooms that it has now. */
  rooms: amount,
  /** Accounts that it has now. */
  people: amount,
  /** In the current calendar month (UTC), to the minute; what was spent by people who came by link in its rooms is its own. */
  minutes: amount,
  /** About how many bytes its rooms (with 1.5 KB for each), their events and its branding take in the database; events of the last minutes may be missing. */
  storageBytes: amount,
});
export type TenantUsage = v.InferOutput<typeof TenantUsage>;

/** GET /v1/tenant: the caller's own. GET /v1/tenants/{tenant}, for operators. */
export const TenantResource = strictObject({
  id: TenantId,
  /** Its name in addresses of the installation. */
  slug: v.string(),
  /** What it is called. */
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

const NO_BRANDING = { accent: null, logo: null, imprintUrl: null, privacyUrl: null };
const NO_LIMITS = { maxParticipants: null, maxRooms: null, maxMinutes: null, maxStorageBytes: null };

/** PATCH /v1/tenant, by its admins: a JSON Merge Patch. */
export const ChangeTenant = v.partial(strictObject({
  /** What it is called. */
  name: line(120, 1),
  branding: v.nullable(BrandingChange, NO_BRANDING),
}));

/** POST /v1/tenants */
export const CreateTenant = strictObject({
  slug: Slug,
  /** What it is called. */
  name: line(120, 1),
  domain: v.optional(v.nullable(HostName), null),
  quota: v.optional(v.partial(TenantQuota), {}),
});

/** PATCH /v1/tenants/{tenant}, by operators: a JSON Merge Patch. */
export const OperateTenant = v.partial(strictObject({
  slug: Slug,
  /** What it is called. */
  name: line(120, 1),
  domain: v.nullable(HostName),
  quota: v.nullable(v.partial(TenantQuota), NO_LIMITS),
}));
