/// <reference lib="dom" />
import assert from "node:assert/strict";
import { type Devices, type Person, TestBrowser, until } from "./browser_rig.ts";
import { Product } from "./product_rig.ts";

const DEVICES: Devices = { cameras: 2, films: false };

let product: Product;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  product = shared.use(await Product.start());
  browser = shared.use(await TestBrowser.launch(DEVICES));
});
Deno.test.afterAll(() => shared.disposeAsync());

const CAMERA = { first: "fake_device_0", second: "fake_device_1" };
const MICROPHONE = { first: "Fake Audio Input 1", second: "Fake Audio Input 2" };
const LOUDSPEAKER = "Fake Audio Output 2";

/** Waits until exactly these devices are sent. */
async function sends(person: Person, ...devices: string[]): Promise<void> {
  let last: string[] = [];
  await until(
    async () => {
      last = await person.page.evaluate(() => probe.devicesSent());
      return devices.every((device) => last.includes(device)) && last.length === devices.length;
    },
    () => `${person.name} sends ${last} instead of ${devices}`,
  );
}

const list = ({ page }: Person, label: string) => page.getByLabel(label, { exact: true });

/** The selected entry of a list. */
const chosen = (person: Person, label: string) =>
  list(person, label).evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text);

async function shows(person: Person, label: string, device: string): Promise<void> {
  let last: string | undefined;
  await until(
    async () => (last = await chosen(person, label)) === device,
    () => `${label}: ${last} is chosen instead of ${device}`,
  );
}

Deno.test("of two cameras, microphones and loudspeakers, the chosen one is used, everywhere and from then on", async (t) => {
  await using whole = await TestBrowser.launch({ ...DEVICES, isWhole: true });
  await using anna = await whole.newPerson("Anna");
  await anna.createMeeting(product.origin);

  await t.step("in the lobby", async () => {
    await list(anna, "Camera").selectOption({ label: CAMERA.second });
    await list(anna, "Microphone").selectOption({ label: MICROPHONE.second });
    await list(anna, "Speaker").selectOption({ label: LOUDSPEAKER });
    await shows(anna, "Camera", CAMERA.second);
    await shows(anna, "Microphone", MICROPHONE.second);
    await anna.join();
    await sends(anna, CAMERA.second, MICROPHONE.second);
  });

  await t.step("in the meeting, and back", async () => {
    await anna.press("Devices");
    await list(anna, "Camera").selectOption({ label: CAMERA.first });
    await list(anna, "Microphone").selectOption({ label: MICROPHONE.first });
    await sends(anna, CAMERA.first, MICROPHONE.first);
    await list(anna, "Camera").selectOption({ label: CAMERA.second });
    await shows(anna, "Camera", CAMERA.second);
    await sends(anna, CAMERA.second, MICROPHONE.first);
  });

  await t.step("after a reload of the meeting, and in the lobby of another", async () => {
    await anna.page.reload();
    await anna.isIn();
    await sends(anna, CAMERA.second, MICROPHONE.first);
    await anna.press("Leave meeting");
    await anna.createMeeting(product.origin);
    await shows(anna, "Camera", CAMERA.second);
    await shows(anna, "Microphone", MICROPHONE.first);
    await shows(anna, "Speaker", LOUDSPEAKER);
  });

  await t.step("a missing one is replaced, and the page says so", async () => {
    await anna.page.evaluate(() => {
      const wishes = JSON.parse(localStorage.getItem("tafelrunde:devices")!);
      localStorage.setItem(
        "tafelrunde:devices",
        JSON.stringify({
          ...wishes,
          cameraId: "0".repeat(64),
          microphoneId: "1".repeat(64),
          speakerId: "2".repeat(64),
        }),
      );
    });
    await anna.page.reload();
    for (const device of ["camera", "microphone", "speaker"]) {
      await anna.page.getByText(`The ${device} you chose is not available`).waitFor();
    }
    await shows(anna, "Camera", CAMERA.first);
    await shows(anna, "Speaker", "Default");
    await anna.join();
    await until(
      async () => (await anna.page.evaluate(() => probe.devicesSent())).length === 2,
      () => "what is there is not sent",
    );
  });
});

