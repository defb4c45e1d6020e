import assert from "node:assert/strict";
import { violations } from "./axe.ts";
import { type Person, TestBrowser } from "./browser_rig.ts";
import { Product } from "./product_rig.ts";

let product: Product;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  product = shared.use(await Product.start());
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

Deno.test("a link with one changed character opens a friendly page, not a meeting", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const link = await anna.createMeeting(product.origin);
  const { pathname, hash } = new URL(link);
  const wrong = {
    "in the room's name": `${changeAt(pathname, 5)}${hash}`,
    "in the secret": `${pathname}${changeAt(hash, 9)}`,
    "to one that no link has": `${pathname.slice(0, -1)}!${hash}`,
    "to nothing": link.slice(product.origin.length, -1),
  };
  for (const [what, path] of Object.entries(wrong)) {
    await t.step(what, async () => {
      await using guest = await browser.newPerson("Guest");
      await guest.page.goto(product.origin + path);
      await guest.page.getByRole("heading", { name: "This link does not open a meeting." }).waitFor();
      await guest.page.getByRole("link", { name: "Create a new meeting" }).waitFor();
      assert.equal(await guest.button("Join meeting").count(), 0);
    });
  }
});

Deno.test("without a camera the page says so plainly, and one can join with the microphone alone", async () => {
  await using cameraless = await TestBrowser.launch({ cameras: 0 });
  await using anna = await browser.newPerson("Anna");
  await using ben = await cameraless.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.page.goto(link);
  await ben.page.getByText("No camera was found.").waitFor();
  await ben.join();
  await ben.sees("Anna");
  await anna.seesNoPictureOf("Ben");
  await anna.tile("Ben").getByText("Microphone off").waitFor({ state: "detached" });
  await ben.button("Mute microphone").waitFor();
});

Deno.test("with a denied camera, or all denied, the page says so plainly, and one can join without", async () => {
  await using strict = await TestBrowser.launch({ allowed: false, isWhole: true });
  await using anna = await browser.newPerson("Anna");
  await using ben = await strict.newPerson("Ben");
  await using cem = await strict.newPerson("Cem");
  await ben.page.context().grantPermissions(["microphone"]);
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await Promise.all([ben.page.goto(link), cem.page.goto(link)]);
  await ben.page.getByText("The camera is blocked.").waitFor();
  await cem.page.getByText("Camera and microphone are blocked.").waitFor();
  await Promise.all([ben.join(), cem.join()]);
  await Promise.all([ben.sees("Anna"), cem.sees("Anna")]);
  await anna.seesNoPictureOf("Ben");
  await anna.tile("Ben").getByText("Microphone off").waitFor({ state: "detached" });
  await anna.tile("Cem").getByText("Microphone off").waitFor();
  await cem.opens("Chat");
  await cem.says("I can only write");
  await anna.opens("Chat");
  await anna.reads("I can only write");
});

Deno.test("when a camera disappears during the call the page says so plainly, the call continues, and it can come back", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  await ben.page.addInitScript(keepCameras);
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await anna.sees("Ben");
  await ben.page.evaluate(() => unplugCameras());
  await ben.page.getByText("The camera was unplugged").waitFor();
  await anna.seesNoPictureOf("Ben");
  await ben.sees("Anna");
  await anna.tile("Ben").getByText("Microphone off").waitFor({ state: "detached" });
  await ben.button("Turn camera on").waitFor();
  await ben.press("Try again");
  await anna.sees("Ben");
  await ben.page.getByText("The camera was unplugged").waitFor({ state: "detached" });
});

Deno.test("?join under a remembered name leads into the meeting without a lobby", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await ben.press("Leave meeting");
  await anna.tile("Ben").waitFor({ state: "detached" });
  await ben.page.goto("about:blank");
  await ben.page.goto(link.replace("#", "?join#"));
  await ben.isIn();
  await Promise.all([anna.sees("Ben"), ben.sees("Anna")]);
});

Deno.test("?join: pictures come with the HTTP response, and stay when the socket's is late", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await ben.press("Leave meeting");
  await ben.page.goto("about:blank");
  const [hello, picture] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await ben.page.routeWebSocket(/signal/, (socket) => {
    const edge = socket.connectToServer();
    socket.onMessage((message) => {
      edge.send(message);
      hello.resolve();
    });
    edge.onMessage((message) => void picture.promise.then(() => socket.send(message)));
  });
  await ben.page.route(/\/assets\/media-/, (route) => hello.promise.then(() => route.continue()));
  await ben.page.goto(link.replace("#", "?join#"));
  await ben.sees("Anna");
  await ben.watch("Anna");
  picture.resolve();
  await anna.sees("Ben");
  await ben.sees("Anna");
  assert.ok(await ben.longestStillMs() < 2_000, "the path of the first answer lives on");
});

Deno.test("a copied link opens the meeting for someone else", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  await anna.page.context().grantPermissions(["clipboard-read", "clipboard-write", "camera", "microphone"]);
  await anna.createMeeting(product.origin);
  await anna.join();
  await anna.press("Copy link");
  await anna.page.getByText("Link copied.").waitFor();
  await ben.join(await anna.page.evaluate(() => navigator.clipboard.readText()));
  await anna.tile("Ben").waitFor();
});

