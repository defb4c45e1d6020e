import { createHash, randomBytes } from "node:crypto";
import { NOBODYS_HASH } from "./argon2.ts";
import { doPasswordTask, type PasswordTask } from "./work.ts";

/** What hashes begin with, up to the salt: the same as argon2's, so that none is taken for outdated. */
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

/** In place of a thread of PasswordHasher, where a test is about something else: its hashes cost nothing, and fit those of no other. */
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
