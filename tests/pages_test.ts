/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { serveGallery } from "../tools/gallery_server.ts";
import { type Person, TestBrowser, until } from "./browser_rig.ts";

let address: string;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  ({ address } = shared.use(await serveGallery()));
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

/** Opens a made-up scene of web/gallery. */
async function open({ page }: Person, scene: string, language = "en"): Promise<void> {
  await page.goto(`${address}gallery/gallery.html?scene=${scene}&lang=${language}`);
  await page.locator("main").waitFor();
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName);

const boxOf = async (locator: Locator) => (await locator.boundingBox())!;

Deno.test("nothing is started on an element that belongs to a document other than the page's", async (t) => {
  await using anna = await browser.newPerson("Anna");
  await anna.page.addInitScript(() => {
    const foreign: string[] = [];
    Object.assign(globalThis, { foreign });
    const look = (what: string, element: Node) => {
      if (element.ownerDocument !== document) foreign.push(what);
    };
    const guard = (prototype: object, name: string) => {
      const old = Object.getOwnPropertyDescriptor(prototype, name)!;
      const spy = function (this: Node, ...args: unknown[]) {
        look(name, args[0] instanceof Node ? args[0] : this);
        return (old.set ?? old.value).apply(this, args);
      };
      Object.defineProperty(prototype, name, old.set ? { ...old, set: spy } : { ...old, value: spy });
    };
    guard(HTMLMediaElement.prototype, "srcObject");
    guard(HTMLMediaElement.prototype, "play");
    guard(HTMLElement.prototype, "focus");
    guard(Element.prototype, "scrollIntoView");
    guard(HTMLDialogElement.prototype, "showModal");
  });
  for (
    const scene of [
      "lobby",
      "meeting-3",
      "screen",
      "devices",
      "chat",
      "meetings",
      "account",
      "moderator-person",
    ]
  ) {
    await t.step(scene, async () => {
      await open(anna, scene);
      await anna.page.waitForFunction(() =>
        document.querySelectorAll("video").length === 0 ||
        [...document.querySelectorAll("video")].every(({ readyState }) => readyState >= 2)
      );
      assert.deepEqual(
        await anna.page.evaluate(() => (globalThis as unknown as { foreign: string[] }).foreign),
        [],
      );
    });
  }
});

Deno.test("a field does not interfere with typing", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await t.step("a date and a time with leading zeros", async () => {
    await open(anna, "meeting-new");
    await page.getByLabel("Date", { exact: true }).focus();
    await page.keyboard.type("12092026");
    assert.equal(await page.getByLabel("Date", { exact: true }).inputValue(), "2026-12-09");
    await page.getByLabel("Start", { exact: true }).focus();
    await page.keyboard.type("0905AM");
    assert.equal(await page.getByLabel("Start", { exact: true }).inputValue(), "09:05");
  });
  await t.step("a number is brought into its bounds on blur, not while typing", async () => {
    await open(anna, "meeting-new-series");
    await page.getByRole("radio", { name: "Repeatedly" }).click();
    await page.getByLabel("Ends", { exact: true }).selectOption("count");
    const count = page.getByLabel("Number of times", { exact: true });
    await count.focus();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("Delete");
    assert.equal(await count.inputValue(), "");
    await page.keyboard.type("25");
    assert.equal(await count.inputValue(), "25");
    await count.fill("99999");
    await count.blur();
    assert.ok(Number(await count.inputValue()) < 99_999);
  });
  await t.step("nor with the composition of a character", async () => {
    await open(anna, "lobby");
    const name = page.getByRole("textbox", { name: "Your name" });
    await name.focus();
    const client = await page.context().newCDPSession(page);
    await client.send("Input.imeSetComposition", { text: "た", selectionStart: 1, selectionEnd: 1 });
    await client.send("Input.imeSetComposition", { text: "たな", selectionStart: 2, selectionEnd: 2 });
    await until(async () => await name.inputValue() === "たな", () => "what is composed is not in the field");
    await client.send("Input.insertText", { text: "田中" });
    await until(
      async () => await name.inputValue() === "田中",
      () => "what was composed is not in the field",
    );
  });
});

