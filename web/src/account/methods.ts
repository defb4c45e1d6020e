import { createMemo, createResource } from "solid-js";
import { type AccountMethods, readAccountMethods } from "../api/account.ts";
import type { RequestError } from "../api/request.ts";
import { createKeeper } from "../dashboard/list.ts";

/** The account's sign-in methods, reloaded on demand. */
export interface Methods {
  readonly now: () => AccountMethods | undefined;
  readonly error: () => RequestError | undefined;
  readonly refresh: () => Promise<void>;
}

export function createMethods(): Methods {
  const [answer, { refetch }] = createResource(readAccountMethods);
  const keep = createKeeper<AccountMethods["passkeys"][number]>();
  const now = createMemo<AccountMethods | undefined>((before) => {
    const latest = answer.latest;
    if (latest?.ok !== true) return before;
    return { ...latest.value, passkeys: [...keep(latest.value.passkeys)] };
  });
  return {
    now,
    error: () => {
      const latest = answer.latest;
      return latest === undefined || latest.ok ? undefined : latest.error;
    },
    refresh: async () => {
      await refetch();
    },
  };
}
