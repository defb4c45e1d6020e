/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { de as deChat } from "../features/chat/de.ts";
import { en as enChat } from "../features/chat/en.ts";
import { de as deHand } from "../features/hand/de.ts";
import { en as enHand } from "../features/hand/en.ts";
import { de as deReaction } from "../features/reaction/de.ts";
import { en as enReaction } from "../features/reaction/en.ts";
import { deRoom } from "./de_room.ts";
import { enRoom } from "./en_room.ts";
import { plain, sentence } from "./isolate.ts";

Deno.test("text that changes the direction is isolated in a sentence, and other text stays as it is", () => {
  for (const name of ["Anna", "Zoë 5", "李", "Ольга", "नीरज", "Anna 😀", ""]) {
    equal(sentence`${name} joined`, `${name} joined`);
  }
  for (
    const name of [
      "\u05d3\u05d5\u05d3",
      "Anna \u0645",
      "\u07ca\u07cb",
      "\u{10d00}",
      "\u{1e900}",
      "\ufb50",
      "5\u200f",
    ]
  ) {
    equal(sentence`${name} joined`, `\u2068${name}\u2069 joined`);
  }
  equal(sentence`${"\u202eAnna"} left ${3}`, "\u2068Anna\u2069 left 3", "half a direction");
  equal(sentence`${"a\u2069\u05d3"}!`, "\u2068a\u05d3\u2069!");
});

Deno.test("every sentence of the meeting isolates names, in both languages, and no accessible name does", () => {
  const name = "\u05d3\u05d5\u05d3";
  const isolated = `\u2068${name}\u2069`;
  const spoken = [
    { words: enRoom, hand: enHand, reaction: enReaction, chat: enChat },
    { words: deRoom, hand: deHand, reaction: deReaction, chat: deChat },
  ];
  for (const { words, hand, reaction, chat } of spoken) {
    const said = [
      words.joined(name),
      words.left(name),
      hand.raisedBy(name),
      words.screenOf(name),
      words.removeTitle(name),
      words.beingRemoved(name),
      words.mutedBy(name),
      words.cameraStoppedBy(name),
      words.shareStoppedBy(name),
      reaction.shown(name, "x"),
      words.waiting.asks(name),
      words.waiting.declineTitle(name),
      chat.from(name),
    ];
    for (const text of said) equal(text.split(isolated).length, 2, text);
    const read = [
      words.optionsOf(name),
      words.waiting.admitOne(name),
      words.waiting.declineOne(name),
      chat.deleteOf(name),
      plain(words.screenOf(name)),
    ];
    for (const text of read) equal(/[\u2066-\u2069]/.test(text), false, text);
  }
});
