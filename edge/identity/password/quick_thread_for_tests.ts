import { createHash, randomBytes } from "node:crypto";
import { NOBODYS_HASH } from "./argon2.ts";
import { doPasswordTask, type PasswordTask } from "./work.ts";

/** Prefix of hashes, up to the salt: the same as argon2's, so that none counts as outdated. */
const BEGINNING = NOBODYS_HASH.split("$").slice(0, 4).join("$");

const hashWith = (password: string, salt: string) =>
  `${BEGINNING}$${salt}$${
    createHash("sha256").update(`${salt} ${password.normalize("NFKC")}`).digest("base64")
  }`;

async function answerTo(task: PasswordTask): Promise<string | boolean> {
  switch (task.type) {
    case "hash":
      return hashWith(task.password, randomBytes(16).toString("base64"));
    case "verify":
      return hashWith(task.password, task.hash.split("$").at(-2) ?? "") === task.hash;
    default:
      return await doPasswordTask(task);
  }
}

/**
 * Replaces a thread of PasswordHasher in tests of other things: its hashes cost nothing, and match no others.
 */
export function startQuickThread(): Worker {
  const thread = Object.assign(new EventTarget(), {
    postMessage: (task: PasswordTask) =>
      void answerTo(task).then(
        (answer) => thread.dispatchEvent(new MessageEvent("message", { data: { answer } })),
        (error) => thread.dispatchEvent(new MessageEvent("message", { data: { fault: String(error) } })),
      ),
    terminate() {},
  });
  return thread as unknown as Worker;
}
