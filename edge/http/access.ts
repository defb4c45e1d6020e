import type { Context } from "hono";
import { type Caller, readCaller } from "../identity/caller.ts";
import { ProblemError } from "./problem.ts";
import type { AnyDeclaration } from "./route.ts";

/** Who asks, as far as the route wants to know. Throws 401 and 403 for whom it does not answer. */
export async function findAllowedCaller(c: Context, declaration: AnyDeclaration): Promise<Caller> {
  if (declaration.access === "open") return { kind: "nobody" };
  const caller = await readCaller(c);
  if (caller.kind === "key") requireScope(caller.scopes, declaration);
  else if (declaration.access !== "anyone") requirePerson(caller, declaration);
  return caller;
}

/** Who may be asked for an answer is told apart by name in counters and stored requests: "account:…", "key:…". */
export function nameOf(caller: Exclude<Caller, { kind: "nobody" }>): string {
  return caller.kind === "account" ? `account:${caller.account.id}` : `key:${caller.keyId}`;
}

function requireScope(scopes: readonly string[], { scope, access }: AnyDeclaration): void {
  if (scope === undefined || access === "operator") {
    throw new ProblemError(403, "key.notAllowed", "Only people may do this, no API key.");
  }
  if (!scopes.includes(scope)) {
    throw new ProblemError(403, "key.scopeMissing", `The API key lacks the scope ${scope}.`);
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
