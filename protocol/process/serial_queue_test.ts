import assert from "node:assert/strict";
import { SerialQueue, SerialQueues } from "./serial_queue.ts";

Deno.test("work of a queue runs one after another, also after work that failed", async () => {
  const queue = new SerialQueue();
  const done: string[] = [];
  const failed = assert.rejects(
    queue.run(async () => {
      await Promise.resolve();
      done.push("first");
      throw new Error("first");
    }),
    /first/,
  );
  const second = queue.run(() => Promise.resolve(done.push("second")));
  assert.equal(queue.length, 2);
  await Promise.all([failed, second]);
  assert.deepEqual([done, queue.length], [["first", "second"], 0]);
});

Deno.test("a key has a bounded queue, which delays and fills no other key's, and has room again afterwards", async () => {
  const queues = new SerialQueues(2);
  const end = Promise.withResolvers<void>();
  const first = queues.run("mallory", () => end.promise);
  const second = queues.run("mallory", () => Promise.resolve());
  assert.equal(queues.run("mallory", () => Promise.resolve()), undefined);
  await queues.run("anna", () => Promise.resolve());
  end.reject(new Error("over"));
  await assert.rejects(first!, /over/);
  await second;
  await queues.run("mallory", () => Promise.resolve());
});
