import assert from "node:assert/strict";
import { getPriority } from "node:os";
import { hashPassword, isOutdated, verifyPassword } from "./argon2.ts";
import { argon2id } from "hash-wasm";
import { HasherBusy, PasswordHasher, type WorkShare } from "./hasher.ts";
import type { PasswordTask } from "./work.ts";

const SHARE: WorkShare = { kind: "signIn", who: "192.0.2.1", about: "anna@rathaus.example" };

Deno.test("[U5] a password is stored as argon2id and recognized; another is not", async () => {
  using hasher = new PasswordHasher();
  const hash = await hasher.hash("Tischlampe am Fenster", SHARE);
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(hash, await hasher.hash("Tischlampe am Fenster", SHARE), "each has a salt of its own");
  assert.equal(await hasher.verify("Tischlampe am Fenster", hash, SHARE), true);
  assert.equal(await hasher.verify("Tischlampe am fenster", hash, SHARE), false);
  assert.equal(
    await hasher.verify(
      "Fahrra\u0308der gibt es hier",
      await hasher.hash("Fahrr\u00e4der gibt es hier", SHARE),
      SHARE,
    ),
    true,
  );
  assert.equal(isOutdated(hash), false);
  assert.equal(isOutdated(hash.replace("m=19456", "m=4096")), true);
});

Deno.test("[U5] a password that guessers try first is a common password", async () => {
  using hasher = new PasswordHasher();
  const own = ["anna.schmidt@rathaus.example", "Anna Schmidt"];
  const isCommon = (password: string) => hasher.isCommon(password, own, SHARE);
  for (
    const password of [
      "passwordpassword",
      "Passwort1234",
      "123456789012",
      "qwertzuiop12",
      "aaaaaaaaaaaaaaaa",
      "anna.schmidt@rathaus.example",
      "tafelrunde12",
    ]
  ) assert.equal(await isCommon(password), true, password);
  for (const password of ["Tischlampe am Fenster", "x7#kQ!p0vLz2", "🎈🎈 Luftballons im Regen"]) {
    assert.equal(await isCommon(password), false, password);
  }
});

Deno.test("[U5] its threads have a lower priority than everything else on the machine", async () => {
  const nicenesses = () =>
    [...Deno.readDirSync("/proc/self/task")].flatMap(({ name }) => {
      let stat: string;
      try {
        stat = Deno.readTextFileSync(`/proc/self/task/${name}/stat`);
      } catch {
        // A thread of something else that has ended meanwhile.
        return [];
      }
      // The 19th field; the second, a name in brackets, can contain spaces. Source: proc(5).
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
    });
  const own = getPriority(0);
  using hasher = new PasswordHasher();
  await hasher.hash("Tischlampe am Fenster", SHARE);
  assert.ok(nicenesses().includes(Math.min(19, own + 10)), "a thread of passwords");
  assert.equal(getPriority(0), own, "and no other");
});

Deno.test("[U5] many passwords at once: the main thread stays free, and the latest ones are refused", async () => {
  using hasher = new PasswordHasher();
  await hasher.hash("the worker is there", SHARE);
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  const results = await Promise.allSettled(
    Array.from({ length: 103 }, () => hasher.isCommon("Tischlampe am Fenster", [], SHARE)),
  );
  const hash = await hasher.hash("Tischlampe am Fenster", SHARE);
  clearInterval(turning);
  assert.ok(hash && turns > 0);
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 3);
  for (const { reason } of refused) assert.ok(reason instanceof HasherBusy);
});

/** Threads that record their tasks, and finish one only when told to. */
class IdleThreads {
  readonly given: string[] = [];
  readonly #waiting: (() => void)[] = [];

  /** Starts one thread. */
  readonly start = (): Worker => {
    const thread = Object.assign(new EventTarget(), {
      postMessage: (task: PasswordTask) => {
        const answer = () => thread.dispatchEvent(new MessageEvent("message", { data: { answer: true } }));
        if (task.type === "start") return queueMicrotask(answer);
        this.given.push(task.password);
        this.#waiting.push(answer);
      },
      terminate() {},
    });
    return thread as unknown as Worker;
  };