Deno.test("Enter that belongs to a composition sends nothing, in either order of events", async () => {
  await using anna = await browser.newPerson("Anna");
  await open(anna, "chat");
  await anna.press("Chat");
  const field = anna.page.getByRole("textbox", { name: "Message" });
  await field.fill("田中");
  const rows = () => anna.page.getByRole("log").locator("p[dir=auto]").count();
  const before = await rows();
  await field.evaluate((element) => {
    const key = (init: KeyboardEventInit) =>
      element.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }),
      );
    // Chromium and Firefox: during the composition. Safari: after its end, with the code that no key has.
    key({ isComposing: true });
    element.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    key({ keyCode: 229 } as KeyboardEventInit);
  });
  assert.equal(await rows(), before);
  assert.equal(await field.inputValue(), "田中");
  await field.press("Enter");
  await until(async () => await rows() === before + 1, () => "Enter does not send any more");
});

Deno.test("text sent during a composition is sent once, and the field is empty", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await open(anna, "chat");
  await anna.press("Chat");
  const field = page.getByRole("textbox", { name: "Message" });
  const mine = (text: string) => page.getByRole("log").getByText(text, { exact: true }).count();
  const client = await page.context().newCDPSession(page);
  const compose = async (text: string) => {
    const { length } = text;
    await client.send("Input.imeSetComposition", { text, selectionStart: length, selectionEnd: length });
    // Otherwise the page's own scripts might run before it arrives.
    await until(async () => (await field.inputValue()).endsWith(text), () => `${text} is not in the field`);
  };
  // A press that does not take the focus from the field, as in Safari.
  const send = () =>
    page.evaluate(() => document.querySelector<HTMLButtonElement>("form button[type=submit]")!.click());
  await field.focus();
  for (const [text, committed] of [["たな", "たな"], ["かわ", "川"], ["hello", "hello"]] as const) {
    await t.step(`${text}, then ${committed}`, async () => {
      await compose(text);
      await send();
      await until(async () => await mine(text) === 1, () => `${text} is not sent`);
      await client.send("Input.insertText", { text: committed });
      await until(async () => await field.inputValue() === "", () => `${committed} is still in the field`);
      await field.press("Enter");
      await field.pressSequentially("next");
      assert.equal(await field.inputValue(), "next");
      assert.equal(await mine(text), 1);
      await field.fill("");
    });
  }
  await t.step("a composition that continues after sending", async () => {
    await compose("さ");
    await send();
    await until(async () => await mine("さ") === 1, () => "it is not sent");
    await compose("さく");
    await client.send("Input.insertText", { text: "桜" });
    await until(async () => await field.inputValue() === "", () => "what was sent is still in the field");
    await field.pressSequentially("after");
    await field.press("Enter");
    await until(async () => await mine("after") === 1, () => "nothing is sent any more");
  });
});

