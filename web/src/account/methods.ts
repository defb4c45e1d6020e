import { createResource } from "solid-js";
import { type AccountMethods, readAccountMethods } from "../api/account.ts";
import type { Trouble } from "../api/request.ts";

/** The account's ways to sign in, and their newest state on demand. */
export interface Methods {
  readonly now: () => AccountMethods | undefined;
  readonly trouble: () => Trouble | undefined;
  readonly refresh: () => Promise<void>;
}

export function createMethods(): Methods {
  const [answer, { refetch }] = createResource(readAccountMethods);
  return {
    now: () => {
      const latest = answer.latest;
      return latest?.ok ? latest.value : undefined;
    },
    trouble: () => {
      const latest = answer.latest;
      return latest === undefined || latest.ok ? undefined : latest.trouble;
    },
    refresh: async () => {
      await refetch();
    },
  };
}