  /** Finishes the task that has waited longest, and waits for the effects. */
  async finish(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

Deno.test("[Q2] a client with many tasks delays only itself: another room, address or kind is next", async () => {
  const threads = new IdleThreads();
  using hasher = new PasswordHasher(threads.start);
  const refused: string[] = [];
  const ask = (name: string, kind: WorkShare["kind"], who: string, about: string) =>
    hasher.hash(name, { kind, who, about }).catch((error: unknown) => {
      assert.ok(error instanceof HasherBusy);
      refused.push(name);
    });
  const all = [
    ...Array.from({ length: 150 }, () => ask("mallory", "room", "198.51.100.1", "mallory's")),
    ask("neighbour", "room", "198.51.100.1", "neighbour's"),
    ask("elsewhere", "room", "198.51.100.2", "neighbour's"),
    ask("signing in", "signIn", "198.51.100.1", "anna@rathaus.example"),
    ask("new password", "newPassword", "198.51.100.1", "account"),
  ];
  for (let n = 0; n < all.length; n++) await threads.finish();
  await Promise.all(all);
  assert.deepEqual(
    threads.given.slice(0, 7).filter((name) => name !== "mallory").sort(),
    ["elsewhere", "neighbour", "new password", "signing in"],
  );
  assert.deepEqual(new Set(refused), new Set(["mallory"]));
});

Deno.test("[Q2] a client that sends one password after another has one thread, another address the other", async () => {
  const threads = new IdleThreads();
  using hasher = new PasswordHasher(threads.start);
  const ask = (name: string, who: string) => hasher.hash(name, { kind: "signIn", who, about: "an account" });
  const all = [
    ...Array.from({ length: 20 }, () => ask("flood", "198.51.100.1")),
    ask("other", "198.51.100.2"),
  ];
  await threads.finish();
  assert.deepEqual(threads.given, ["flood", "other"]);
  for (let n = 0; n < all.length; n++) await threads.finish();
  await Promise.all(all);
});

Deno.test("[U5] sequential passwords use the memory of one, and each is checked separately", async () => {
  const workers: Worker[] = [];
  using hasher = new PasswordHasher(() => {
    const url = new URL("./counting_worker_for_tests.ts", import.meta.url);
    workers.push(new Worker(url, { type: "module" }));
    return workers.at(-1)!;
  });
  const passwords = ["Tischlampe am Fenster", "Fahrräder gibt es hier", "x"];
  const hashes = await Promise.all(passwords.map((password) => hasher.hash(password, SHARE)));
  // Compares a thread that reuses its memory with one that allocates a new one each time.
  assert.equal(await hasher.verify(passwords[0]!, await hashPassword(passwords[0]!), SHARE), true);
  assert.equal(await verifyPassword(passwords[1]!, hashes[1]!), true);
  for (const memorySize of [4_096, 32_768, 8_192]) {
    const salt = new Uint8Array(16).fill(7);
    const cost = { memorySize, iterations: 3, parallelism: 1, hashLength: 32 };
    const made = await argon2id({ ...cost, salt, password: passwords[0]!, outputType: "encoded" });
    assert.equal(await hasher.verify(passwords[0]!, made, SHARE), true, `made with ${memorySize} KiB`);
  }
  for (const [n, hash] of hashes.entries()) {
    for (const [m, password] of passwords.entries()) {
      assert.equal(await hasher.verify(password, hash, SHARE), m === n);
    }
  }
  const memories = await Promise.all(workers.map((worker) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    worker.addEventListener("message", ({ data }) => resolve(data.answer), { once: true });
    worker.postMessage({ type: "memories" });
    return promise;
  }));
  // A second thread might have been started before the first was ready, and might have had no work.
  assert.equal(Math.max(...memories), 1, memories.join());
});
