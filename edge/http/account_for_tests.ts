import assert from "node:assert/strict";
import type { AccountId } from "@tafelrunde/protocol";
import type { IdentityContext } from "../context.ts";
import { hashNewPassword } from "../identity/password/password.ts";
import { type Account, insertAccount } from "../store/account.ts";
import { setPassword } from "../store/password.ts";
import { DEFAULT_TENANT } from "../store/tenant.ts";
import { type makeAccountApp, TestClient } from "./app_for_tests.ts";

/** The password of every account in tests. */
export const PASSWORD = "Tischlampe am Fenster";

/** User agent of the browser of `comeAsPerson`. */
export const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** The part of a link after its "#"; "" if there is none. */
export const secretOf = (url: string | undefined) => url?.split("#")[1] ?? "";

/** A signed-in member with a password, at `name`@example.org. */
export async function comeAsPerson(
  context: IdentityContext,
  app: ReturnType<typeof makeAccountApp>,
  name: string,
): Promise<{ account: Account; email: string; client: TestClient }> {
  const { db, now } = context;
  const email = `${name}@example.org`;
  const account = await insertAccount(db, {
    id: name.padEnd(16, "a") as AccountId,
    tenantId: DEFAULT_TENANT,
    name,
    email,
    isEmailVerified: true,
    role: "member",
    isOperator: false,
  }, now());
  await setPassword(db, account!.id, await hashNewPassword(context, PASSWORD, [], "test"), now());
  const client = new TestClient(app, { "user-agent": FIREFOX });
  assert.equal(await client.outcome("POST /v1/auth/password", { email, password: PASSWORD }), "200");
  return { account: account!, email, client };
}
