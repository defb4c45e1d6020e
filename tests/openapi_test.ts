import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { OpenApi } from "../edge/http/openapi.ts";
import { openEmptyPglite } from "../edge/store/template_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";

Deno.test("the description of the API", async (t) => {
  await using store = await openEmptyPglite();
  await using edge = await startTestEdge({ store });
  const response = await fetch(`${edge.origin}/v1/openapi.json`);
  const api: OpenApi = await response.json();

  await t.step("[A14] is a valid OpenAPI 3.1 document", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...api });
    assert.ok(valid, JSON.stringify(errors, null, 2));
    assert.equal(validator.version, "3.1");
    assert.ok(validator.resolveRefs(), "every reference has its target");
  });

  await t.step("[A14] names each route once, and every shape that it refers to is there", () => {
    const operations = Object.values(api.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    const text = JSON.stringify(api);
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      assert.ok(Object.hasOwn(api.components.schemas, name), name);
    }
    assert.ok(!text.includes("$defs"));
  });

  await t.step("[A15] the page has every route, no script, and nothing from elsewhere", async () => {
    const page = await fetch(`${edge.origin}/v1/docs`);
    assert.equal(page.headers.get("content-type"), "text/html; charset=UTF-8");
    const html = await page.text();
    for (const methods of Object.values(api.paths)) {
      for (const { operationId } of Object.values(methods)) {
        assert.ok(html.includes(`id="${operationId}"`), operationId);
      }
    }
    assert.doesNotMatch(html, /<script|style=|(?:src|href)="(?:https?:)?\/\//);
    const style = await fetch(`${edge.origin}/v1/docs.css`);
    assert.deepEqual([style.status, style.headers.get("content-type")], [200, "text/css; charset=UTF-8"]);
    await style.body?.cancel();
  });
});
