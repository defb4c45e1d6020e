/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { type Command, refuse } from "@tafelrunde/protocol";
import { MAX_PENDING, PendingCommands } from "./pending.ts";

const post = (text: string) => ({ type: "chat.post", text }) as const;

/** A list that "sends" into an array, and the texts (or types) of what was sent. */
function makePending() {
  const sent: Command[] = [];
  let isOpen = true;
  const pending = new PendingCommands((command) => {
    if (isOpen) sent.push(command);
    return isOpen;
  }, () => {});
  const texts = () => sent.map((command) => command.type === "chat.post" ? command.text : command.type);
  return { pending, sent, texts, setOpen: (open: boolean) => isOpen = open };
}

Deno.test("commands from before the session is live are sent in order once it is", () => {
  const { pending, texts } = makePending();
  void pending.ask(post("a"));
  void pending.ask(post("b"));
  assert.deepEqual(texts(), []);
  pending.resume();
  assert.deepEqual(texts(), ["a", "b"]);
});

Deno.test("a command resolves with its answer and is not sent again", async () => {
  const { pending, sent } = makePending();
  pending.resume();
  const stored = pending.ask(post("a"));
  const refused = pending.ask(post(" "));
  pending.answer(sent[0]!.id, null);
  pending.answer(sent[1]!.id, refuse("chat.empty"));
  assert.equal(await stored, null);
  assert.deepEqual(await refused, refuse("chat.empty"));
  pending.resume();
  assert.equal(sent.length, 2);
});

Deno.test("an unanswered command is sent again after a resume, under the same id", () => {
  const { pending, sent } = makePending();
  pending.resume();
  void pending.ask(post("a"));
  void pending.ask(post("b"));
  pending.answer(sent[0]!.id, null);
  pending.suspend();
  pending.resume();
  assert.deepEqual(sent.map(({ id }) => id), [sent[0]!.id, sent[1]!.id, sent[1]!.id]);
});

Deno.test("a command that could not be sent waits for the next resume", () => {
  const { pending, texts, setOpen } = makePending();
  pending.resume();
  setOpen(false);
  void pending.ask(post("a"));
  void pending.ask(post("b"));
  pending.suspend();
  setOpen(true);
  pending.resume();
  assert.deepEqual(texts(), ["a", "b"]);
});

Deno.test("askFirst goes ahead of pending commands", () => {
  const { pending, texts } = makePending();
  void pending.ask(post("a"));
  void pending.askFirst({ type: "participant.join", name: "Ada" });
  pending.resume();
  assert.deepEqual(texts(), ["participant.join", "a"]);
});

Deno.test("a command that came too soon is sent again, and the order stays", async () => {
  const { pending, sent, texts } = makePending();
  pending.resume();
  const answers = ["a", "b", "c"].map((text) => pending.ask(post(text)));
  const [a, b, c] = sent.map(({ id }) => id);
  pending.answer(a!, null);
  pending.answer(b!, refuse("message.tooFrequent", 1));
  pending.answer(c!, refuse("message.tooFrequent", 1));
  await until(() => sent.length === 4);
  assert.deepEqual(texts(), ["a", "b", "c", "b"]);
  pending.answer(b!, null);
  assert.deepEqual(texts(), ["a", "b", "c", "b", "c"]);
  pending.answer(c!, null);
  assert.deepEqual(await Promise.all(answers), [null, null, null]);
});

Deno.test(`more than ${MAX_PENDING} waiting commands are refused`, async () => {
  const { pending } = makePending();
  for (let index = 0; index < MAX_PENDING; index++) void pending.ask(post(`${index}`));
  assert.deepEqual(await pending.ask(post("one too many")), refuse("room.busy"));
});

Deno.test("when the call ends, pending commands are refused", async () => {
  const { pending } = makePending();
  pending.resume();
  const answer = pending.ask(post("a"));
  pending.end(refuse("participant.notJoined"));
  assert.deepEqual(await answer, refuse("participant.notJoined"));
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}