Deno.test("a press beside a dialog closes it; one that only ends or begins there does not, nor any once something is written", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  const dialog = page.getByRole("dialog");
  const drag = async (from: { x: number; y: number }, to: { x: number; y: number }) => {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
  };
  const beside = { x: 12, y: 320 };
  /** Two frames later, the effects of a press are drawn. */
  const drawn = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const stays = async (what: string) => {
    await drawn();
    assert.equal(await dialog.count(), 1, what);
  };
  const within = async () => {
    const { x, y, height } = await boxOf(dialog.getByRole("heading").first());
    return { x: x + 5, y: y + height / 2 };
  };
  await open(anna, "moderator");
  await anna.press("Participants");
  const openers: Record<string, () => Promise<void>> = {
    "devices": () => anna.press("Devices"),
    "somebody's options": () => anna.press("Options for Anna Lindqvist"),
    "the room's settings": () => anna.press("Room settings"),
  };
  for (const [what, opened] of Object.entries(openers)) {
    await t.step(what, async () => {
      await opened();
      await dialog.waitFor();
      await drag(await within(), beside);
      await stays("a press that begins inside");
      await drag(beside, await within());
      await stays("a press that ends inside");
      await page.mouse.click(beside.x, beside.y);
      await dialog.waitFor({ state: "detached" });
    });
  }
  await t.step("written text stays", async () => {
    await anna.press("Options for Anna Lindqvist");
    const field = dialog.getByRole("textbox", { name: "Name in this meeting" });
    await field.fill("Anna the second");
    const { x, y, height } = await boxOf(field);
    await drag({ x: x + 60, y: y + height / 2 }, { x: beside.x, y: y + height / 2 });
    await stays("text is marked");
    await page.mouse.click(beside.x, beside.y);
    await stays("a press beside");
    assert.equal(await field.inputValue(), "Anna the second");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
  await t.step("and so do unsaved settings", async () => {
    await anna.press("Room settings");
    await page.getByLabel("Waiting room").selectOption("everyone");
    await page.mouse.click(beside.x, beside.y);
    await stays("a press beside");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
});

Deno.test("a list shows the current value, even if it does not offer it, before and after it has the focus", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  const shown = (list: Locator) =>
    list.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]?.text);
  const keeps = async (list: Locator, text: string) => {
    await list.waitFor();
    assert.equal(await shown(list), text);
    await list.focus();
    await page.keyboard.press("Tab");
    assert.equal(await shown(list), text, "after the focus has gone");
  };
  for (
    const [role, isGuest, text] of [
      ["participant", true, "Participant"],
      ["guest", false, "Guest"],
      ["viewer", true, "Viewer"],
      ["presenter", false, "Presenter"],
      ["moderator", true, "Moderator"],
    ] as const
  ) {
    await t.step(`${role}, ${isGuest ? "a guest" : "of the house"}`, async () => {
      await open(anna, "moderator");
      await anna.press("Participants");
      const name = await page.evaluate(({ role, isGuest }) => {
        const { participants } = (globalThis as unknown as {
          galleryRoom(): { participants: Record<string, { id: string; name: string }> };
        }).galleryRoom();
        const other = Object.values(participants).find(({ name }) => name.startsWith("C"))!;
        const detail = { participants: { ...participants, [other.id]: { ...other, role, isGuest } } };
        dispatchEvent(new CustomEvent("gallery:room", { detail }));
        return other.name;
      }, { role, isGuest });
      await anna.press(`Options for ${name}`);
      await keeps(page.getByLabel("Role in this meeting"), text);
    });
  }
  await t.step("a month's weekday follows the date", async () => {
    await open(anna, "meeting-new-series");
    await page.getByRole("radio", { name: "Repeatedly" }).click();
    const date = page.getByLabel("First date", { exact: true });
    await date.fill("2026-12-08");
    await page.getByLabel("Repeats", { exact: true }).selectOption("MONTHLY");
    const list = page.getByLabel("On", { exact: true });
    await list.selectOption("2");
    for (const [day, nth] of [["2026-12-15", "3"], ["2026-12-29", "-1"], ["2027-01-05", "1"]] as const) {
      await date.fill(day);
      await until(async () => await list.inputValue() === nth, () => `${day}: ${nth} is not chosen`);
    }
  });
});

