import type { AccountId } from "@tafelrunde/protocol";
import type { Scope } from "@tafelrunde/protocol/http";
import type { Page } from "./meetings.ts";
import { type Answer, get, patch, post, put, query, remove } from "./request.ts";

export type { Scope };

/** An account, for administrators. */
export interface Person {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string | null;
  readonly role: "member" | "admin";
  readonly isOperator: boolean;
  readonly disabledAt: string | null;
  readonly version: number;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly isExternal: boolean;
  readonly members: number;
  readonly version: number;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly usedAt: string | null;
}

export interface Limits {
  readonly maxParticipants: number | null;
  readonly maxRooms: number | null;
  readonly maxMinutes: number | null;
  readonly maxStorageBytes: number | null;
}

export interface Branding {
  readonly colour?: string;
  readonly imprintUrl?: string;
  readonly privacyUrl?: string;
}

export interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly domain: string | null;
  readonly branding: Branding;
  readonly limits: Limits;
  readonly version: number;
}

export interface Usage {
  readonly people: number;
  readonly rooms: number;
  readonly minutes: number;
  readonly storageBytes: number;
}

export function listPeople(search: string, cursor?: string): Promise<Answer<Page<Person>>> {
  return get(`/v1/people${query({ search, limit: 20, cursor })}`);
}

export function invitePerson(body: { name: string; email: string; role: Person["role"] }, key: string) {
  return post<Person>("/v1/people", body, key);
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

export function listGroupMembers(groupId: string, cursor?: string) {
  return get<Page<Pick<Person, "id" | "name" | "email">>>(
    `/v1/groups/${groupId}/members${query({ limit: 100, cursor })}`,
  );
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

/** Makes a key; `key` is shown this once. */
export function createKey(
  body: { name: string; scopes: readonly Scope[]; expiresAt: string | null },
  idempotencyKey: string,
): Promise<Answer<ApiKey & { readonly key: string }>> {
  return post("/v1/keys", body, idempotencyKey);
}

export function deleteKey(keyId: string): Promise<Answer<void>> {
  return remove(`/v1/keys/${keyId}`);
}

/** The organisation of who asks. */
export function readTenant(): Promise<Answer<Tenant>> {
  return get("/v1/tenant");
}

export function changeTenant(
  change: { name?: string; branding?: Branding },
  version: number,
): Promise<Answer<Tenant>> {
  return patch("/v1/tenant", change, `"${version}"`);
}

export function readUsage(): Promise<Answer<Usage>> {
  return get("/v1/tenant/usage");
}

export function listTenants(_source: unknown, cursor?: string): Promise<Answer<Page<Tenant>>> {
  return get(`/v1/tenants${query({ limit: 100, cursor })}`);
}

export interface TenantChange {
  readonly name: string;
  readonly slug: string;
  readonly domain: string | null;
  readonly limits: Limits;
}

export function createTenant(body: TenantChange, key: string): Promise<Answer<Tenant>> {
  return post("/v1/tenants", body, key);
}

export function changeAnyTenant({ id, version }: Tenant, change: TenantChange): Promise<Answer<Tenant>> {
  return patch(`/v1/tenants/${id}`, change, `"${version}"`);
}