Deno.test("a list of devices shows what is in use, also the browser's choice, whether focused or not", async (t) => {
  await using anna = await browser.newPerson("Anna");
  await anna.createMeeting(product.origin);
  await list(anna, "Microphone").locator("option").nth(2).waitFor({ state: "attached" });
  await list(anna, "Camera").locator("option").nth(2).waitFor({ state: "attached" });
  const others = { Microphone: MICROPHONE.second, Camera: CAMERA.second, Speaker: LOUDSPEAKER };
  const text = (label: string) => chosen(anna, label);
  for (const where of ["in the lobby", "in the meeting"]) {
    await t.step(where, async () => {
      if (where === "in the meeting") {
        await anna.join();
        await anna.press("Devices");
      }
      for (const [label, other] of Object.entries(others)) {
        // A camera is named once the browser reports which one it has chosen.
        const standard = label === "Camera" ? CAMERA.first : "Default";
        await shows(anna, label, standard);
        await list(anna, label).focus();
        await anna.page.keyboard.press("Tab");
        assert.equal(await text(label), standard, label);
        await list(anna, label).selectOption({ label: other });
        await shows(anna, label, other);
        await list(anna, label).selectOption({ label: "Default" });
        await shows(anna, label, standard);
        await list(anna, label).focus();
        await list(anna, label).blur();
        assert.equal(await text(label), standard, label);
      }
    });
  }
});

Deno.test("of two loudspeakers, the chosen one plays all sound; if it is refused, the page says so", async (t) => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  await anna.page.addInitScript(() => {
    const played: string[] = [];
    Object.assign(globalThis, { played });
    globalThis.AudioContext = class extends AudioContext {
      constructor(options?: AudioContextOptions & { readonly sinkId?: unknown }) {
        super(options);
        if (typeof options?.sinkId !== "object") played.push(String(options?.sinkId ?? ""));
      }
    };
  });
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  const sinks = () =>
    anna.page.evaluate(() => [...document.querySelectorAll("audio")].map(({ sinkId }) => sinkId));
  const idOf = (label: string) =>
    anna.page.evaluate(
      async (label) =>
        (await navigator.mediaDevices.enumerateDevices()).find((device) =>
          device.kind === "audiooutput" && device.label === label
        )?.deviceId,
      label,
    );
  const comesOutOf = async (label: string) => {
    const id = label === "" ? "" : await idOf(label);
    let last: string[] = [];
    await until(
      async () => (last = await sinks()).length > 0 && last.every((sink) => sink === id),
      () => `sound comes out of ${last} instead of ${id}`,
    );
  };
  await anna.press("Devices");
  await t.step("of participants who are present", async () => {
    await comesOutOf("");
    await list(anna, "Speaker").selectOption({ label: LOUDSPEAKER });
    await comesOutOf(LOUDSPEAKER);
  });
  await t.step("of participants who join later", async () => {
    await ben.press("Leave meeting");
    await until(async () => (await sinks()).length === 0, () => "there is still sound");
    await ben.press("Join again");
    await ben.join();
    await comesOutOf(LOUDSPEAKER);
  });
  await t.step("one that the browser refuses", async () => {
    await anna.page.evaluate(() => {
      const set = HTMLMediaElement.prototype.setSinkId;
      HTMLMediaElement.prototype.setSinkId = function (id) {
        return id === "" ? set.call(this, id) : Promise.reject(new DOMException("", "NotAllowedError"));
      };
    });
    await list(anna, "Speaker").selectOption({ label: "Fake Audio Output 1" });
    await anna.page.getByText("The speaker you chose is not available").waitFor();
    await comesOutOf("");
    await shows(anna, "Speaker", "Default");
  });
});

Deno.test("no loudspeakers are offered if the browser cannot select one, before the meeting and in it", async () => {
  await using anna = await browser.newPerson("Anna");
  await anna.page.addInitScript(() => {
    delete (HTMLMediaElement.prototype as { setSinkId?: unknown }).setSinkId;
  });
  await anna.createMeeting(product.origin);
  await list(anna, "Microphone").waitFor();
  await list(anna, "Microphone").locator("option", { hasText: "Fake Audio Input 1" }).waitFor({
    state: "attached",
  });
  assert.equal(await list(anna, "Speaker").count(), 0);
  await anna.join();
  await anna.press("Devices");
  await list(anna, "Microphone").waitFor();
  assert.equal(await list(anna, "Speaker").count(), 0);
});

Deno.test("a device that lacks a requested feature is used as it is, and one muted by the system is reported", async () => {
  await using anna = await browser.newPerson("Anna");
  await anna.page.addInitScript(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const { video } = constraints ?? {};
      if (typeof video === "object" && "frameRate" in video) {
        throw new OverconstrainedError("frameRate");
      }
      const stream = await open(constraints);
      Object.assign(globalThis, { stream });
      return stream;
    };
  });
  await anna.createMeeting(product.origin);
  await anna.join();
  await anna.sees("Anna");
  const silence = (muted: boolean) =>
    anna.page.evaluate((muted) => {
      const [track] = (globalThis as unknown as { stream: MediaStream }).stream.getVideoTracks();
      Object.defineProperty(track!, "muted", { value: muted, configurable: true });
      track!.dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }, muted);
  await silence(true);
  await anna.page.getByText("No picture comes from your camera").waitFor();
  await silence(false);
  await anna.page.getByText(/No (picture|sound) comes from your/).waitFor({ state: "detached" });
});

