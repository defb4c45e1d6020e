/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { NodeId, NodeOption, RttByNode } from "@tafelrunde/protocol";
import type { MediaPlace } from "./api.ts";
import { AGAIN_MS, MediaPlaces } from "./media_places.ts";
import { RTT_TERM_MS } from "./rtt_memory.ts";
import { onNetworkChange } from "./socket.ts";
import { HeldTimers } from "./testing_timers.ts";

/** A media node's probe that counts measuring clients. */
class TestingProbe implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sockets: WebSocket[] = [];
  echoes = 0;
  /** How long an echo takes, ms. */
  delayMs = 0;

  constructor() {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      this.#sockets.push(socket);
      socket.addEventListener("message", ({ data }) => {
        this.echoes++;
        if (this.delayMs === 0) socket.send(data);
        else setTimeout(() => socket.readyState === WebSocket.OPEN && socket.send(data), this.delayMs);
      });
      return response;
    });
  }

  get connections(): number {
    return this.#sockets.length;
  }

  option(nodeId: string): NodeOption {
    const probeUrl = `ws://127.0.0.1:${this.#server.addr.port}/probe`;
    return { nodeId: nodeId as NodeId, region: nodeId as NodeOption["region"], probeUrl };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await this.#server.shutdown();
  }
}

/** A tab with nothing stored yet, with a clock and a network that the test sets. */
function makeTab() {
  sessionStorage.clear();
  // No node is left out because the machine is slow.
  const timers = new HeldTimers();
  const real = Date.now;
  const clock = { now: real() };
  Date.now = () => clock.now;
  const network = Object.assign(new EventTarget(), { type: "wifi" });
  Object.defineProperty(navigator, "connection", { configurable: true, value: network });
  return {
    clock,
    timers,
    goOver(type: string) {
      network.type = type;
      network.dispatchEvent(new Event("change"));
    },
    network,
    [Symbol.dispose]() {
      timers[Symbol.dispose]();
      Date.now = real;
      Reflect.deleteProperty(navigator, "connection");
      sessionStorage.clear();
    },
  };
}

/** The places of one page, and what they reported to their call. */
function makePlaces() {
  const measured: RttByNode[] = [];
  const shown: (MediaPlace | undefined)[] = [];
  const life = new AbortController();
  const waiting = new Set<() => void>();
  const places = new MediaPlaces({
    setPlace: (place) => shown.push(place),
    measured(rttByNode) {
      measured.push(rttByNode);
      for (const look of waiting) look();
    },
  });
  onNetworkChange(() => places.networkChanged(), life.signal);
  return {
    places,
    measured,
    shown,
    /** Resolves when the nodes have been measured `times` times. */
    async until(times: number): Promise<void> {
      while (measured.length < times) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
    [Symbol.dispose]() {
      life.abort();
      places.close();
    },
  };
}

Deno.test("[F8] each node is measured by six echoes over one connection, once for all pages of a tab", async () => {
  using _tab = makeTab();
  await using fra = new TestingProbe();
  await using ber = new TestingProbe();
  const nodes = [fra.option("fra"), ber.option("ber")];
  using page = makePlaces();
  assert.equal(page.places.rttByNode, undefined);
  page.places.offer(nodes);
  await page.until(1);
  assert.deepEqual([fra, ber].map(({ connections, echoes }) => [connections, echoes]), [[1, 6], [1, 6]]);
  assert.deepEqual(Object.keys(page.places.rttByNode ?? {}).toSorted(), ["ber", "fra"]);
  using reloaded = makePlaces();
  assert.deepEqual(reloaded.places.rttByNode, page.places.rttByNode);
  reloaded.places.offer(nodes);
  reloaded.places.arrive("fra" as NodeId, "nearest");
  assert.equal(reloaded.shown.at(-1)?.rttMs, page.places.rttByNode!["fra" as NodeId]);
  assert.deepEqual([fra.connections, ber.connections], [1, 1]);
});

Deno.test("[F8] with a choice of nodes, the shorter of two measurements counts, and a like one is not reported", async () => {
  using tab = makeTab();
  await using fra = new TestingProbe();
  await using ber = new TestingProbe();
  using page = makePlaces();
  fra.delayMs = 60;
  page.places.offer([fra.option("fra"), ber.option("ber")]);
  await page.until(1);
  const [first] = page.measured;
  assert.ok(first!["fra" as NodeId]! >= 59, JSON.stringify(first));
  fra.delayMs = 0;
  tab.timers.pass(AGAIN_MS);
  await page.until(2);
  assert.ok(page.measured[1]!["fra" as NodeId]! < first!["fra" as NodeId]!);
  assert.ok(page.measured[1]!["ber" as NodeId]! <= first!["ber" as NodeId]!);
  assert.deepEqual(page.places.rttByNode, page.measured[1]);
  assert.deepEqual([fra.connections, ber.connections], [2, 2]);
});

Deno.test("[F8] a second measurement that is longer changes nothing", async () => {
  using tab = makeTab();
  await using fra = new TestingProbe();
  await using ber = new TestingProbe();
  using page = makePlaces();
  page.places.offer([fra.option("fra"), ber.option("ber")]);
  await page.until(1);
  const [first] = page.measured;
  fra.delayMs = ber.delayMs = 60;
  tab.timers.pass(AGAIN_MS);
  while (fra.echoes + ber.echoes < 24) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual([page.measured.length, page.places.rttByNode], [1, first]);
});

Deno.test("[F8] on another network the measurements are invalid, and the nodes are measured again", async () => {
  using tab = makeTab();
  await using fra = new TestingProbe();
  using page = makePlaces();
  page.places.offer([fra.option("fra")]);
  await page.until(1);
  tab.goOver("wifi");
  assert.notEqual(page.places.rttByNode, undefined, "a change of speed is none of the network");
  tab.goOver("cellular");
  assert.equal(page.places.rttByNode, undefined);
  await page.until(2);
  assert.deepEqual([fra.connections, page.places.rttByNode], [2, page.measured[1]]);
  // A closed page is not notified.
  tab.network.type = "ethernet";
  using reloaded = makePlaces();
  assert.equal(reloaded.places.rttByNode, undefined);
});

Deno.test("[F8] a measurement is an hour old at most, in a call that lasts longer too", async () => {
  using tab = makeTab();
  await using fra = new TestingProbe();
  using page = makePlaces();
  page.places.offer([fra.option("fra")]);
  await page.until(1);
  tab.clock.now += RTT_TERM_MS - 1;
  assert.notEqual(page.places.rttByNode, undefined);
  tab.clock.now += 1;
  assert.equal(page.places.rttByNode, undefined);
  // As with the welcome after a reconnect.
  page.places.offer([fra.option("fra")]);
  await page.until(2);
  assert.notEqual(page.places.rttByNode, undefined);
  assert.equal(fra.connections, 2);
});
