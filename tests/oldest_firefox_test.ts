import assert from "node:assert/strict";
import type { ConnectionTransport } from "puppeteer-core";
import { asOldestFirefox } from "./oldest_firefox.ts";

/** A browser so new that it refuses nothing, and what a client sees of it. */
function connect() {
  const reached: string[] = [];
  const heard: { id?: number; type: string; error?: string; message?: string }[] = [];
  const browser: ConnectionTransport = { send: (message) => void reached.push(message), close() {} };
  const client = asOldestFirefox(browser);
  client.onmessage = (message) => void heard.push(JSON.parse(message));
  return { reached, heard, browser, client };
}

const REFUSED = {
  "a command": { method: "emulation.setScreenOrientationOverride", params: { screenOrientation: null } },
  "a command of a module that it has": { method: "browser.setClientWindowState", params: {} },
  "a command of a module that it lacks": { method: "bluetooth.simulateAdapter", params: {} },
  "a parameter of a command that it has": {
    method: "browser.createUserContext",
    params: { proxy: { proxyType: "direct" } },
  },
  "an event": { method: "session.subscribe", params: { events: ["log", "input.fileDialogOpened"] } },
  "the events of a module that it lacks": {
    method: "session.subscribe",
    params: { events: ["speculation"] },
  },
};

for (const [what, command] of Object.entries(REFUSED)) {
  Deno.test(`${what} that the previous Firefox ESR lacks is refused, whichever Firefox is installed`, async () => {
    const { reached, heard, client } = connect();
    client.send(JSON.stringify({ id: 7, ...command }));
    await Promise.resolve();
    assert.deepEqual(reached, []);
    assert.equal(heard.length, 1);
    const [{ id, type, error, message } = {}] = heard;
    assert.deepEqual({ id, type, error }, { id: 7, type: "error", error: "unknown command" });
    assert.match(message!, /^Firefox ESR 140 does not have the (command|parameter|event) \w/);
  });
}

Deno.test("what it has reaches Firefox unchanged, and so do responses and the end of the connection", () => {
  const { reached, heard, browser, client } = connect();
  const commands = [
    { id: 1, method: "session.status", params: {} },
    {
      id: 2,
      method: "session.subscribe",
      params: { events: ["browsingContext", "input", "log.entryAdded"] },
    },
    { id: 3, method: "browsingContext.navigate", params: { context: "a", url: "about:blank", wait: "none" } },
    { id: 4, method: "browser.close" },
  ].map((command) => JSON.stringify(command));
  for (const command of commands) client.send(command);
  assert.deepEqual(reached, commands);
  browser.onmessage?.(JSON.stringify({ type: "success", id: 1, result: {} }));
  assert.deepEqual(heard, [{ type: "success", id: 1, result: {} }]);
  let hasClosed = false;
  client.onclose = () => (hasClosed = true);
  browser.onclose?.();
  assert.ok(hasClosed);
});
