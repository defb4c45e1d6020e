import assert from "node:assert/strict";
import { runPool } from "./pool.ts";

/** Jobs that end on demand, and a record of what runs at each moment. */
function makeBench(names: readonly string[], alone: readonly string[] = [], waits: readonly string[] = []) {
  const running = new Set<string>();
  const begun: string[][] = [];
  const ends = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  return {
    jobs: names.map((name) => ({ name, alone: alone.includes(name), waits: waits.includes(name) })),
    begun,
    end: (name: string) => ends.get(name)!.resolve(),
    fail: (name: string) => ends.get(name)!.reject(new Error(name)),
    async run({ name }: { name: string }) {
      running.add(name);
      begun.push([...running]);
      try {
        await ends.get(name)!.promise;
      } finally {
        running.delete(name);
      }
    },
  };
}

Deno.test("jobs run in parallel and in order, no more than there are places, and finally those that must run alone", async () => {
  const { jobs, begun, end, run } = makeBench(["a", "m", "b", "c", "n"], ["m", "n"]);
  const done = runPool(jobs, 2, run);
  for (const name of ["b", "a", "c", "m", "n"]) {
    await new Promise((resolve) => setTimeout(resolve));
    end(name);
  }
  await done;
  assert.deepEqual(begun, [["a"], ["a", "b"], ["a", "c"], ["m"], ["n"]]);
});

Deno.test("those that must run alone and mostly wait run one after another beside the others that must", async () => {
  const order = async (places: number, ends: readonly string[]) => {
    const { jobs, begun, end, run } = makeBench(["m", "a", "n", "o"], ["m", "n", "o"], ["n", "o"]);
    const done = runPool(jobs, places, run);
    for (const name of ends) {
      await new Promise((resolve) => setTimeout(resolve));
      end(name);
    }
    await done;
    return begun;
  };
  assert.deepEqual(await order(2, ["a", "n", "o", "m"]), [["a"], ["m"], ["m", "n"], ["m", "o"]]);
  assert.deepEqual(await order(1, ["a", "m", "n", "o"]), [["a"], ["m"], ["n"], ["o"]]);
});

Deno.test("two jobs that mostly wait run beside the others, and any place takes one when nothing else is left", async () => {
  const names = ["a", "w", "x", "b", "c", "y", "z"];
  const { jobs, begun, end, run } = makeBench(names, [], ["w", "x", "y", "z"]);
  const done = runPool(jobs, 2, run);
  for (const name of ["w", "a", "b", "c", "x", "y", "z"]) {
    await new Promise((resolve) => setTimeout(resolve));
    end(name);
  }
  await done;
  assert.deepEqual(begun.map((running) => running.join(" ")), [
    "a",
    "a b",
    "a b w",
    "a b w x",
    "a b x y",
    "b x y c",
    "x y c z",
  ]);
});

Deno.test("others run beside while there is capacity, one more once no mostly waiting one is left, and with one place nothing runs beside", async () => {
  const { jobs, begun, end, run } = makeBench(["a", "b", "c", "w", "x", "d", "e", "f"], [], ["w", "x"]);
  const looks: ((hasRoom: boolean) => void)[] = [];
  const done = runPool(jobs, 2, run, () => new Promise((resolve) => void looks.push(resolve)));
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  await settle();
  assert.deepEqual(begun.at(-1), ["a", "b", "w", "x"]);
  assert.equal(looks.length, 1);
  looks.shift()!(false);
  await settle();
  assert.equal(begun.length, 4);
  looks.shift()!(true);
  await settle();
  assert.deepEqual(begun.at(-1), ["a", "b", "w", "x", "c"]);
  assert.equal(looks.length, 0);
  end("w");
  await settle();
  looks.shift()!(true);
  await settle();
  assert.deepEqual(begun.at(-1), ["a", "b", "x", "c", "d"]);
  for (const name of ["a", "b", "c", "d", "e", "f", "x"]) end(name);
  await settle();
  for (const look of looks) look(false);
  await done;
  const alone = makeBench(["a", "b"]);
  const last = runPool(alone.jobs, 1, alone.run, () => Promise.reject(new Error("nobody looks")));
  for (const name of ["a", "b"]) {
    await settle();
    alone.end(name);
  }
  await last;
  assert.deepEqual(alone.begun, [["a"], ["b"]]);
});

Deno.test("after a job that throws no other job starts, and running ones are awaited", async () => {
  const { jobs, begun, end, fail, run } = makeBench(["a", "b", "c", "m"], ["m"]);
  const done = runPool(jobs, 2, run);
  let isDone = false;
  void done.catch(() => {}).then(() => (isDone = true));
  fail("a");
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(isDone, false);
  end("b");
  await assert.rejects(done, /^Error: a$/);
  assert.deepEqual(begun, [["a"], ["a", "b"]]);
});
