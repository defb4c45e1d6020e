import assert from "node:assert/strict";
import { Product } from "./product_rig.ts";

for (const env of [{ HOST: "::1", CONTROL_HOST: "::1" }, { HOST: "::" }]) {
  Deno.test(`the product listens on IPv6 addresses, and its parts find each other (${Object.values(env)})`, async () => {
    await using product = await Product.start({ RTC_LISTEN: "127.0.0.1,::1", ...env });
    const { port } = new URL(product.origin);
    for (;;) {
      const health = await (await fetch(`http://[::1]:${port}/v1/health`)).json();
      if (health.mediaNodes.up === 1) {
        assert.deepEqual(health, { status: "ok", store: true, mediaNodes: { up: 1, all: 1 } });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.match(await product.firstAccountUrl(), /\/first#/);
  });
}
