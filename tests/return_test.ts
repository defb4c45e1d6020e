import assert from "node:assert/strict";
import { KeptBrowser, Person, TestBrowser, until } from "./browser_rig.ts";
import { Product } from "./product_rig.ts";

let product: Product;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  product = shared.use(await Product.start());
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

/** Waits for the lobby, and checks that the page did not leave it for the meeting by itself. */
async function standsInTheLobby({ page, name, button }: Person): Promise<void> {
  await page.getByRole("button", { name: "Join meeting", exact: true }).waitFor();
  await page.getByText("One person is here.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Leave meeting", exact: true }).count(), 0, name);
  void button;
}

Deno.test("only a reload leads straight back into a meeting", async (t) => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();

  await t.step("a reload does", async () => {
    await ben.join(link);
    await ben.page.reload();
    await ben.isIn();
  });

  await t.step("going back in the browser's history does not", async () => {
    await ben.page.goto("about:blank");
    await anna.tile("Ben").waitFor({ state: "detached" });
    await ben.page.goBack();
    await standsInTheLobby(ben);
  });

  await t.step("nor does a page from the back/forward cache: it reports no unplugged devices", async () => {
    await ben.join();
    await ben.page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    });
    await anna.tile("Ben").waitFor({ state: "detached" });
    await ben.page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    });
    await standsInTheLobby(ben);
    assert.equal(await ben.page.getByText("unplugged").count(), 0);
    await ben.join();
    await anna.sees("Ben");
  });

  await t.step("nor does a reload long after: a laptop that was closed in the meeting", async () => {
    await ben.page.evaluate(() => {
      const joined = JSON.parse(sessionStorage.getItem("tafelrunde:joined")!);
      addEventListener(
        "pagehide",
        () =>
          sessionStorage.setItem("tafelrunde:joined", JSON.stringify({ ...joined, at: Date.now() - 60_000 })),
      );
    });
    await ben.page.reload();
    await ben.button("Join meeting").waitFor();
  });

  await t.step("nor does a link with ?join that was followed before", async () => {
    await ben.page.goto("about:blank");
    await ben.page.goto(link.replace("#", "?join#"));
    await ben.isIn();
    await ben.press("Leave meeting");
    await ben.page.goto("about:blank");
    await ben.page.goBack();
    await standsInTheLobby(ben);
  });
});

Deno.test("a page from the back/forward cache reconnects: a lobby continues, a meeting begins in its lobby", async (t) => {
  await using keeping = await TestBrowser.launch({ keepsPages: true });
  await using anna = await browser.newPerson("Anna");
  await using ben = await keeping.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  /**
   * Goes to another page and back. Chromium caches no page with an open RTCPeerConnection: a meeting may be
   * reloaded.
   */
  const leaveAndReturn = async () => {
    await ben.page.goto(`${product.origin}/nowhere`);
    await ben.page.getByRole("heading", { name: "Page not found." }).waitFor();
    await ben.page.goBack({ waitUntil: "commit" });
  };
  await t.step("a lobby", async () => {
    await ben.page.goto(link);
    await standsInTheLobby(ben);
    await leaveAndReturn();
    await standsInTheLobby(ben);
    await ben.join();
    await Promise.all([anna.sees("Ben"), ben.sees("Anna")]);
  });
  await t.step("a meeting", async () => {
    await ben.page.goto(`${product.origin}/nowhere`);
    await anna.tile("Ben").waitFor({ state: "detached" });
    await ben.page.goBack({ waitUntil: "commit" });
    await standsInTheLobby(ben);
    await ben.join();
    await Promise.all([anna.sees("Ben"), ben.sees("Anna")]);
  });
  assert.deepEqual(ben.faults, []);
});

Deno.test("a tab that the browser restores shows the lobby, with no one captured in the meeting", async () => {
  await using anna = await browser.newPerson("Anna");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await using kept = await KeptBrowser.make({}, {
    session: { restore_on_startup: 1 },
  });
  const before = await kept.open();
  const ben = await Person.sitDown(before, "Ben");
  await ben.join(link);
  // The address itself asks to join directly: that applied only at the time.
  await ben.page.goto(link.replace("#", "?join#"));
  await ben.isIn();
  await anna.sees("Ben");
  // Closed in the meeting, as when the machine is shut down.
  await kept.shutDownWhenNoted("?join");
  const after = await kept.open({ restores: true });
  const find = () => after.pages().find((page) => page.url().startsWith(product.origin));
  await until(
    () => Promise.resolve(find() !== undefined),
    () => `the tab is not restored, there are: ${after.pages().map((page) => page.url()).join(" ")}`,
  );
  const page = find()!;
  await page.getByRole("button", { name: "Join meeting", exact: true }).waitFor();
  await page.getByText(/is here|are here/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Leave meeting", exact: true }).count(), 0);
  // The picture of oneself would cost processor time for as long as this takes.
  await page.getByRole("button", { name: "Turn camera off", exact: true }).click();
  await anna.tile("Ben").waitFor({ state: "detached" });
});

Deno.test("a page that the browser prerenders while its address is typed begins when it is activated", async () => {
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await ben.join(link);
  await ben.page.goto("about:blank");
  await anna.tile("Ben").waitFor({ state: "detached" });
  const asked: string[] = [];
  ben.page.on("request", (request) => asked.push(request.url()));
  await ben.page.addInitScript(() =>
    Object.defineProperty(document, "prerendering", { value: true, configurable: true })
  );
  await ben.page.goto(link.replace("#", "?join#"));
  assert.deepEqual(asked.filter((url) => /\/v1\//.test(url)), []);
  assert.equal(await ben.page.getByRole("button").count(), 0);
  await ben.page.evaluate(() => {
    Object.defineProperty(document, "prerendering", { value: false });
    document.dispatchEvent(new Event("prerenderingchange"));
  });
  await ben.isIn();
});

Deno.test("if the browser forbids all storage, there is a page, a meeting, and a way back", async () => {
  await using anna = await browser.newPerson("Anna");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await using strict = await KeptBrowser.make({}, {
    profile: { default_content_setting_values: { cookies: 2 } },
  });
  await using ben = await Person.sitDown(await strict.open(), "Ben");
  await ben.page.goto(product.origin);
  await ben.button("Create meeting").waitFor();
  const isForbidden = await ben.page.evaluate(() => {
    try {
      return localStorage.length < 0;
    } catch {
      return true;
    }
  });
  assert.ok(isForbidden, "the test's browser forbids nothing");
  await ben.join(link);
  await Promise.all([anna.sees("Ben"), ben.sees("Anna")]);
  await ben.page.goto(`${product.origin}/signin`);
  await ben.page.getByRole("heading").first().waitFor();
});