Deno.test("a refused chat message returns to the field, before what was written meanwhile, and can be sent", async () => {
  await using anna = await browser.newPerson("Anna");
  await anna.page.addInitScript(() => {
    const send = WebSocket.prototype.send;
    let refuse: (() => void) | undefined;
    Object.assign(globalThis, { refuseNow: () => refuse?.(), isHeld: () => refuse !== undefined });
    // Acts as an edge that refuses the first message.
    WebSocket.prototype.send = function (data) {
      const { type, id } = typeof data === "string" ? JSON.parse(data) : {};
      if (type !== "chat.post" || refuse !== undefined) return send.call(this, data);
      refuse = () => {
        const answer = JSON.stringify({ type: "refused", cause: id, code: "chat.tooLong" });
        this.dispatchEvent(new MessageEvent("message", { data: answer }));
      };
    };
  });
  await anna.createMeeting(product.origin);
  await anna.join();
  await anna.opens("Chat");
  const field = anna.page.getByRole("textbox", { name: "Message" });
  await anna.says("the first");
  await anna.page.waitForFunction(() => (globalThis as unknown as { isHeld: () => boolean }).isHeld());
  assert.equal(await field.inputValue(), "", "it is sent");
  await field.fill("the second");
  await anna.page.evaluate(() => (globalThis as unknown as { refuseNow: () => void }).refuseNow());
  await anna.page.getByText("The message is longer than 4,000 characters.").first().waitFor();
  assert.equal(await field.inputValue(), "the first\nthe second");
  await field.press("Enter");
  await anna.page.getByRole("log").getByText("the first").waitFor();
  assert.equal(await field.inputValue(), "");
});

Deno.test("the pages use the browser's language, or that of ?lang=", async () => {
  await using anna = await browser.newPerson("Anna");
  await anna.page.goto(product.origin);
  await anna.button("Create meeting").waitFor();
  assert.equal(await anna.page.evaluate(() => document.documentElement.lang), "en");
  await anna.page.goto(`${product.origin}/?lang=de`);
  await anna.button("Besprechung anlegen").waitFor();
  assert.equal(await anna.page.evaluate(() => document.documentElement.lang), "de");
});

Deno.test("every page can be used without a mouse and without sight", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const pages: Record<string, () => Promise<void>> = {
    home: async () => {
      await anna.page.goto(product.origin);
      await anna.button("Create meeting").waitFor();
    },
    lobby: async () => {
      await anna.press("Create meeting");
      await anna.button("Turn camera off").waitFor();
    },
    meeting: async () => {
      await anna.join();
      await anna.sees("Anna");
    },
    "meeting with chat": async () => {
      await anna.opens("Chat");
      await anna.says("hello https://example.org");
      await anna.page.getByRole("log").getByRole("link").waitFor();
    },
    "meeting with participants": () => anna.opens("Participants"),
    "the end": async () => {
      await anna.press("Leave meeting");
      await anna.page.getByRole("heading", { name: "You have left the meeting." }).waitFor();
    },
  };
  for (const [name, open] of Object.entries(pages)) {
    await t.step(`${name}: names, contrast, order: axe finds nothing wrong`, async () => {
      await open();
      assert.deepEqual(await violations(anna.page), []);
    });
    await t.step(`${name}: nothing is wider than a screen of 320 pixels`, async () => {
      const before = anna.page.viewportSize()!;
      await anna.page.setViewportSize({ width: 320, height: 640 });
      assert.equal(await anna.page.evaluate(() => document.documentElement.scrollWidth), 320);
      await anna.page.setViewportSize(before);
    });
    await t.step(`${name}: Tab reaches every button, and the focus is visible`, async () => {
      const names = await tabThrough(anna);
      const buttons = await anna.page.getByRole("button").evaluateAll((all) =>
        all.map((button) => button.getAttribute("aria-label") ?? button.textContent.trim())
      );
      assert.deepEqual(buttons.filter((button) => !names.includes(button)), []);
    });
  }
});

/** `text` with a different letter at position `at`, of the same alphabet. */
function changeAt(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "a" ? "b" : "a") + text.slice(at + 1);
}

/**
 * Presses Tab once around the page; returns the names of the focused elements. Fails on an invisible focus.
 */
async function tabThrough({ page }: Person): Promise<string[]> {
  const stops = new Map<string, string>();
  for (let rounds = 0; rounds < 2;) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body) return undefined;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(focused);
      const id = focused.getAttribute("data-test-stop") ?? crypto.randomUUID();
      focused.setAttribute("data-test-stop", id);
      return {
        id,
        name: focused.getAttribute("aria-label") ?? focused.textContent.trim(),
        isVisible: (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none",
        html: focused.outerHTML.slice(0, 200),
      };
    });
    // After the last stop the focus leaves the page, and re-enters at the first.
    if (stop === undefined) rounds++;
    else if (stops.has(stop.id)) break;
    else {
      assert.ok(stop.isVisible, `the focus cannot be seen on ${stop.html}`);
      stops.set(stop.id, stop.name);
    }
  }
  return [...stops.values()];
}

declare global {
  var unplugCameras: () => void;
}

/** Lets a test unplug the cameras that a page has opened. Runs in the page before its own scripts. */
function keepCameras(): void {
  const opened: MediaStreamTrack[] = [];
  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    opened.push(...stream.getVideoTracks());
    return stream;
  };
  globalThis.unplugCameras = () => {
    for (const track of opened.splice(0)) {
      // What a browser does when the device disappears: the track ends, with an event.
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  };
}
