import type { Language } from "@tafelrunde/protocol";
import { sayInstant, sayRange } from "../language.ts";
import type { MeetingMail } from "./template.ts";
import type { Page } from "../page.ts";

/** The texts of each language; the structure of a mail is the same in all. */
interface MeetingWords {
  readonly greeting: string;
  readonly subject: Readonly<Record<MeetingMail["kind"], (title: string) => string>>;
  readonly opening: Readonly<Record<MeetingMail["kind"], (ownerName: string, title: string) => string>>;
  readonly moved: (was: string, is: string) => string;
  readonly dropped: (was: string) => string;
  readonly last: (at: string) => string;
  readonly when: string;
  readonly repeats: string;
  readonly later: string;
  readonly every: Readonly<Record<string, string>>;
  readonly join: string;
  readonly answer: string;
  readonly closing: string;
}

const WORDS: Readonly<Record<Language, MeetingWords>> = {
  de: {
    greeting: "Guten Tag,",
    subject: {
      "meeting.invited": (title) => `Einladung: ${title}`,
      "meeting.changed": (title) => `Geändert: ${title}`,
      "meeting.shortened": (title) => `Endet früher: ${title}`,
      "meeting.cancelled": (title) => `Abgesagt: ${title}`,
      "meeting.withdrawn": (title) => `Einladung zurückgezogen: ${title}`,
    },
    opening: {
      "meeting.invited": (owner, title) => `${owner} lädt Sie zu einer Videokonferenz ein: „${title}“.`,
      "meeting.changed": (owner, title) => `${owner} hat die Videokonferenz „${title}“ geändert.`,
      "meeting.shortened": (owner, title) => `${owner} hat die Reihe „${title}“ verkürzt.`,
      "meeting.cancelled": (owner, title) => `${owner} hat die Videokonferenz „${title}“ abgesagt.`,
      "meeting.withdrawn": (owner, title) =>
        `${owner} hat Ihre Einladung zur Videokonferenz „${title}“ zurückgezogen.`,
    },
    moved: (was, is) => `Statt ${was} jetzt: ${is}.`,
    dropped: (was) => `Dieser Termin fällt aus: ${was}.`,
    last: (at) => `Ihr letzter Termin ist jetzt: ${at}.`,
    when: "Wann",
    repeats: "Wiederholung",
    later: "Weitere Termine",
    every: { DAILY: "täglich", WEEKLY: "wöchentlich", MONTHLY: "monatlich", YEARLY: "jährlich" },
    join: "Teilnehmen",
    answer: "Zusagen oder absagen",
    closing: "Zum Teilnehmen genügt ein Browser. Der Link ist für Sie bestimmt; geben Sie ihn nicht weiter.",
  },
  en: {
    greeting: "Hello,",
    subject: {
      "meeting.invited": (title) => `Invitation: ${title}`,
      "meeting.changed": (title) => `Changed: ${title}`,
      "meeting.shortened": (title) => `Ends earlier: ${title}`,
      "meeting.cancelled": (title) => `Cancelled: ${title}`,
      "meeting.withdrawn": (title) => `Invitation withdrawn: ${title}`,
    },
    opening: {
      "meeting.invited": (owner, title) => `${owner} invites you to a video conference: “${title}”.`,
      "meeting.changed": (owner, title) => `${owner} has changed the video conference “${title}”.`,
      "meeting.shortened": (owner, title) => `${owner} has shortened the series “${title}”.`,
      "meeting.cancelled": (owner, title) => `${owner} has cancelled the video conference “${title}”.`,
      "meeting.withdrawn": (owner, title) =>
        `${owner} has withdrawn your invitation to the video conference “${title}”.`,
    },
    moved: (was, is) => `Moved from ${was} to ${is}.`,
    dropped: (was) => `This date is cancelled: ${was}.`,
    last: (at) => `Its last date is now: ${at}.`,
    when: "When",
    repeats: "Repeats",
    later: "Further dates",
    every: { DAILY: "daily", WEEKLY: "weekly", MONTHLY: "monthly", YEARLY: "yearly" },
    join: "Join",
    answer: "Accept or decline",
    closing: "A browser is all you need to join. The link is meant for you; please do not pass it on.",
  },
};

/** Writes a mail about a meeting. */
export function renderMeetingMail(content: MeetingMail, language: Language): Page {
  const words = WORDS[language];
  const { kind, title, ownerName, description, when, joinUrl, answerUrl, changed, lastAt } = content;
  const isOn = kind === "meeting.invited" || kind === "meeting.changed";
  const facts: [string, string][] = [];
  if (when !== null) {
    const { startsAt, endsAt, timeZone, frequency, laterAt } = when;
    facts.push([words.when, `${sayRange(startsAt, endsAt, timeZone, language)} (${timeZone})`]);
    if (frequency !== null) facts.push([words.repeats, words.every[frequency] ?? frequency]);
    if (isOn && laterAt.length > 0) {
      facts.push([words.later, laterAt.map((at) => sayInstant(at, timeZone, language)).join("\n")]);
    }
  }
  const paragraphs = [words.greeting, words.opening[kind](ownerName, title)];
  if (changed !== undefined && when !== null) {
    const was = sayInstant(changed.wasAt, when.timeZone, language);
    paragraphs.push(
      changed.is === null
        ? words.dropped(was)
        : words.moved(was, sayRange(changed.is.startsAt, changed.is.endsAt, when.timeZone, language)),
    );
  }
  if (lastAt !== undefined && when !== null) {
    paragraphs.push(words.last(sayInstant(lastAt, when.timeZone, language)));
  }
  if (isOn && description !== "") paragraphs.push(description);
  return {
    subject: words.subject[kind](title),
    paragraphs,
    facts,
    actions: isOn ? [{ label: words.join, url: joinUrl }, { label: words.answer, url: answerUrl }] : [],
    closing: isOn ? [words.closing] : [],
  };
}
