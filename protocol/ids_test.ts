import assert from "node:assert/strict";
import * as v from "valibot";
import { base32, base64url, LinkSecret, randomToken } from "./mod.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("base32 is RFC 4648's, lower-case and unpadded", () => {
  const vectors = {
    "": "",
    f: "my",
    fo: "mzxq",
    foo: "mzxw6",
    foob: "mzxw6yq",
    fooba: "mzxw6ytb",
    foobar: "mzxw6ytboi",
  };
  for (const [plain, encoded] of Object.entries(vectors)) assert.equal(base32(bytes(plain)), encoded);
});

Deno.test("base64url is RFC 4648's, unpadded", () => {
  const vectors = { "": "", f: "Zg", fo: "Zm8", foo: "Zm9v", "\u00ff\u00fe": "w7_Dvg" };
  for (const [plain, encoded] of Object.entries(vectors)) assert.equal(base64url(bytes(plain)), encoded);
});

Deno.test("a random token has the shape of a link secret", () => {
  assert.ok(v.is(LinkSecret, randomToken()));
  assert.notEqual(randomToken(), randomToken());
});
