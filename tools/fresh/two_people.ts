/**
 * `two_people.ts ORIGIN`: two browsers meet in a running product; exits with 0 if they see and hear each
 * other.
 */
import { TestBrowser } from "../../tests/browser_rig.ts";
import { LIKENESSES } from "../../tests/media_rig.ts";

const [origin] = Deno.args;
if (origin === undefined) throw new Error("usage: two_people.ts ORIGIN");

await using annasBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Anna });
await using bensBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Ben });
await using anna = await annasBrowser.newPerson("Anna");
await using ben = await bensBrowser.newPerson("Ben");
const link = await anna.createMeeting(origin);
await anna.join();
await ben.join(link);
await Promise.all(
  ([[anna, ben, LIKENESSES.Ben], [ben, anna, LIKENESSES.Anna]] as const).map(
    async ([person, other, likeness]) => {
      await person.sees(other.name, likeness.colour);
      await person.listen();
      await person.hears(likeness);
    },
  ),
);
console.log("two browsers see and hear each other");