Deno.test("the focus returns to the control that opened a panel or a dialog, also if a click does not focus buttons", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  // As Safari on a Mac does it.
  await page.addInitScript(() =>
    addEventListener("mousedown", (event) => {
      if (event.target instanceof Element && event.target.closest("button")) {
        event.preventDefault();
        (document.activeElement as HTMLElement | null)?.blur();
      }
    }, true)
  );
  await open(anna, "moderator");
  for (const panel of ["Chat", "Participants"]) {
    await t.step(panel, async () => {
      await anna.press(panel);
      await page.getByRole("complementary", { name: panel }).getByRole("button", {
        name: "Close",
        exact: true,
      }).click();
      await until(async () => await focused(page) === panel, () => `the focus is not on ${panel}`);
    });
  }
  await t.step("a dialog", async () => {
    await anna.press("Devices");
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await until(async () => await focused(page) === "Devices", () => "the focus is lost");
  });
  await t.step("a dialog within a panel; Escape closes one of them", async () => {
    await anna.press("Participants");
    await anna.press("Options for Anna Lindqvist");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("complementary", { name: "Participants" }).waitFor();
    await until(async () => await focused(page) === "Options for Anna Lindqvist", () => "the focus is lost");
  });
});

Deno.test("the chat keeps its end visible when the window gets lower, and its elements whatever happens", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await open(anna, "chat-long");
  await anna.press("Chat");
  const log = page.getByRole("log");
  const distance = () => log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
  await t.step("the end", async () => {
    await until(async () => await distance() < 2, () => "the end is out of sight");
    await page.setViewportSize({ width: 960, height: 420 });
    await until(async () => await distance() < 2, () => "the end is out of sight");
    await page.setViewportSize({ width: 960, height: 640 });
    await until(async () => await distance() < 2, () => "the end is out of sight");
  });
  await t.step("a focused link keeps the focus through events and new messages", async () => {
    const link = log.getByRole("link").first();
    await link.focus();
    await link.evaluate((element) => element.setAttribute("data-kept", ""));
    // Its position scrolls into view, and older messages are loaded.
    await page.evaluate(() =>
      new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    );
    await until(
      async () => await log.getAttribute("aria-busy") === "false",
      () => "older messages load for ever",
    );
    const made = page.evaluate(() =>
      new Promise<number>((resolve) => {
        let nodes = 0;
        const observer = new MutationObserver((records) => {
          for (const { addedNodes } of records) nodes += addedNodes.length;
        });
        observer.observe(document.querySelector("[role=log]")!, { childList: true, subtree: true });
        addEventListener("measured", () => resolve(nodes), { once: true });
      })
    );
    for (let at = 0; at < 3; at++) {
      await page.evaluate(() =>
        document.querySelector<HTMLButtonElement>(
          "button[aria-label='Raise hand'], button[aria-label='Lower hand']",
        )!.click()
      );
    }
    assert.equal(await log.locator("a[data-kept]:focus").count(), 1);
    await page.evaluate(() => dispatchEvent(new Event("measured")));
    assert.equal(await made, 0, "raised hands have made elements in the chat");
    // All messages are new objects, as after a snapshot, and there is one more.
    await page.evaluate(() => {
      const { chat } = (globalThis as unknown as { galleryRoom: () => { chat: { text: string }[] } })
        .galleryRoom();
      const last = { ...structuredClone(chat.at(-1)), seq: 9_999, text: "one more" };
      dispatchEvent(
        new CustomEvent("gallery:room", { detail: { chat: [...structuredClone(chat), last] } }),
      );
    });
    await log.getByText("one more").waitFor();
    assert.equal(
      await log.locator("a[data-kept]:focus").count(),
      1,
      "a new message has made the others anew",
    );
  });
});

Deno.test("a field for long texts is as high as its text, also where style sheets cannot do it", async () => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await page.addInitScript(() => {
    const supports = CSS.supports.bind(CSS);
    CSS.supports = (...args: [string, string?]) =>
      !args.some((arg) => arg?.includes("field-sizing")) && supports(...args as [string, string]);
  });
  await open(anna, "meeting-new");
  await page.addStyleTag({ content: "textarea { field-sizing: fixed !important }" });
  const field = page.getByLabel("Description");
  const hidden = () => field.evaluate((element) => element.scrollHeight - element.clientHeight);
  const { height: before } = await boxOf(field);
  await field.fill(Array.from({ length: 12 }, (_, at) => `${at + 1}. Item`).join("\n"));
  await until(async () => (await boxOf(field)).height > before * 2, () => "it has not grown");
  await until(async () => await hidden() === 0, () => "some of the text is hidden");
  await field.fill("");
  await until(async () => (await boxOf(field)).height <= before, () => "it has not become smaller again");
});

