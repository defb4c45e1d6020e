import assert from "node:assert/strict";
import { Rest } from "./rest.ts";

Deno.test("[F7] a lost node rests when it is back, longer each time, until it has been steady", () => {
  const rest = new Rest();
  rest.returned(0);
  assert.ok(rest.isOver(0), "the first start is no return");
  rest.lost(1_000);
  rest.returned(2_000);
  assert.ok(!rest.isOver(6_999));
  assert.ok(rest.isOver(7_000));
  rest.lost(8_000);
  rest.returned(9_000);
  assert.ok(!rest.isOver(18_999));
  assert.ok(rest.isOver(19_000));
  rest.lost(400_000);
  rest.returned(400_000);
  assert.ok(rest.isOver(405_000));
});
