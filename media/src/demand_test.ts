import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Demand, DEMAND_FALL_MS, DemandTeller } from "./demand.ts";

test("the demand is the largest layer that any peer wants", () => {
  const demand = new Demand(3);
  assert.equal(demand.layer, -1);
  demand.set("ada", 0);
  demand.set("ben", 2);
  demand.set("cleo", 1);
  assert.equal(demand.layer, 2);
  demand.set("ben", -1);
  demand.set("ben", -1);
  assert.equal(demand.layer, 1);
  demand.set("cleo", 0);
  demand.set("ada", -1);
  demand.set("cleo", -1);
  assert.equal(demand.layer, -1);
});

test("a rise is sent at once, a fall once it has lasted", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const told: number[] = [];
    using teller = new DemandTeller(3, (layer) => told.push(layer));
    mock.timers.tick(DEMAND_FALL_MS - 1);
    teller.set("ada", 2);
    mock.timers.tick(DEMAND_FALL_MS);
    assert.deepEqual(told, [], "all layers were wanted before the fall had lasted");
    teller.set("ada", 0);
    mock.timers.tick(DEMAND_FALL_MS);
    assert.deepEqual(told, [0]);
    teller.set("ben", 1);
    assert.deepEqual(told, [0, 1]);
    teller.set("ben", -1);
    teller.set("ada", -1);
    mock.timers.tick(DEMAND_FALL_MS);
    assert.deepEqual(told, [0, 1, -1]);
  } finally {
    mock.timers.reset();
  }
});

test("nothing is sent once the track is closed", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const told: number[] = [];
    new DemandTeller(3, (layer) => told.push(layer))[Symbol.dispose]();
    mock.timers.tick(DEMAND_FALL_MS * 2);
    assert.deepEqual(told, []);
  } finally {
    mock.timers.reset();
  }
});