Deno.test("a draft stays when the panel closes, and what was refused meanwhile comes back", async () => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await open(anna, "chat");
  await anna.press("Chat");
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("half a thought");
  await anna.press("Participants");
  await anna.press("Chat");
  assert.equal(await field.inputValue(), "half a thought");
  await anna.press("Chat");
  await anna.press("Chat");
  assert.equal(await field.inputValue(), "half a thought");
});

Deno.test("a draft stays when one has to sign in again", async () => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await open(anna, "meeting-new");
  await page.getByLabel("Title").fill("Budget");
  await page.evaluate(() => {
    const problem = JSON.stringify({ code: "signIn.needed" });
    globalThis.fetch = () => Promise.resolve(new Response(problem, { status: 401 }));
  });
  await page.locator("main form button[type=submit]").last().click();
  const signIn = page.locator("main [data-tone=trouble] a");
  const [tab] = await Promise.all([page.context().waitForEvent("page"), signIn.click()]);
  await tab.close();
  assert.equal(await page.getByLabel("Title").inputValue(), "Budget");
});

Deno.test("names, messages and fields have their own direction", async () => {
  await using anna = await browser.newPerson("Anna");
  await open(anna, "chat");
  await anna.press("Chat");
  const field = anna.page.getByRole("textbox", { name: "Message" });
  await field.fill("שלום, עולם");
  assert.equal(await field.evaluate((element) => getComputedStyle(element).direction), "rtl");
  await field.press("Enter");
  const message = anna.page.getByRole("log").getByText("שלום, עולם");
  assert.equal(await message.evaluate((element) => getComputedStyle(element).direction), "rtl");
  await open(anna, "lobby");
  const name = anna.page.getByRole("textbox", { name: "Your name" });
  await name.fill("محمد");
  assert.equal(await name.evaluate((element) => getComputedStyle(element).direction), "rtl");
});

