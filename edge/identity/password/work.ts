import { hashPassword, verifyPassword } from "./argon2.ts";
import { isCommon } from "./strength.ts";

/** What is too slow for the thread that carries the meetings. */
export type PasswordTask =
  /** Nothing: who answers is ready for work. */
  | { readonly type: "start" }
  | { readonly type: "hash"; readonly password: string }
  | { readonly type: "verify"; readonly password: string; readonly hash: string }
  | { readonly type: "isCommon"; readonly password: string; readonly own: readonly string[] };

/** Does the task: the hash, or whether it is so. */
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
