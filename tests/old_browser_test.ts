/// <reference lib="dom" />
import assert from "node:assert/strict";
import { KeptBrowser, Person, TestBrowser, until } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { beAsOldAsSupported } from "./oldest_browser.ts";
import { Product } from "./product_rig.ts";

let product: Product;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  product = shared.use(await Product.start());
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

Deno.test("the oldest supported browsers can take part: missing features of JavaScript are polyfilled", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  for (const person of [anna, ben]) {
    await person.page.addInitScript(beAsOldAsSupported);
  }
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await Promise.all([anna.sees("Ben"), ben.sees("Anna")]);
  await ben.opens("Chat");
  await ben.says("see https://example.org/a");
  await ben.page.getByRole("log").getByRole("link").waitFor();
});

Deno.test("a browser that is too old is told so before anything else, in both languages", async (t) => {
  const missing: Record<string, () => void> = {
    "a method of the language": () => void delete (Array.prototype as { toSorted?: unknown }).toSorted,
    "an interface": () => void delete (globalThis as { ResizeObserver?: unknown }).ResizeObserver,
    "a feature of style sheets": () => CSS.supports = () => false,
    "a menu's way to open": () => void delete (HTMLElement.prototype as { popover?: unknown }).popover,
  };
  for (const [what, takeAway] of Object.entries(missing)) {
    await t.step(what, async () => {
      await using anna = await browser.newPerson("Anna");
      await anna.page.addInitScript(takeAway);
      const asked: string[] = [];
      anna.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await anna.page.goto(product.origin);
      await anna.page.getByRole("heading", { name: "Your browser is too old for this page." }).waitFor();
      await anna.page.getByRole("heading", { name: "Ihr Browser ist zu alt für diese Seite." }).waitFor();
      assert.equal(await anna.page.getByRole("button").count(), 0);
      assert.deepEqual(asked.filter((path) => path.startsWith("/v1/")), []);
    });
  }
});

Deno.test("a feature that a browser lacks does not keep a page from loading; without the navigation type, ?join waits", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const link = await anna.createMeeting(product.origin);
  const lacking: Record<string, string[]> = {
    "how one came": ["PerformanceNavigationTiming", "PerformanceEntry"],
    "what a system offers": [
      "Notification",
      "ClipboardItem",
      "WakeLock",
      "NetworkInformation",
      "Permissions",
    ],
  };
  for (const [what, names] of Object.entries(lacking)) {
    await t.step(what, async () => {
      await using ben = await browser.newPerson("Ben");
      await ben.page.addInitScript((names) => {
        for (const name of names) delete (globalThis as Record<string, unknown>)[name];
      }, names);
      await ben.page.goto(product.origin);
      await ben.button("Create meeting").waitFor();
      await ben.page.goto(link);
      await ben.button("Join meeting").waitFor();
    });
  }
  await t.step("?join, if the browser does not provide the navigation type", async () => {
    await using ben = await browser.newPerson("Ben");
    await ben.page.addInitScript(() => {
      localStorage.setItem("tafelrunde:name", '"Ben"');
      performance.getEntriesByType = () => [];
    });
    await ben.page.goto(link.replace("#", "?join#"));
    await ben.button("Join meeting").waitFor();
    await ben.join();
  });
});

Deno.test("without WebRTC the lobby says so, and one can take part in writing", async (t) => {
  const ways: Record<string, () => void> = {
    "there is none": () => void delete (globalThis as { RTCPeerConnection?: unknown }).RTCPeerConnection,
    "its name alone is there": () => {
      const refuse = () => {
        throw new DOMException("forbidden by a policy", "NotAllowedError");
      };
      globalThis.RTCPeerConnection = Object.assign(function () {
        refuse();
      }, {
        generateCertificate: () => Promise.resolve().then(refuse),
      }) as unknown as typeof RTCPeerConnection;
      // As if it had worked the last time.
      localStorage.setItem(
        "tafelrunde:capabilities",
        JSON.stringify({ agent: navigator.userAgent, capabilities: { codecs: [{}] } }),
      );
    },
  };
  await using anna = await browser.newPerson("Anna");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await anna.opens("Chat");
  for (const [way, takeAway] of Object.entries(ways)) {
    await t.step(way, async () => {
      await using ben = await browser.newPerson("Ben");
      await ben.page.addInitScript(takeAway);
      await ben.page.goto(link);
      await ben.page.getByText("because WebRTC is missing").waitFor();
      await ben.join();
      await ben.page.getByText("WebRTC is missing. The chat works.").waitFor();
      assert.equal(await ben.page.getByText("we keep trying").count(), 0);
      assert.equal(await ben.button("Share screen").count(), 0);
      await ben.opens("Chat");
      await ben.says(`hello: ${way}`);
      await anna.reads(`hello: ${way}`);
      await ben.press("Leave meeting");
      await anna.tile("Ben").waitFor({ state: "detached" });
    });
  }
});

Deno.test("over plain http, https is suggested, and one can take part in writing", async () => {
  await using insecure = await TestBrowser.launch({
    flags: ["--host-resolver-rules=MAP meet.test 127.0.0.1"],
  });
  await using anna = await browser.newPerson("Anna");
  await using ben = await insecure.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await ben.page.goto(link.replace("localhost", "meet.test"));
  await ben.page.getByText("only on https pages").waitFor();
  assert.equal(await ben.page.getByText("Plug").count(), 0);
  await ben.page.getByRole("textbox", { name: "Your name" }).fill("Ben");
  await ben.press("Join meeting");
  await anna.tile("Ben").waitFor();
});