Deno.test("an invalid stored device choice is dropped, and does no harm", async () => {
  await using anna = await browser.newPerson("Anna");
  await anna.page.goto(product.origin);
  await anna.page.evaluate(() => {
    localStorage.setItem(
      "tafelrunde:devices",
      '{"microphoneOn":"no","cameraOn":1,"cameraId":{},"speakerId":null}',
    );
    localStorage.setItem("tafelrunde:name", '{"a":1}');
    localStorage.setItem("tafelrunde:language", "[]");
    localStorage.setItem(
      "tafelrunde:capabilities",
      JSON.stringify({ agent: navigator.userAgent, capabilities: { codecs: 5 } }),
    );
    sessionStorage.setItem("tafelrunde:tab", '"?"');
    sessionStorage.setItem("tafelrunde:joined", "true");
    sessionStorage.setItem("tafelrunde:rtt", `{"at":${Date.now()},"network":"","rttByNode":{"a":"far"}}`);
  });
  await anna.createMeeting(product.origin);
  await anna.join();
  await anna.sees("Anna");
});

Deno.test("a device toggled while it starts is cancelled, and stays off when it is ready", async () => {
  await using anna = await browser.newPerson("Anna");
  await anna.createMeeting(product.origin);
  await anna.join();
  await anna.sees("Anna");
  await anna.page.evaluate(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const asked: PromiseWithResolvers<void>[] = [];
    const tracks: MediaStreamTrack[] = [];
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const allowed = Promise.withResolvers<void>();
      asked.push(allowed);
      await allowed.promise;
      const stream = await open(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(globalThis, { asked, tracks });
  });
  await anna.press("Turn camera off");
  await anna.press("Turn camera on");
  await anna.press("Turn camera off");
  await anna.button("Turn camera on").waitFor();
  const { times, live } = await anna.page.evaluate(async () => {
    const { asked, tracks } = globalThis as unknown as {
      asked: PromiseWithResolvers<void>[];
      tracks: MediaStreamTrack[];
    };
    for (const { resolve } of asked) resolve();
    while (tracks.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise(requestAnimationFrame);
    return { times: asked.length, live: tracks.filter(({ readyState }) => readyState === "live").length };
  });
  assert.deepEqual({ times, live }, { times: 1, live: 0 });
  await anna.button("Turn camera on").waitFor();
});

Deno.test("a capture that starts too late is stopped: a screen picked after the meeting, or after it was cancelled", async (t) => {
  await using anna = await browser.newPerson("Anna");
  await anna.createMeeting(product.origin);
  await anna.join();
  await anna.page.evaluate(() => {
    const open = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
    const picker: { picked?: PromiseWithResolvers<void>; tracks: MediaStreamTrack[] } = { tracks: [] };
    navigator.mediaDevices.getDisplayMedia = async (options) => {
      const stream = await open(options);
      picker.picked = Promise.withResolvers();
      await picker.picked.promise;
      picker.tracks = stream.getTracks();
      return stream;
    };
    Object.assign(globalThis, { picker });
  });
  const pick = () =>
    anna.page.evaluate(async () => {
      const { picker } = globalThis as unknown as {
        picker: { picked?: PromiseWithResolvers<void>; tracks: MediaStreamTrack[] };
      };
      while (picker.picked === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      picker.picked.resolve();
      while (picker.tracks.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise(requestAnimationFrame);
      const live = picker.tracks.filter(({ readyState }) => readyState === "live").length;
      Object.assign(picker, { picked: undefined, tracks: [] });
      return live;
    });

  await t.step("cancelled", async () => {
    await anna.press("Share screen");
    await anna.press("Stop sharing");
    assert.equal(await pick(), 0);
    await anna.button("Share screen").waitFor();
  });

  await t.step("after the meeting", async () => {
    await anna.press("Share screen");
    await anna.press("Leave meeting");
    await anna.page.getByRole("heading", { name: "You have left the meeting." }).waitFor();
    assert.equal(await pick(), 0);
  });
});

Deno.test("what a moderator mutes or stops stays so after a reload, and one's name there is kept", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await ben.join(link);
  await sends(ben, CAMERA.first, "Fake Default Audio Input");
  await anna.opens("Participants");
  for (const act of ["Mute", "Turn camera off"]) {
    await anna.press("Options for Ben");
    await anna.page.getByRole("dialog").getByRole("button", { name: act, exact: true }).click();
  }
  await ben.button("Unmute microphone").waitFor();
  await ben.button("Turn camera on").waitFor();
  await ben.opens("Participants");
  await ben.press("Options for Ben");
  await ben.page.getByRole("textbox", { name: "Name in this meeting" }).fill("Benjamin");
  await ben.page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await anna.tile("Benjamin").waitFor();
  await ben.page.reload();
  await ben.button("Leave meeting").waitFor();
  await ben.button("Unmute microphone").waitFor();
  await ben.button("Turn camera on").waitFor();
  await anna.tile("Benjamin").getByText("Microphone off").waitFor();
  await ben.press("Leave meeting");
  await ben.press("Join again");
  assert.equal(await ben.page.getByRole("textbox", { name: "Your name" }).inputValue(), "Benjamin");
  await ben.button("Unmute microphone").waitFor();
});

Deno.test("[J14] what a moderator mutes or stops while the page loads stays off, and nothing else does", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await anna.opens("Participants");

  /** Reloads the page; `meanwhile` runs after the old one is gone and before the new one runs a script. */
  async function reload({ page }: Person, meanwhile: () => Promise<void>): Promise<void> {
    const held = Promise.withResolvers<void>();
    const isHeld = Promise.withResolvers<void>();
    await page.route(/\.js$/, async (route) => {
      isHeld.resolve();
      await held.promise;
      await route.continue();
    });
    try {
      await page.reload({ waitUntil: "commit" });
      await isHeld.promise;
      await meanwhile();
    } finally {
      held.resolve();
    }
  }
  /** Records which devices the next page opens; call it before `reload`. */
  const noteOpened = ({ page }: Person) =>
    page.addInitScript(() => {
      const { mediaDevices } = navigator;
      const [open, list] = [mediaDevices.getUserMedia, mediaDevices.enumerateDevices];
      const opened: string[] = [];
      Object.assign(globalThis, { opened, isStarted: false });
      mediaDevices.getUserMedia = (constraints) => {
        opened.push(...Object.entries(constraints ?? {}).flatMap(([kind, is]) => is ? [kind] : []));
        return open.call(mediaDevices, constraints);
      };
      mediaDevices.enumerateDevices = () => {
        Object.assign(globalThis, { isStarted: true });
        return list.call(mediaDevices);
      };
    });
  /** The devices that the page has opened, once it has started using devices, which it then lists. */
  const opened = async ({ page }: Person) => {
    await page.waitForFunction(() => (globalThis as unknown as { isStarted: boolean }).isStarted);
    return await page.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
  };
  const stop = async (act: string, name: string) => {
    await anna.press(`Options for ${name}`);
    await anna.page.getByRole("dialog").getByRole("button", { name: act, exact: true }).click();
    await anna.page.getByRole("dialog").waitFor({ state: "detached" });
  };

  await t.step("microphone and camera", async () => {
    await using ben = await browser.newPerson("Ben");
    await ben.join(link);
    await anna.sees("Ben");
    await sends(ben, CAMERA.first, "Fake Default Audio Input");
    await noteOpened(ben);
    await reload(ben, async () => {
      await stop("Mute", "Ben");
      await stop("Turn camera off", "Ben");
      await anna.tile("Ben").getByText("Microphone off").waitFor();
      await anna.seesNoPictureOf("Ben");
    });
    await ben.isIn();
    assert.deepEqual(await opened(ben), []);
    await ben.button("Unmute microphone").waitFor();
    await ben.button("Turn camera on").waitFor();
    await ben.press("Unmute microphone");
    await sends(ben, "Fake Default Audio Input");
  });

  await t.step("the camera alone, by a participant who joined without a microphone", async () => {
    await using cem = await browser.newPerson("Cem");
    await cem.page.goto(link);
    await cem.press("Mute microphone");
    await cem.join();
    await sends(cem, CAMERA.first);
    // By then the room has it, and this page has stored that.
    await anna.sees("Cem");
    await noteOpened(cem);
    await reload(cem, async () => {
      await stop("Turn camera off", "Cem");
      await anna.seesNoPictureOf("Cem");
    });
    await cem.isIn();
    assert.deepEqual(await opened(cem), []);
    await cem.button("Turn camera on").waitFor();
  });

  await t.step("the microphone alone: the camera continues, after each of two reloads", async () => {
    await using dora = await browser.newPerson("Dora");
    await dora.join(link);
    await sends(dora, CAMERA.first, "Fake Default Audio Input");
    await anna.sees("Dora");
    await reload(dora, async () => {
      await stop("Mute", "Dora");
      await anna.tile("Dora").getByText("Microphone off").waitFor();
    });
    await sends(dora, CAMERA.first);
    await dora.button("Unmute microphone").waitFor();
    await dora.press("Unmute microphone");
    await sends(dora, CAMERA.first, "Fake Default Audio Input");
    await dora.page.reload();
    await sends(dora, CAMERA.first, "Fake Default Audio Input");
  });
});
