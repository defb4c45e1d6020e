import assert from "node:assert/strict";
import { newTrackId, type TrackSource } from "@tafelrunde/protocol";
import { Arrival } from "./arrival.ts";

const track = (source: TrackSource, muted = false) => ({ trackId: newTrackId(), source, muted });

/** Whether `arrival` is done once all that was promised has happened. */
async function isDone(arrival: Arrival): Promise<boolean> {
  let done = false;
  void arrival.whenDone.then(() => done = true);
  await new Promise((resolve) => setTimeout(resolve));
  return done;
}

Deno.test("[F11] a client has arrived when all its tracks are published on the new node", async () => {
  const [microphone, camera] = [track("microphone", true), track("camera")];
  const arrival = new Arrival([microphone, camera]);
  arrival.moved();
  arrival.published(microphone.trackId);
  arrival.published(newTrackId());
  assert.equal(await isDone(arrival), false);
  arrival.published(camera.trackId);
  assert.equal(await isDone(arrival), true);
});

Deno.test("[F11] a client that sends nothing, or whose camera is off, has arrived once it is told", async () => {
  for (const tracks of [[], [track("camera", true)]]) {
    const arrival = new Arrival(tracks);
    assert.equal(await isDone(arrival), false);
    arrival.moved();
    assert.equal(await isDone(arrival), true);
  }
});

Deno.test("[F11] nobody waits for a client that has left", async () => {
  const arrival = new Arrival([track("camera")]);
  arrival.end();
  assert.equal(await isDone(arrival), true);
});
