import type {
  ApiKey,
  Branding,
  Group,
  Person,
  Scope,
  TenantQuota,
  TenantResource,
  TenantUsage,
} from "@tafelrunde/protocol/http";
import type { Page } from "./meetings.ts";
import { type Answer, get, patch, post, put, query, remove } from "./request.ts";

export type { ApiKey, Branding, Group, Person, Scope, TenantQuota, TenantUsage };
export type Tenant = TenantResource;
export type GroupMember = Pick<Person, "id" | "name" | "email">;

export function listPeople(search: string, cursor?: string): Promise<Answer<Page<Person>>> {
  return get(`/v1/people${query({ search, limit: 20, cursor })}`);
}

/** Creates an account; `inviteUrl` exists if no mail is sent: it must then be passed on. */
export function invitePerson(
  body: { name: string; email: string; role: Person["role"] },
  key: string,
): Promise<Answer<Person & { readonly inviteUrl: string | null }>> {
  return post("/v1/people", body, key);
}

export function changePerson(
  { id, version }: Person,
  change: { role?: Person["role"]; isDisabled?: boolean },
): Promise<Answer<Person>> {
  return patch(`/v1/people/${id}`, change, `"${version}"`);
}

export function listGroups(_source: unknown, cursor?: string): Promise<Answer<Page<Group>>> {
  return get(`/v1/groups${query({ limit: 100, cursor })}`);
}

export function createGroup(name: string, key: string): Promise<Answer<Group>> {
  return post("/v1/groups", { name }, key);
}

export function deleteGroup({ id, version }: Group): Promise<Answer<void>> {
  return remove(`/v1/groups/${id}`, `"${version}"`);
}

export function listGroupMembers(groupId: string, cursor?: string): Promise<Answer<Page<GroupMember>>> {
  return get(`/v1/groups/${groupId}/members${query({ limit: 100, cursor })}`);
}

export function addGroupMember(groupId: string, accountId: string): Promise<Answer<void>> {
  return put(`/v1/groups/${groupId}/members/${accountId}`);
}

export function removeGroupMember(groupId: string, accountId: string): Promise<Answer<void>> {
  return remove(`/v1/groups/${groupId}/members/${accountId}`);
}

export function listKeys(_source: unknown, cursor?: string): Promise<Answer<Page<ApiKey>>> {
  return get(`/v1/keys${query({ limit: 100, cursor })}`);
}

/** Creates a key; `key` is shown only this once. */
export function createKey(
  body: { name: string; scopes: readonly Scope[]; expiresAt: string | null },
  idempotencyKey: string,
): Promise<Answer<ApiKey & { readonly key: string }>> {
  return post("/v1/keys", body, idempotencyKey);
}

export function deleteKey(keyId: string): Promise<Answer<void>> {
  return remove(`/v1/keys/${keyId}`);
}

/** The caller's organisation. */
export function readTenant(): Promise<Answer<Tenant>> {
  return get("/v1/tenant");
}

export function changeTenant(
  change: { name?: string; branding?: Branding },
  version: number,
): Promise<Answer<Tenant>> {
  return patch("/v1/tenant", change, `"${version}"`);
}

export function readUsage(): Promise<Answer<TenantUsage>> {
  return get("/v1/tenant/usage");
}

export function listTenants(_source: unknown, cursor?: string): Promise<Answer<Page<Tenant>>> {
  return get(`/v1/tenants${query({ limit: 100, cursor })}`);
}

export interface TenantChange {
  readonly name: string;
  readonly slug: string;
  readonly domain: string | null;
  readonly quota: TenantQuota;
}

export function createTenant(body: TenantChange, key: string): Promise<Answer<Tenant>> {
  return post("/v1/tenants", body, key);
}

/** Changes any organisation, as an operator. */
export function operateTenant({ id, version }: Tenant, change: TenantChange): Promise<Answer<Tenant>> {
  return patch(`/v1/tenants/${id}`, change, `"${version}"`);
}
