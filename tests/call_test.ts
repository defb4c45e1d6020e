import { type Person, TestBrowser } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";

Deno.test("three people at one table", async (t) => {
  await using product = await Product.start();
  await using annasBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Anna });
  await using bensBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Ben });
  await using cemsBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Cem });
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await bensBrowser.newPerson("Ben");
  await using cem = await cemsBrowser.newPerson("Cem");
  const everyone = [anna, ben, cem];
  const likenessOf = (person: Person) => LIKENESSES[person.name as keyof typeof LIKENESSES];
  const othersOf = (person: Person) => everyone.filter((other) => other !== person);
  const each = async (act: (person: Person) => Promise<void>) => void await Promise.all(everyone.map(act));

  await t.step("one creates a meeting, the others join by its link", async () => {
    const link = await anna.createMeeting(product.origin);
    await anna.join();
    await Promise.all([ben.join(link), cem.join(link)]);
    await each((person) => person.listen());
  });

  await t.step(
    "each sees the others' moving pictures in their own colours, and oneself",
    () =>
      each(async (person) => {
        for (const other of everyone) await person.sees(other.name, likenessOf(other).colour);
      }),
  );

  await t.step("each hears the others' tones, and not oneself", () =>
    each(async (person) => {
      for (const other of othersOf(person)) await person.hears(likenessOf(other));
      await person.doesNotHear(likenessOf(person));
    }));
});
