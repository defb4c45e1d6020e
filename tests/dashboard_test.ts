import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type SmtpSink, startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { violations } from "./axe.ts";
import { hasWidth, type Person, TestBrowser, until } from "./browser_rig.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { Product } from "./product_rig.ts";

const EMAIL = "anna.lindqvist@example.org";
/** Anna's current address. */
let email = EMAIL;
const PASSWORD = "vier Stühle und ein runder Tisch";

let product: Product;
let browser: TestBrowser;
let mails: SmtpSink;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  mails = shared.use(await startSmtpSink());
  const port = freeTcpPort();
  product = shared.use(
    await Product.start({
      PORT: String(port),
      PUBLIC_URL: `http://localhost:${port}`,
      SMTP_URL: mails.url,
      MAIL_FROM: "tafelrunde@example.org",
    }),
  );
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

Deno.test("from the first account to a meeting with a guest, and out again", async (t) => {
  await using anna = await browser.newPerson("Anna Lindqvist");
  const { page } = anna;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  let link = "";
  let adhocLink = "";
  /** One step; each needs those before it. */
  const step = async (name: string, play: () => Promise<void>) => {
    const isDone = await t.step(name, async () => {
      try {
        await play();
      } catch (cause) {
        throw new Error(`The page says: ${await page.locator("body").innerText()}`, { cause });
      }
    });
    assert.ok(isDone, name);
  };

  await step("the link in the log creates the first account, an administrator", async () => {
    await page.goto(await product.firstAccountUrl());
    await hasHeading(page, "Set up Tafelrunde");
    await isAccessible(page);
    await anna.press("Create account");
    await page.getByText("Please enter your name so others know who you are.").waitFor();
    await field(page, "Your name").fill(anna.name);
    await field(page, "E-mail address").fill(EMAIL);
    await field(page, "Password").fill(PASSWORD);
    await anna.press("Create account");
    await hasHeading(page, "My meetings");
    await page.getByText("Nothing is planned.").waitFor();
    await isAccessible(page);
  });

  await step("a series is planned, and read back in words", async () => {
    await page.getByRole("link", { name: "Plan a meeting" }).click();
    await hasHeading(page, "Plan a meeting");
    await anna.press("Plan meeting");
    await page.getByText("Please give the meeting a title.").waitFor();
    await field(page, "Title").fill("Budget 2031");
    await page.getByRole("radio", { name: "Repeatedly" }).check();
    await field(page, "First date").fill("2031-03-03");
    await field(page, "Start").fill("10:00");
    await page.getByRole("combobox", { name: "Time zone" }).selectOption("Europe/Berlin");
    await page.getByRole("combobox", { name: "Every" }).selectOption("2");
    await page.getByRole("checkbox", { name: "Thursday" }).check();
    await page.getByText("Every 2 weeks on Monday and Thursday").waitFor();
    await isAccessible(page);
  });

  await step("a person without an account is invited by their address", async () => {
    await page.getByRole("combobox", { name: "Name or e-mail address" }).fill("ben@example.org");
    await page.getByRole("option", { name: "Invite ben@example.org" }).click();
    await anna.press("Plan and invite one person");
    await hasHeading(page, "Budget 2031");
    await page.getByRole("link", { name: "People", exact: true }).click();
    await page.getByRole("listitem").filter({ hasText: "ben@example.org" }).getByText("No answer yet")
      .waitFor();
    await isAccessible(page);
  });

  await step("they respond with the link in their mail, without an account", async () => {
    const path = await linkTo("ben@example.org", /\/answer#[\w-]+/);
    await using ben = await browser.newPerson("Ben");
    await ben.page.goto(product.origin + path);
    await hasHeading(ben.page, "Budget 2031");
    await ben.press("Yes");
    await ben.page.getByText("Thank you. You are coming.").waitFor();
    await isAccessible(ben.page);
    await fitsNarrow(ben.page);
    await page.reload();
    await page.getByRole("listitem").filter({ hasText: "ben@example.org" }).getByText("Coming").waitFor();
  });

  await step("the link for everyone is copied, and is the same after a reload", async () => {
    await page.getByRole("link", { name: "Links", exact: true }).click();
    link = await field(page, "Link to the meeting").inputValue();
    await anna.press("Copy");
    await anna.button("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    await page.reload();
    assert.equal(await field(page, "Link to the meeting").inputValue(), link);
    await isAccessible(page);
  });

  await step("a link with a role is a separate link, and says so", async () => {
    await anna.press("New link with a role");
    await page.getByRole("dialog").getByRole("combobox", { name: "Role" }).selectOption("viewer");
    await field(page, "Label (optional)").fill("Press");
    await anna.press("Create link");
    const shown = page.getByRole("dialog").getByRole("textbox", { name: "Gives the role Viewer" });
    assert.notEqual(await shown.inputValue(), link);
    await anna.press("Close");
    await page.getByRole("listitem").filter({ hasText: "Press" }).getByText("Gives the role Viewer")
      .waitFor();
  });

  await step("a guest needs only the link; a signed-in person is known by name", async () => {
    await using ben = await browser.newPerson("Ben");
    await ben.join(link);
    await page.getByRole("link", { name: "Join" }).click();
    await anna.button("Join meeting").waitFor();
    await until(
      async () => await field(page, "Your name").inputValue() === anna.name,
      () => "who is signed in is not known by name",
    );
    await anna.press("Join meeting");
    await anna.isIn();
    await ben.tile(anna.name).waitFor();
    await anna.tile("Ben").waitFor();
    await anna.opens("Participants");
    await anna.press(`Options for ${anna.name}`);
    await field(page, "Name in this meeting").fill("Anna (Budget)");
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await ben.tile("Anna (Budget)").waitFor();
    await anna.press("Leave meeting");
    await anna.press("Join again");
    assert.equal(await field(page, "Your name").inputValue(), "Anna (Budget)", "the name in the meeting");
    await page.goto(link);
    await page.getByText("You are signed in as").waitFor();
    assert.equal(await field(page, "Your name").inputValue(), "Anna (Budget)", "on another page, too");
    await field(page, "Your name").fill(anna.name);
    await anna.press("Join meeting");
    await ben.tile(anna.name).waitFor();
    await anna.press("Leave meeting");
  });

  await step("a change is saved, and not lost by accident", async () => {
    await page.goto(`${product.origin}/meetings`);
    await page.getByRole("link", { name: "Budget 2031", exact: true }).click();
    await field(page, "Title").fill("Budget 2032");
    await page.getByRole("link", { name: "My meetings" }).click();
    await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
    await anna.press("Stay here");
    await page.getByRole("button", { name: "Save" }).first().click();
    await hasHeading(page, "Budget 2032");
    await isAccessible(page);
  });

  await step("a series is changed from one date on", async () => {
    await page.getByRole("button", { name: /^Change the date Monday,? 31 March 2031/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: "This and all following" }).check();
    await isAccessible(page);
    await dialog.getByLabel("Title", { exact: true }).fill("Budget from April");
    await dialog.getByLabel("Start", { exact: true }).fill("14:00");
    await dialog.getByRole("button", { name: "Save" }).click();
    await hasHeading(page, "Budget from April");
    await page.getByRole("button", { name: /^Change the date Monday,? 31 March 2031/ }).waitFor();
    await page.getByRole("button", { name: /^Change the date Monday,? 14 April 2031/ }).click();
    await dialog.getByRole("radio", { name: "This and all following" }).check();
    await dialog.getByRole("button", { name: "Cancel this and all following" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: /14 April 2031/ }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^Change the date Thursday,? 3 April 2031/ }).waitFor();
    await page.getByRole("link", { name: "My meetings" }).click();
    await page.getByRole("link", { name: "Budget 2032", exact: true }).click();
    await page.getByRole("button", { name: /20 March 2031/ }).waitFor();
    assert.equal(await page.getByRole("button", { name: /31 March 2031/ }).count(), 0);
  });

  await step("one date of the series is cancelled, then all of it", async () => {
    await page.getByRole("button", { name: /^Change the date Thursday,? 6 March 2031/ }).click();
    await anna.press("Cancel this date");
    await page.getByRole("listitem").filter({ hasText: "6 March 2031" }).getByText("Cancelled").waitFor();
    await anna.press("Cancel the series");
    await anna.press("Cancel meeting");
    await page.getByText("This meeting is cancelled.").waitFor();
    await page.getByRole("link", { name: "My meetings" }).click();
    await page.getByRole("listitem").filter({ hasText: "Budget 2032" }).getByText("Cancelled").waitFor();
  });

  await step("a permanent meeting is a favourite", async () => {
    await page.goto(`${product.origin}/meetings/new`);
    await field(page, "Title").fill("Open hour");
    await page.getByRole("radio", { name: "Permanent" }).check();
    await anna.press("Plan meeting");
    await hasHeading(page, "Open hour");
    await anna.press("Favourite: Open hour");
    await page.getByRole("button", { name: "Favourite: Open hour", pressed: true }).waitFor();
    await page.getByRole("link", { name: "My meetings" }).click();
    await page.getByRole("link", { name: "Favourites" }).click();
    await page.getByRole("link", { name: "Open hour", exact: true }).waitFor();
  });

  await step("an ad-hoc meeting is one click", async () => {
    await anna.press("Start now");
    await anna.button("Join meeting").waitFor();
    adhocLink = page.url();
    assert.match(adhocLink, /\/r\/[^#]+#.{22}$/);
  });

  await step("an API key is shown once, and works within its scopes", async () => {
    await page.goto(`${product.origin}/admin/keys`);
    await anna.press("New API key");
    await field(page, "What it is for").fill("Calendar");
    await page.getByRole("checkbox", { name: "See meetings" }).check();
    await isAccessible(page);
    await anna.press("Create key");
    const key = await field(page, "API key").inputValue();
    await anna.press("I have saved it");
    await page.getByRole("listitem").filter({ hasText: "Calendar" }).getByText("See meetings").waitFor();
    const ask = async (path: string) => {
      const answer = await fetch(product.origin + path, { headers: { authorization: `Bearer ${key}` } });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.deepEqual([await ask("/v1/meetings?list=permanent&of=tenant"), await ask("/v1/people")], [
      200,
      403,
    ]);
  });

  await step(
    "every page of account and administration is accessible, also on a narrow screen",
    async () => {
      for (
        const path of [
          ...["/account", "/account/sign-in", "/account/data", "/admin", "/admin/groups", "/admin/usage"],
          ...["/admin/organisation", "/admin/tenants", "/meetings", "/meetings/new", "/meetings/past"],
        ]
      ) {
        await page.goto(product.origin + path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.getByRole("status").filter({ hasText: "Loading" }).waitFor({ state: "detached" });
        await isAccessible(page);
        await fitsNarrow(page);
      }
    },
  );

  await step("a new address is confirmed by the link in the mail sent to it", async () => {
    await page.goto(`${product.origin}/account`);
    await anna.press("Change address");
    await field(page, "New e-mail address").fill("anna@elsewhere.example");
    await anna.press("Send link");
    await page.getByText("is on its way to anna@elsewhere.example").or(field(page, "Password")).first()
      .waitFor();
    if (await field(page, "Password").isVisible()) {
      await field(page, "Password").fill(PASSWORD);
      await page.getByRole("dialog").getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByText("is on its way to anna@elsewhere.example").waitFor();
    }
    await isAccessible(page);
    await fitsNarrow(page);
    const path = await linkTo("anna@elsewhere.example", /\/email#[\w-]+/);
    const told = lettersTo(EMAIL).length;
    await page.goto(product.origin + path);
    await hasHeading(page, "Is this your address?");
    await isAccessible(page);
    await fitsNarrow(page);
    await anna.press("Yes, use this address");
    await hasHeading(page, "Your address has been changed.");
    await until(
      () => Promise.resolve(lettersTo(EMAIL).length > told),
      () => "the address of before is not told",
    );
    await page.getByRole("link", { name: "To my account" }).click();
    await page.getByRole("region", { name: "E-mail address" }).getByText("anna@elsewhere.example").waitFor();
    email = "anna@elsewhere.example";
  });

  await step(
    "signing out everywhere signs out here, too, and signing in returns to the same page",
    async () => {
      await using elsewhere = await browser.newPerson("Elsewhere");
      await using inMeeting = await browser.newPerson("In a meeting");
      await signIn(inMeeting, "/meetings");
      await hasHeading(inMeeting.page, "My meetings");
      await inMeeting.join(adhocLink);
      await signIn(elsewhere, "/account/sign-in");
      await hasHeading(elsewhere.page, "Account");
      await anna.page.goto(`${product.origin}/account/sign-in`);
      await anna.press("Sign out everywhere");
      await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
      await hasHeading(page, "Sign in");
      await isAccessible(page);
      await elsewhere.page.reload();
      await hasHeading(elsewhere.page, "Sign in");
      await hasHeading(inMeeting.page, "You have been signed out.");
      await isAccessible(inMeeting.page);
      await fitsNarrow(inMeeting.page);
      await inMeeting.press("Join as a guest");
      await inMeeting.join();
      await inMeeting.press("Leave meeting");
      await signIn(anna, "/meetings/permanent");
      await page.getByRole("link", { name: "Open hour", exact: true }).waitFor();
      assert.equal(new URL(page.url()).pathname, "/meetings/permanent");
    },
  );

  await step("a wrong password is refused kindly", async () => {
    await using stranger = await browser.newPerson("Stranger");
    await signIn(stranger, "/meetings", "not this one at all");
    await stranger.page.getByText("Wrong e-mail address or password").waitFor();
  });
  await step("a forgotten password is replaced with a new one, by mail", async () => {
    await using forgetful = await browser.newPerson("Forgetful");
    const { page } = forgetful;
    await page.goto(`${product.origin}/meetings`);
    await forgetful.press("Forgot your password?");
    await field(page, "E-mail address").fill(email);
    await forgetful.press("Send link");
    await page.getByText("is on its way").waitFor();
    await isAccessible(page);
    const path = await linkTo(email, /\/reset#[\w-]+/);
    await page.goto(product.origin + path);
    await field(page, "New password").fill(`${PASSWORD}!`);
    await forgetful.press("Change password");
    await hasHeading(page, "My meetings");
  });
});

const lettersTo = (address: string) => mails.taken.filter(({ to }) => to.includes(address));

/** Waits for a mail to an address with such a link, ignoring other mails; returns the link's path. */
async function linkTo(address: string, pattern: RegExp): Promise<string> {
  let path: string | undefined;
  await until(
    () => {
      path = lettersTo(address).flatMap(({ email: { text } }) => pattern.exec(text ?? "") ?? []).at(-1);
      return Promise.resolve(path !== undefined);
    },
    () => `no mail to ${address} with ${pattern}`,
  );
  return path!;
}

/** Goes to a page that needs an account, and signs in on the way. */
async function signIn(person: Person, path: string, password = PASSWORD): Promise<void> {
  const { page } = person;
  await page.goto(product.origin + path);
  await hasHeading(page, "Sign in");
  await field(page, "E-mail address").fill(email);
  await field(page, "Password").fill(password);
  await person.button("Sign in").click();
}

function field(page: Page, name: string) {
  return page.getByLabel(name, { exact: true });
}

async function hasHeading(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

async function isAccessible(page: Page): Promise<void> {
  assert.deepEqual(await violations(page), [], page.url());
}

/** Nothing is wider than a screen of 320 pixels. */
async function fitsNarrow(page: Page): Promise<void> {
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 640 });
  await hasWidth(page, 320);
  await page.setViewportSize(before);
}
