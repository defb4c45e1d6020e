import type { RouteContext } from "../context.ts";
import { newRowId, TenantId } from "@tafelrunde/protocol";
import {
  ChangeTenant,
  CreateTenant,
  OperateTenant,
  PublicTenant,
  TenantPage,
  TenantResource,
  TenantUsage,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { DomainError } from "../errors.ts";
import { bearerOf } from "../identity/caller.ts";
import { requireEffect } from "../identity/effects.ts";
import { violates } from "../store/constraint.ts";
import { DEFAULT_TENANT } from "../store/tenant.ts";
import {
  deleteTenant,
  findTenantRecord,
  insertTenant,
  listTenants,
  readUsage,
  type TenantRecord,
  updateTenant,
} from "../store/tenant_record.ts";
import { monthOf } from "../store/usage.ts";
import { nameOf } from "./access.ts";
import { tellPoint } from "./limit.ts";
import { requestTenant } from "./origin.ts";
import { pagedBy, pageFrom, PositionInstant } from "./paging.ts";
import { ProblemError, unknown } from "./problem.ts";
import { readerOf } from "./room_access.ts";
import { type Route, route } from "../route.ts";
import { timeOf } from "./time.ts";

/** Position of a page of tenants: created at (ms), id. */
const Position = v.tuple([PositionInstant, TenantId]);

/** /v1/tenant for a tenant's members, /v1/tenants for operators, /v1/branding for everyone. */
export function tenantRoutes(context: RouteContext): Route[] {
  const { db, now, limits } = context;
  const get = async (id: TenantId): Promise<TenantRecord> => {
    const tenant = await findTenantRecord(db, id);
    if (tenant === undefined) throw unknown("tenant");
    return tenant;
  };
  const place = { tag: "tenants" } as const;
  const resource = {
    answer: TenantResource,
    etag: ({ version }: { readonly version: number }) => version,
  };

  return [
    route({
      ...place,
      method: "GET",
      path: "/v1/branding",
      summary: "Read the name and branding of the tenant with this host name",
      access: "open",
      answer: PublicTenant,
    }, async ({ c }) => {
      const { name, branding } = await get((await requestTenant(c, context)).id);
      return { name, branding };
    }),

    route({
      ...place,
      ...resource,
      method: "GET",
      path: "/v1/tenant",
      summary: "Read the caller's tenant",
      access: "member",
      scope: "tenant:read",
    }, async ({ caller }) => tenantOf(await get(readerOf(caller).tenantId))),

    route({
      ...place,
      method: "GET",
      path: "/v1/tenant/usage",
      summary: "Read the usage of the caller's tenant",
      access: "admin",
      scope: "tenant:read",
      limit: "tenant.usage",
      answer: TenantUsage,
    }, ({ caller }) => readUsage(db, readerOf(caller).tenantId, monthOf(now()))),

    route({
      ...place,
      ...resource,
      method: "PATCH",
      path: "/v1/tenant",
      summary: "Change the caller's tenant",
      access: "admin",
      scope: "tenant:write",
      ifMatch: true,
      body: ChangeTenant,
      problems: { "tenant.storageSpent": 409 },
    }, async ({ caller, body, version, c }) => {
      requireEffect(bearerOf(caller), "tenant.change");
      const { id, quota: { maxStorageBytes } } = await get(readerOf(caller).tenantId);
      if (maxStorageBytes !== null && body.branding) {
        tellPoint(c, "tenant.usage", await limits.draw("tenant.usage", nameOf(caller)));
        const { storageBytes } = await readUsage(db, id, monthOf(now()));
        if (storageBytes + JSON.stringify(body.branding).length > maxStorageBytes) {
          throw new ProblemError(409, "tenant.storageSpent", "This tenant has reached its storage limit.");
        }
      }
      const changed = await updateTenant(db, id, version, body);
      if (changed === undefined) throw new DomainError("version.outdated");
      return tenantOf(changed);
    }),

    route({
      ...place,
      method: "GET",
      path: "/v1/tenants",
      summary: "List tenants, newest first",
      access: "operator",
      query: pagedBy(Position),
      answer: TenantPage,
    }, async ({ query: { limit, cursor } }) => {
      const tenants = await listTenants(db, { after: cursor, count: limit + 1 });
      return pageFrom(tenants, limit, tenantOf, ({ createdAt, id }) => [createdAt, id]);
    }),

    route({
      ...place,
      ...resource,
      method: "POST",
      path: "/v1/tenants",
      summary: "Create a tenant",
      access: "operator",
      body: CreateTenant,
      status: 201,
      location: ({ id }) => `/v1/tenants/${id}`,
      problems: { "tenant.taken": 409 },
    }, async ({ body }) => {
      const id = newRowId() as TenantId;
      await insertTenant(db, { ...body, id }, now()).catch(throwTaken);
      return tenantOf(await get(id));
    }),

    route({
      ...place,
      ...resource,
      method: "GET",
      path: "/v1/tenants/{tenant}",
      summary: "Read a tenant",
      access: "operator",
      params: { tenant: TenantId },
    }, async ({ params: { tenant } }) => tenantOf(await get(tenant))),

    route({
      ...place,
      ...resource,
      method: "PATCH",
      path: "/v1/tenants/{tenant}",
      summary: "Change a tenant, its host name and its limits",
      access: "operator",
      params: { tenant: TenantId },
      ifMatch: true,
      body: OperateTenant,
      problems: { "tenant.taken": 409 },
    }, async ({ params, body, version }) => {
      await get(params.tenant);
      const changed = await updateTenant(db, params.tenant, version, body).catch(throwTaken);
      if (changed === undefined) throw new DomainError("version.outdated");
      return tenantOf(changed);
    }),

    route({
      ...place,
      method: "DELETE",
      path: "/v1/tenants/{tenant}",
      summary: "Delete a tenant with its people, rooms and meetings",
      access: "operator",
      params: { tenant: TenantId },
      ifMatch: true,
      problems: { "tenant.isDefault": 409 },
    }, async ({ caller, params: { tenant }, version }) => {
      const { id } = await get(tenant);
      if (id === DEFAULT_TENANT || id === caller.account.tenantId) {
        throw new ProblemError(
          409,
          "tenant.isDefault",
          "The first tenant and your own tenant cannot be deleted.",
        );
      }
      if (!await deleteTenant(db, id, version)) throw new DomainError("version.outdated");
    }),
  ];
}

function tenantOf({ createdAt, ...tenant }: TenantRecord): TenantResource {
  return { ...tenant, createdAt: timeOf(createdAt) };
}

function throwTaken(error: unknown): never {
  const name = violates(error, "tenant_slug_key")
    ? "slug"
    : violates(error, "tenant_domain_key")
    ? "domain"
    : undefined;
  if (name === undefined) throw error;
  throw new ProblemError(409, "tenant.taken", `Another tenant already has this ${name}.`, {
    fields: [{ in: "body", name, reason: "taken" }],
  });
}
