/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { findMeetingLink } from "./meeting_link.ts";

const HERE = "https://meet.example.org";
const SECRET = "Zx9_-AAAAAAAAAAAAAAAAA";
const link = { found: "link", roomId: "k7wq-3fzp-axmd", link: SECRET };
const find = (text: string) => findMeetingLink(text, HERE);

Deno.test("a link is found bare, shortened, and inside an invitation", () => {
  deepEqual(find(`${HERE}/r/k7wq-3fzp-axmd#${SECRET}`), link);
  deepEqual(find(`  /r/k7wq-3fzp-axmd#${SECRET} `), link);
  deepEqual(find(`k7wq-3fzp-axmd#${SECRET}`), link);
  deepEqual(find(`HTTPS://Meet.Example.org/r/k7wq-3fzp-axmd?lang=de#${SECRET}`), link);
  deepEqual(find(`Liebe Runde,\nhier der Link: <${HERE}/r/k7wq-3fzp-axmd#${SECRET}>.\nBis gleich`), link);
});

Deno.test("a link is found as word processors and other keyboards change it", () => {
  for (const dash of ["\u2010", "\u2011", "–", "—", "\u2212", "－"]) {
    deepEqual(find(`${HERE}/r/k7wq${dash}3fzp${dash}axmd#${SECRET}`), link, dash);
    deepEqual(
      find(`${HERE}/r/${encodeURIComponent(`k7wq${dash === "－" ? "-" : dash}3fzp-axmd`)}%23${SECRET}`),
      link,
      dash,
    );
  }
  deepEqual(find(`会議：${HERE}/r/k7wq-3fzp-axmd＃${SECRET}。`), link);
  deepEqual(find(`– siehe ${HERE}/r/k7wq-3fzp-axmd#${SECRET} –`), link);
  const safe = `https://eur01.safelinks.example/?url=${
    encodeURIComponent(`${HERE}/r/k7wq-3fzp-axmd#${SECRET}`)
  }&data=05`;
  deepEqual(find(safe), link);
});

Deno.test("a link of another server is recognised", () => {
  deepEqual(find(`https://other.example/r/k7wq-3fzp-axmd#${SECRET}`), {
    found: "otherServer",
    host: "other.example",
    url: `https://other.example/r/k7wq-3fzp-axmd#${SECRET}`,
  });
});

Deno.test("a link without its secret, or with a cut one, is incomplete", () => {
  deepEqual(find(`${HERE}/r/k7wq-3fzp-axmd`), { found: "noSecret" });
  deepEqual(find(`${HERE}/r/k7wq-3fzp-axmd#${SECRET.slice(1)}`), { found: "noSecret" });
  deepEqual(find(`${HERE}/r/k7wq-3fzp-axmd#${SECRET}x`), { found: "noSecret" });
});

Deno.test("anything else is not a link", () => {
  deepEqual(find(" \n"), { found: "empty" });
  deepEqual(find("https://zoom.example/j/123456"), { found: "notALink" });
  deepEqual(find("javascript:alert(1)"), { found: "notALink" });
  for (const host of ["a|b", "a^b.example", "[::", "a:99999", "%zz", "xn--a-"]) {
    deepEqual(find(`https://${host}/r/k7wq-3fzp-axmd#${SECRET}`), { found: "notALink" }, host);
  }
});