Deno.test("a machine that sleeps is shown as gone on its tile within seconds, and as back when it wakes", async () => {
  await using sleeper = await KeptBrowser.make({ likeness: LIKENESSES.Ben });
  await using anna = await browser.newPerson("Anna");
  const context = await sleeper.open();
  const ben = await Person.sitDown(context, "Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await ben.join(link);
  await anna.sees("Ben");
  const processes = sleeper.processes();
  for (const pid of processes) Deno.kill(pid, "SIGSTOP");
  try {
    // Shown for a still participant, and only until their socket is given up: then it is "lost".
    await anna.tile("Ben").getByText("Connection interrupted").waitFor();
  } finally {
    for (const pid of processes) Deno.kill(pid, "SIGCONT");
  }
  await anna.tile("Ben").getByText(/Connection (interrupted|lost)/).waitFor({ state: "detached" });
  await anna.sees("Ben", LIKENESSES.Ben.colour);
});

Deno.test("a machine that sleeps while it shares only a screen is shown as gone on the screen, too, until it wakes", async () => {
  await using sleeper = await KeptBrowser.make({ likeness: LIKENESSES.Ben });
  await using anna = await browser.newPerson("Anna");
  const context = await sleeper.open();
  const ben = await Person.sitDown(context, "Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await ben.join(link);
  await ben.press("Turn camera off");
  await ben.press("Mute microphone");
  await ben.press("Share screen");
  await anna.sees("Ben's screen");
  await anna.tile("Ben").getByText("Microphone off").waitFor();
  const processes = sleeper.processes();
  for (const pid of processes) Deno.kill(pid, "SIGSTOP");
  try {
    // Once the edge has given up the socket, the text is different.
    await Promise.all([
      anna.tile("Ben's screen").getByText("Connection interrupted").waitFor(),
      anna.tile("Ben").getByText("Connection interrupted").waitFor(),
    ]);
  } finally {
    for (const pid of processes) Deno.kill(pid, "SIGCONT");
  }
  for (const name of ["Ben's screen", "Ben"]) {
    await anna.tile(name).getByText(/Connection (interrupted|lost)/).waitFor({ state: "detached" });
  }
  await anna.sees("Ben's screen");
});

Deno.test("an upright camera is shown completely, and so is a 4:3 one as far as it fits", async () => {
  await using upright = await TestBrowser.launch({
    likeness: LIKENESSES.Ben,
    size: { width: 360, height: 640 },
  });
  await using square = await TestBrowser.launch({
    likeness: LIKENESSES.Cem,
    size: { width: 640, height: 480 },
  });
  await using anna = await browser.newPerson("Anna");
  await using ben = await upright.newPerson("Ben");
  await using cem = await square.newPerson("Cem");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await Promise.all([ben.join(link), cem.join(link)]);
  for (const name of ["Ben", "Cem"]) {
    await anna.sees(name);
    let share = 0;
    await until(
      async () => {
        share = await anna.tile(name).locator("video").last().evaluate((element) => {
          const video = element as HTMLVideoElement;
          if (getComputedStyle(video).objectFit === "contain") return 1;
          const [picture, box] = [
            video.videoWidth / video.videoHeight,
            video.clientWidth / video.clientHeight,
          ];
          return Math.min(picture, box) / Math.max(picture, box);
        });
        return share >= 0.74;
      },
      () => `${share} of ${name}'s picture is seen`,
    );
  }
});

Deno.test("pictures and sound that the browser blocks both play after a press anywhere", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  await ben.page.addInitScript(() => {
    const play = HTMLMediaElement.prototype.play;
    let isAllowed = false;
    addEventListener("pointerup", () => isAllowed = true, { capture: true });
    HTMLMediaElement.prototype.play = function () {
      const isOwn = (this.srcObject as MediaStream).getTracks().some(({ label }) => label.startsWith("fake"));
      return isAllowed || isOwn ? play.call(this) : Promise.reject(new DOMException("", "NotAllowedError"));
    };
  });
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.page.goto(link);
  await ben.page.getByRole("textbox", { name: "Your name" }).fill("Ben");
  await ben.page.keyboard.press("Enter");
  await ben.page.getByText("Tap to see and hear the others").waitFor();
  await ben.page.mouse.click(5, 5);
  await ben.page.getByText("Tap to see and hear the others").waitFor({ state: "detached" });
  await ben.sees("Anna");
});

Deno.test("a request to join is heard and seen in another tab, and the screen stays on in a meeting", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  await anna.page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      told.push("tone");
      return start.call(this, when);
    };
    Object.assign(globalThis, {
      Notification: class extends EventTarget {
        static permission = "granted";
        constructor(title: string) {
          super();
          told.push(title);
        }
        close() {}
      },
    });
    navigator.wakeLock.request = (type) => {
      told.push(`wake lock: ${type}`);
      return Promise.resolve({ released: false, release: () => Promise.resolve() } as WakeLockSentinel);
    };
  });
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await anna.opens("Participants");
  await anna.press("Room settings");
  await anna.page.getByLabel("Waiting room").selectOption("everyone");
  await anna.page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await anna.page.getByRole("dialog").waitFor({ state: "detached" });
  await anna.page.evaluate(() => Object.defineProperty(document, "hidden", { value: true }));
  await ben.page.goto(link);
  await ben.page.getByRole("textbox", { name: "Your name" }).fill("Ben");
  await ben.press("Ask to join");
  await anna.page.waitForFunction(() => document.title.startsWith("(1) "));
  await anna.page.waitForFunction(() => (globalThis as unknown as { told: string[] }).told.length >= 4);
  const told = await anna.page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  assert.deepEqual(told.toSorted(), ["Ben would like to join.", "tone", "tone", "wake lock: screen"]);
  await anna.press("Let Ben in");
  await anna.page.waitForFunction(() => !document.title.startsWith("("));
});
