import assert from "node:assert/strict";
import { deviceLabel } from "./device_label.ts";

Deno.test("a session is labelled with its browser and system", () => {
  const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
  const named = {
    "Firefox on Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Firefox on iOS":
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15",
    "Chrome on Linux": `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/150.0.0.0 Safari/537.36`,
    "Chrome on Android": `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/150.0.0.0 Mobile Safari/537.36`,
    "Edge on Windows":
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0`,
    "Safari on macOS":
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
    "Linux": "something on Linux",
    "": "curl/8.1",
  };
  for (const [name, header] of Object.entries(named)) assert.equal(deviceLabel(header), name);
  assert.equal(deviceLabel(undefined), "");
});
