import * as v from "valibot";
import { TenantId } from "../ids.ts";
import { MAX_PARTICIPANTS } from "../default_settings.ts";
import { pageOf } from "./page.ts";
import { HostName, line, ResourceVersion, Slug, Time } from "./text.ts";
import { strictObject } from "../object.ts";

/** Longest logo, characters of its data URI: 36 KB of image data. */
export const MAX_LOGO = 50_000;

const webAddress = v.pipe(
  v.string(),
  v.maxLength(500),
  v.regex(/^https:\/\/[^\s\p{Cc}]+$/u),
  v.metadata({ pattern: "^https://[^\\x00-\\x20\\x7f-\\xa0]+$" }),
  v.url(),
);

const branding = {
  /** Colour of buttons and links, "#1f5e4a"; null: the default. */
  accent: v.nullable(v.pipe(v.string(), v.regex(/^#[0-9a-fA-F]{6}$/), v.toLowerCase())),
  /** Logo as a data URI, PNG or WebP; null: none. */
  logo: v.nullable(
    v.pipe(
      v.string(),
      v.maxLength(MAX_LOGO),
      v.regex(/^data:image\/(?:png|webp);base64,[A-Za-z0-9+/]+={0,2}$/),
    ),
  ),
  /** URL of the imprint ("Impressum"); null: no such link. */
  imprintUrl: v.nullable(webAddress),
  /** URL of the privacy policy; null: no such link. */
  privacyUrl: v.nullable(webAddress),
};

/** A tenant's appearance, and the links on its pages. It loads nothing from other sites. */
export const Branding = strictObject({
  accent: v.optional(branding.accent, null),
  logo: v.optional(branding.logo, null),
  imprintUrl: v.optional(branding.imprintUrl, null),
  privacyUrl: v.optional(branding.privacyUrl, null),
});
export type Branding = v.InferOutput<typeof Branding>;

/** A change of a tenant's appearance. */
export const BrandingChange = v.partial(strictObject(branding));

/** GET /v1/branding: public information about the tenant with this host name. */
export const PublicTenant = strictObject({
  /** The tenant's name. */
  name: v.string(),
  branding: Branding,
});

const count = (max: number) => v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max)));

/** Limits of a tenant; null: no limit. */
export const TenantQuota = strictObject({
  /** Participants in one room. */
  maxParticipants: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_PARTICIPANTS))),
  /** Rooms at the same time. */
  maxRooms: count(10_000_000),
  /** Minutes that all participants together spend in its rooms per calendar month (UTC). */
  maxMinutes: count(1_000_000_000),
  /**
   * Bytes that its rooms and its branding can use in the database. Beyond the limit (guests: beyond 75 %), no
   * chat message, name or branding is stored; calls continue.
   */
  maxStorageBytes: count(Number.MAX_SAFE_INTEGER),
});
export type TenantQuota = v.InferOutput<typeof TenantQuota>;

const amount = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Current usage of a tenant. */
export const TenantUsage = strictObject({
  /** Current number of rooms. */
  rooms: amount,
  /** Current number of accounts. */
  people: amount,
  /**
   * Participant minutes in the current calendar month (UTC), to the minute, including those of people who
   * join the tenant's rooms with a link.
   */
  minutes: amount,
  /**
   * Approximate bytes that its rooms (1.5 KB for each), their events and its branding use in the database;
   * events of the last minutes might be missing.
   */
  storageBytes: amount,
});
export type TenantUsage = v.InferOutput<typeof TenantUsage>;

/** GET /v1/tenant: the caller's tenant. GET /v1/tenants/{tenant}: for operators. */
export const TenantResource = strictObject({
  id: TenantId,
  /** The tenant's name in URLs of the installation. */
  slug: v.string(),
  /** The tenant's name. */
  name: v.string(),
  /** The tenant's own host name; null: none. */
  domain: v.nullable(v.string()),
  branding: Branding,
  quota: TenantQuota,
  version: ResourceVersion,
  createdAt: Time,
});
export type TenantResource = v.InferOutput<typeof TenantResource>;

/** GET /v1/tenants, newest first. */
export const TenantPage = pageOf(TenantResource);

const NO_BRANDING = { accent: null, logo: null, imprintUrl: null, privacyUrl: null };
const NO_LIMITS = { maxParticipants: null, maxRooms: null, maxMinutes: null, maxStorageBytes: null };

/** PATCH /v1/tenant, by the tenant's admins: a JSON Merge Patch. */
export const ChangeTenant = v.partial(strictObject({
  /** The tenant's name. */
  name: line(120, 1),
  branding: v.nullable(BrandingChange, NO_BRANDING),
}));

/** POST /v1/tenants */
export const CreateTenant = strictObject({
  slug: Slug,
  /** The tenant's name. */
  name: line(120, 1),
  domain: v.optional(v.nullable(HostName), null),
  quota: v.optional(v.partial(TenantQuota), {}),
});

/** PATCH /v1/tenants/{tenant}, by operators: a JSON Merge Patch. */
export const OperateTenant = v.partial(strictObject({
  slug: Slug,
  /** The tenant's name. */
  name: line(120, 1),
  domain: v.nullable(HostName),
  quota: v.nullable(v.partial(TenantQuota), NO_LIMITS),
}));