Deno.test("a page that the browser translates keeps showing the current state", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  /** Wraps each text, including later ones, in a <font>, as browsers' translators do. */
  const translate = () =>
    page.evaluate(() => {
      const work = (node: Node) => {
        if (node.nodeType === Node.TEXT_NODE) {
          const parent = node.parentElement;
          if (parent === null || !node.textContent?.trim() || parent.closest("font, svg, textarea")) return;
          const [outer, inner] = [document.createElement("font"), document.createElement("font")];
          inner.textContent = `«${node.textContent}»`;
          outer.append(inner);
          parent.replaceChild(outer, node);
        } else for (const child of [...node.childNodes]) work(child);
      };
      const root = document.getElementById("root")!;
      Object.assign(globalThis, { isPatched: () => Object.hasOwn(HTMLElement.prototype, "data") });
      work(root);
      new MutationObserver((records) => {
        for (const { addedNodes } of records) for (const node of addedNodes) if (node.isConnected) work(node);
      }).observe(root, { childList: true, subtree: true });
    });
  const translated = async () => {
    await translate();
    await page.waitForFunction(() => (globalThis as unknown as { isPatched: () => boolean }).isPatched());
  };
  await t.step("the lobby", async () => {
    await open(anna, "lobby");
    await translated();
    await page.getByRole("button", { name: "Deutsch" }).click();
    await page.getByText("Besprechung beitreten").or(page.getByText("Teilnehmen")).first().waitFor();
    assert.equal(await page.getByText("Join meeting").count(), 0);
  });
  await t.step("also when an element is put around each text, of whatever kind", async () => {
    await open(anna, "chat");
    await anna.press("Chat");
    await page.evaluate(() => {
      const wrap = (text: Node) => {
        const around = document.createElement("span");
        around.dataset["foreign"] = "";
        text.parentNode!.replaceChild(around, text);
        around.append(text);
      };
      const work = (node: Node) => {
        if (node.nodeType !== Node.TEXT_NODE) { for (const child of [...node.childNodes]) work(child); }
        else if (node.textContent?.trim() && !node.parentElement?.closest("[data-foreign], svg, textarea")) {
          wrap(node);
        }
      };
      const root = document.getElementById("root")!;
      work(root);
      new MutationObserver((records) => {
        for (const { addedNodes } of records) for (const node of addedNodes) if (node.isConnected) work(node);
      }).observe(root, { childList: true, subtree: true });
    });
    await page.waitForFunction(() => Object.hasOwn(HTMLElement.prototype, "data"));
    await anna.says("first https://example.org/a last");
    const message = page.getByRole("log").locator("p", { hasText: "first" }).last();
    await until(
      async () => (await message.innerText()) === "first https://example.org/a last",
      () => "the message is in another order",
    );
    await anna.press("Participants");
    await anna.press("Raise hand");
    await page.getByRole("complementary").getByText("Hand raised, number 1").waitFor();
    await anna.press("Lower hand");
    await page.getByRole("complementary").getByText("Hand raised").waitFor({ state: "detached" });
    await page.getByText("5 people").first().waitFor();
    await anna.press("Leave meeting");
    await page.getByText("You have left the meeting.").waitFor();
  });
  await t.step("the meeting: hands, counts, messages, panels", async () => {
    await open(anna, "chat");
    await anna.press("Chat");
    await translated();
    await anna.says("first https://example.org/a last");
    const message = page.getByRole("log").getByText("first").last();
    await until(
      async () =>
        (await message.locator("xpath=ancestor-or-self::p").innerText()).replaceAll(/[«»]/g, "") ===
          "first https://example.org/a last",
      () => "the message is in another order",
    );
    await anna.press("Participants");
    await page.getByText("5 people").first().waitFor();
    await anna.press("Raise hand");
    await page.getByRole("complementary").getByText("Hand raised, number 1").waitFor();
    await anna.press("Lower hand");
    await page.getByRole("complementary").getByText("Hand raised").waitFor({ state: "detached" });
    await anna.press("Leave meeting");
    await page.getByText("You have left the meeting.").waitFor();
  });
});

Deno.test("controls are inside the safe area beside a phone's notch and home bar", async () => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  const client = await page.context().newCDPSession(page);
  for (
    const [size, insets] of [
      [{ width: 852, height: 393 }, { top: 0, left: 59, bottom: 21, right: 59 }],
      [{ width: 393, height: 852 }, { top: 59, left: 0, bottom: 34, right: 0 }],
    ] as const
  ) {
    await page.setViewportSize(size);
    await client.send("Emulation.setSafeAreaInsetsOverride", { insets });
    for (const scene of ["meeting-5", "chat", "lobby", "left"]) {
      await open(anna, scene);
      if (scene === "chat") await anna.press("Chat");
      if (scene === "meeting-5" || scene === "chat") {
        // Scrolling content can end anywhere; these elements are fixed.
        const outside = () =>
          page.evaluate(
            ({ width, height, insets }) =>
              [...document.querySelectorAll<HTMLElement>("button, textarea, h1, h2")].flatMap((element) => {
                const box = element.getBoundingClientRect();
                const isSeen = box.width > 1 && element.checkVisibility() &&
                  !element.closest('[inert], [role="log"]');
                const isInside = box.left >= insets.left - 1 && box.right <= width - insets.right + 1 &&
                  box.top >= insets.top - 1 && box.bottom <= height - insets.bottom + 1;
                return isSeen && !isInside
                  ? [`${element.ariaLabel ?? element.textContent}: ${JSON.stringify(box)}`]
                  : [];
              }),
            { ...size, insets },
          );
        let last: string[] = [];
        await until(
          async () => (last = await outside()).length === 0,
          () => `${scene} at ${size.width}: ${last.join("; ")}`,
        );
      } else {
        const main = await boxOf(page.locator("main"));
        assert.ok(main.x >= insets.left - 1 && main.x + main.width <= size.width - insets.right + 1, scene);
      }
    }
  }
});

