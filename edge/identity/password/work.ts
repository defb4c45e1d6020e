import { hashPassword, verifyPassword } from "./argon2.ts";
import { isCommon } from "./strength.ts";

/** Tasks that are too slow for the main thread. */
export type PasswordTask =
  /** No work: the answer means that the worker is ready. */
  | { readonly type: "start" }
  | { readonly type: "hash"; readonly password: string }
  | { readonly type: "verify"; readonly password: string; readonly hash: string }
  | { readonly type: "isCommon"; readonly password: string; readonly own: readonly string[] };

/** Does the task; returns the hash, or the answer to a check. */
export async function doPasswordTask(task: PasswordTask): Promise<string | boolean> {
  switch (task.type) {
    case "start":
      return true;
    case "hash":
      return await hashPassword(task.password);
    case "verify":
      return await verifyPassword(task.password, task.hash);
    case "isCommon":
      return isCommon(task.password, task.own);
    default:
      return task satisfies never;
  }
}
