import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { EdgeProcess } from "./edge_process.ts";
import { metricOn, METRICS_TOKEN, readMetrics } from "./metrics_page.ts";
import { ENTRIES, makeProcessBase } from "./process_base.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Part of every frame below, in ASCII and beyond: none of it must come back. */
const STRANGE = "strange";

/** One frame each, from a client that has not sent hello. */
const FRAMES: Readonly<Record<string, string | Uint8Array>> = {
  "a long key of two bytes a letter": `{"type":"ping","n":1,"${STRANGE}${"ä".repeat(60)}":1}`,
  "a long key of three bytes": `{"type":"ping","n":1,"${STRANGE}${"語".repeat(110)}":1}`,
  "a key of emoji, cut in the middle": `{"type":"ping","n":1,"${STRANGE}${"😀".repeat(53)}":1}`,
  "half a surrogate": `{"type":"ping","n":1,"${STRANGE}\\ud83d":1}`,
  "a key of control characters": `{"type":"ping","n":1,"${STRANGE}\\r\\n\\u0000\\u001b[31m":1}`,
  "a key as long as a message": `{"type":"ping","n":1,"${STRANGE}${"k".repeat(60_000)}":1}`,
  "a prototype": `{"type":"ping","n":1,"__proto__":{"${STRANGE}":1}}`,
  "constructor as type": `{"type":"constructor","${STRANGE}":1}`,
  "a type of another alphabet": `{"type":"${STRANGE}${"ж".repeat(100)}"}`,
  "a key of a record within": JSON.stringify({
    type: "rtt.measured",
    rttByNode: { [STRANGE + "ü".repeat(80)]: "x" },
  }),
  "an unknown key within": JSON.stringify({
    type: "peer.open",
    offer: { capabilities: {}, [STRANGE + "ö".repeat(90)]: 1 },
  }),
  "a wrong element of a list": JSON.stringify({
    type: "view.set",
    tracks: [{ [STRANGE + "é".repeat(70)]: 1 }],
  }),
  "deep nesting": `{"type":"ping","n":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
  "deep nesting of objects": `{"type":"peer.open","offer":${`{"${STRANGE}":`.repeat(5_000)}1${
    "}".repeat(5_000)
  }}`,
  "no JSON": `${STRANGE}${"ß".repeat(200)}`,
  "nothing": "",
  "a list": `["${STRANGE}"]`,
  "null": "null",
  "bytes": new TextEncoder().encode(STRANGE),
  "too much": `"${STRANGE}${"x".repeat(70_000)}"`,
};

interface Told {
  readonly code: number;
  readonly reason: Uint8Array;
}

/** Sends a frame on its own socket; returns how the socket was closed. */
async function closeAfter(origin: string, frame: string | Uint8Array): Promise<Told> {
  const socket = new WebSocket(`${origin.replace("http", "ws")}/v1/signal`);
  const closed = new Promise<Told>((resolve) =>
    socket.once("close", (code: number, reason: Uint8Array) => resolve({ code, reason }))
  );
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  socket.send(frame);
  return await closed;
}

for (const { entry, kind } of ENTRIES) {
  Deno.test(`[M2] no frame of a stranger stops the edge or is returned to anyone, ${entry} (${kind})`, async (t) => {
    await using base = await makeProcessBase(kind);
    await using edge = await EdgeProcess.start({ ...base.env, METRICS_TOKEN }, { entry });
    const anna = await new SignalClient(await createRoom(edge.origin)).join(edge.origin, "Anna");
    for (const [what, frame] of Object.entries(FRAMES)) {
      await t.step(what, async () => {
        const { code, reason } = await closeAfter(edge.origin, frame);
        assert.ok(code === 4400 || code === 1009, String(code));
        const text = new TextDecoder("utf-8", { fatal: true }).decode(reason);
        assert.ok(reason.length <= 123);
        assert.doesNotMatch(text, new RegExp(`${STRANGE}|[^ -~]`));
        assert.equal((await anna.ask({ type: "hand.raise", raised: true })).type !== "refused", true);
      });
    }
    const page = await readMetrics(`${edge.origin}/v1/metrics`);
    for (const where of ["socket", "session", "process"]) {
      assert.equal(metricOn(page, `tafelrunde_edge_faults_total{where="${where}"}`) ?? 0, 0);
    }
    assert.ok(edge.isRunning);
    await anna.close();
  });
}
