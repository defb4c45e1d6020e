import type { Context } from "hono";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { readCaller } from "./caller.ts";
import { ProblemError } from "./problem.ts";
import type { AnyDeclaration } from "../route.ts";

/**
 * Finds the caller, if the route needs to know. Throws 401 or 403 for callers that the route does not allow.
 */
export async function findAllowedCaller(c: Context, declaration: AnyDeclaration): Promise<Caller> {
  if (declaration.access === "open") return { kind: "nobody" };
  const caller = await readCaller(c);
  if (caller.kind === "key") requireScope(caller.scopes, declaration);
  else if (declaration.access !== "anyone") requirePerson(caller, declaration);
  return caller;
}

/** Name of a caller in counters and stored requests: "account:…", "key:…". */
export function nameOf(caller: Exclude<Caller, { kind: "nobody" }>): string {
  return caller.kind === "account" ? `account:${caller.account.id}` : `key:${caller.keyId}`;
}

function requireScope(scopes: readonly string[], { scope, access }: AnyDeclaration): void {
  if (scope === undefined || access === "operator") {
    throw new DomainError("key.notAllowed");
  }
  if (!scopes.includes(scope)) {
    throw new DomainError("key.scopeMissing", { scope });
  }
}

function requirePerson(caller: Exclude<Caller, { kind: "key" }>, { access }: AnyDeclaration): void {
  if (caller.kind === "nobody") {
    throw new ProblemError(401, "signIn.needed", "Sign in, or send an API key.", {
      headers: { "www-authenticate": 'Bearer realm="Tafelrunde"' },
    });
  }
  const { role, isOperator } = caller.account;
  if (access === "operator" && !isOperator) throw new ProblemError(403, "operator.needed");
  if (access === "admin" && role !== "admin") throw new ProblemError(403, "admin.needed");
}