Deno.test("with forced colours one can see who speaks, what is off, and what is selected", async () => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await page.emulateMedia({ forcedColors: "active" });
  await open(anna, "meeting-5");
  const look = (locator: Locator) =>
    locator.evaluate((element) => {
      const of = (pseudo?: string) => {
        const { outline, border, color, backgroundColor } = getComputedStyle(element, pseudo);
        return `${outline} ${border} ${color} ${backgroundColor}`;
      };
      return `${of()} ${of("::after")}`;
    });
  const tile = page.locator("[role=group][data-speaking]").first();
  const other = page.locator("[role=group]:not([data-speaking])").first();
  assert.notEqual(await look(tile), await look(other));
  assert.notEqual(await look(anna.button("Unmute microphone")), await look(anna.button("Turn camera off")));
  await open(anna, "meeting-new");
  const [chosen, rest] = [
    page.locator("label:has(:checked)").first(),
    page.locator("fieldset label:not(:has(:checked))").first(),
  ];
  assert.notEqual(await look(chosen), await look(rest));
  await open(anna, "account");
  const seen = (locator: Locator) =>
    locator.evaluate((element) => {
      const { borderBottomColor, backgroundColor } = getComputedStyle(element);
      return `${borderBottomColor} ${backgroundColor}`;
    });
  const tabs = page.getByRole("navigation").locator("a");
  assert.notEqual(await seen(tabs.first()), await seen(tabs.last()), "all tabs look chosen");
  await open(anna, "answer");
  const answers = page.locator("button[aria-pressed]");
  await answers.first().evaluate((answer) => answer.setAttribute("aria-pressed", "true"));
  assert.notEqual(await seen(answers.first()), await seen(answers.last()));
});

Deno.test("a tooltip is completely visible, wherever its button is", async () => {
  await using anna = await browser.newPerson("Anna");
  for (const width of [360, 820, 1440]) {
    await anna.page.setViewportSize({ width, height: 740 });
    await open(anna, "meeting-2");
    for (const name of ["Chat", "Devices", "Copy link", "Leave meeting", "Mute microphone"]) {
      await anna.button(name).focus();
      await anna.page.keyboard.press("Shift");
      await anna.button(name).hover();
      const tooltip = anna.button(name).locator("xpath=following-sibling::span[@aria-hidden]").first();
      const { x, width: wide } = await boxOf(tooltip);
      assert.ok(x >= 0 && x + wide <= width, `${name} at ${width}: ${x} to ${x + wide}`);
    }
  }
});

Deno.test("a participant without a link to pass on is shown none", async () => {
  await using anna = await browser.newPerson("Anna");
  await open(anna, "meeting-1");
  await anna.button("Copy link").waitFor();
  await anna.page.getByText("/r/k7wq-3fzp-axmd").waitFor();
  await open(anna, "meeting-1-own-link");
  await anna.button("Leave meeting").waitFor();
  assert.equal(await anna.button("Copy link").count(), 0);
  assert.equal(await anna.page.getByText("/r/k7wq-3fzp-axmd").count(), 0);
});

Deno.test("shortcuts work on a keyboard without Latin letters", async () => {
  await using anna = await browser.newPerson("Anna");
  await open(anna, "meeting-2");
  await anna.button("Mute microphone").waitFor();
  await anna.page.evaluate(() =>
    dispatchEvent(new KeyboardEvent("keydown", { key: "в", code: "KeyD", ctrlKey: true, cancelable: true }))
  );
  await anna.button("Unmute microphone").waitFor();
});
