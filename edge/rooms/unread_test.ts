import assert from "node:assert/strict";
import { type SlowReader, Unread } from "./unread.ts";

function makeReader(address: string, ended: string[], name: string): SlowReader {
  return { address, endUnread: () => void ended.push(name) };
}

Deno.test("unsent bytes of one address are bounded: the socket unread for longest is closed, others are not", () => {
  const ended: string[] = [];
  const unread = new Unread({ perAddress: 100, inAll: 1_000 });
  const [first, second, other] = ["first", "second", "other"].map((name) =>
    makeReader(name === "other" ? "b" : "a", ended, name)
  );
  unread.note(other!, 90);
  unread.note(first!, 60);
  unread.note(second!, 30);
  assert.deepEqual(ended, []);
  unread.note(second!, 50);
  assert.deepEqual(ended, ["first"]);
  assert.equal(unread.total, 140);
  unread.note(second!, 0);
  unread.note(other!, 0);
  assert.equal(unread.total, 0);
});

Deno.test("unsent bytes of all addresses together are bounded", () => {
  const ended: string[] = [];
  const unread = new Unread({ perAddress: 100, inAll: 1_000 });
  for (let n = 0; n < 50; n++) {
    unread.note(makeReader(`address ${n}`, ended, String(n)), 90);
    assert.ok(unread.total <= 1_000);
  }
  assert.equal(ended.length, 39);
  assert.equal(ended[0], "0");
});
