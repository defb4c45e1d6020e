/// <reference lib="dom" />
import { serveGallery } from "../tools/gallery_server.ts";
import assert from "node:assert/strict";
import { TestBrowser } from "./browser_rig.ts";
import { Product } from "./product_rig.ts";
import { WebKitPerson } from "./webkit_rig.ts";

/** Where screenshots of WebKit are saved for inspection; undefined: nowhere. */
const PICTURES = Deno.env.get("WEBKIT_PICTURES");

async function keep(person: WebKitPerson, name: string): Promise<void> {
  if (PICTURES !== undefined) await person.photographs(`${PICTURES}/${name}.png`);
}

/** Whether there are videos on the page and each of them plays. Runs in the page. */
function allPicturesPlay(): boolean {
  const videos = [...document.querySelectorAll("video")];
  return videos.length > 0 &&
    videos.every((video) => video.readyState >= 2 && video.videoWidth > 0 && !("empty" in video.dataset));
}

Deno.test("WebKit: a meeting without media", async (t) => {
  await using product = await Product.start();
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  await using ben = await WebKitPerson.sitDown("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();

  await t.step("the lobby shows one's own picture, and it moves", async () => {
    await ben.goto(link);
    await ben.waits("one's own picture", allPicturesPlay);
    await keep(ben, "lobby");
  });

  await t.step("one joins, is visible to the others, and both can write", async () => {
    await ben.writes("Your name", "Ben");
    await ben.press("Join meeting");
    await anna.tile("Ben").waitFor();
    await ben.hasButton("Leave meeting");
    await ben.waits("one's own tile", allPicturesPlay);
    await ben.press("Chat");
    await ben.writes("Message", "hello from WebKit");
    await ben.types("\uE007");
    await anna.opens("Chat");
    await anna.reads("hello from WebKit");
    await anna.says("hello from Chromium");
    await ben.reads("hello from Chromium");
    await keep(ben, "meeting");
  });

  await t.step("one leaves", async () => {
    await ben.press("Leave meeting");
    await ben.reads("You have left the meeting.");
    await anna.tile("Ben").waitFor({ state: "detached" });
  });
});

Deno.test("WebKit: Tab reaches every action on the dashboard, with Safari's default settings", async () => {
  await using server = await serveGallery();
  await using ben = await WebKitPerson.sitDown("Ben", ["--enable-tabs-to-links=false"]);
  await ben.goto(`${server.address}gallery/gallery.html?scene=meetings&lang=en`);
  await ben.waits("the lists", () => document.querySelectorAll("li a").length > 2);
  await ben.hasButton("Copy link of Jour fixe Bauamt und Stadtplanung");
  // The page can still replace elements, so they are kept as themselves and compared with those it has then.
  const look = () =>
    ben.run(() => {
      const page = globalThis as typeof globalThis & { reached?: Set<Element | null> };
      const reached = page.reached ??= new Set();
      reached.add(document.activeElement);
      const wanted = [...document.querySelectorAll<HTMLElement>("a[href], button, input")]
        .filter((one) => one.checkVisibility());
      return {
        wanted: wanted.length,
        missing: wanted.filter((one) => !reached.has(one)).map((one) => one.outerHTML.slice(0, 200)),
      };
    });
  let { wanted, missing } = await look();
  assert.ok(wanted > 20);
  for (let presses = 0; presses < wanted * 2 && missing.length > 0; presses++) {
    await ben.types("\uE004");
    ({ wanted, missing } = await look());
  }
  assert.deepEqual(missing, []);
});

Deno.test("WebKit: text that has to be fetched first is copied all the same: a click counts until something is awaited", async () => {
  await using server = await serveGallery();
  await using ben = await WebKitPerson.sitDown("Ben");
  await ben.goto(`${server.address}gallery/gallery.html?scene=meetings&lang=en`);
  await ben.hasButton("Copy link of Jour fixe Bauamt und Stadtplanung");
  await ben.run(() => {
    const ask = globalThis.fetch;
    globalThis.fetch = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return await ask(...args);
    };
    globalThis.prompt = () => null;
  });
  await ben.press("Copy link of Jour fixe Bauamt und Stadtplanung");
  await ben.waits(
    "the copy",
    () => [...document.querySelectorAll("[role=status]")].some(({ textContent }) => textContent === "Copied"),
  );
});

Deno.test("WebKit opens every page, and videos play wherever there are some", async (t) => {
  await using server = await serveGallery();
  await using ben = await WebKitPerson.sitDown("Ben");
  await ben.goto(`${server.address}gallery/gallery.html`);
  await ben.waits("the list", () => document.querySelector("li > a") !== null);
  const scenes = await ben.run(() => [...document.querySelectorAll("li > a")].map((a) => a.textContent));
  // More than three people at once show nothing new, and are rendered without a graphics card.
  for (const scene of scenes.filter((scene) => !/^meeting-(9|16|30)$/.test(scene))) {
    await t.step(scene, async () => {
      await ben.goto(`${server.address}gallery/gallery.html?scene=${scene}&lang=en`);
      await ben.waits("the page", () => document.querySelector("main h1, main, [role=status]") !== null);
      await ben.waits(
        "every picture",
        () => [...document.querySelectorAll("video")].every((video) => video.readyState >= 2),
      );
      assert.deepEqual(await ben.run(() => (globalThis as { faults?: string[] }).faults), []);
      await keep(ben, scene);
    });
  }
});
