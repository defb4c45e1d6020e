import { TestBrowser } from "./browser_rig.ts";
import { Product } from "./product_rig.ts";

Deno.test("[R12] a removed participant is shown as leaving until the media node has confirmed it", async () => {
  await using product = await Product.start();
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  await using ben = await browser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await anna.sees("Ben");
  await anna.opens("Participants");
  const notice = anna.page.getByText("Ben is being removed");
  {
    using _frozen = product.freeze("media");
    await anna.press("Options for Ben");
    for (let press = 0; press < 2; press++) {
      await anna.page.getByRole("dialog").getByRole("button", {
        name: "Remove from the meeting",
        exact: true,
      })
        .click();
    }
    await notice.waitFor();
    await ben.page.getByText("A moderator has removed you from the meeting.").waitFor();
    await notice.waitFor();
  }
  await notice.waitFor({ state: "detached" });
  await anna.tile("Ben").waitFor({ state: "detached" });
});
