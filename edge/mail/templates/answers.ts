import type { Language } from "@tafelrunde/protocol";
import type { MailContent } from "./template.ts";
import type { Page } from "../page.ts";

type AnswersMail = Extract<MailContent, { kind: "meeting.answered" }>;

const WORDS = {
  de: {
    greeting: "Guten Tag,",
    subject: (title: string) => `Antworten: ${title}`,
    one: (name: string, title: string) =>
      `${name} hat auf Ihre Einladung zur Videokonferenz „${title}“ geantwortet:`,
    many: (count: number, title: string) =>
      `${count} Personen haben auf Ihre Einladung zur Videokonferenz „${title}“ geantwortet:`,
    answers: { accepted: "kommt", tentative: "kommt vielleicht", declined: "kommt nicht" },
    more: (count: number) => `… und ${count} weitere.`,
    open: "Alle Antworten ansehen",
    closing: (url: string) => `Diese Nachrichten lassen sich in Ihrem Konto abschalten: ${url}`,
  },
  en: {
    greeting: "Hello,",
    subject: (title: string) => `Answers: ${title}`,
    one: (name: string, title: string) =>
      `${name} has answered your invitation to the video conference “${title}”:`,
    many: (count: number, title: string) =>
      `${count} people have answered your invitation to the video conference “${title}”:`,
    answers: { accepted: "is coming", tentative: "might come", declined: "is not coming" },
    more: (count: number) => `… and ${count} more.`,
    open: "See all answers",
    closing: (url: string) => `You can switch these messages off in your account: ${url}`,
  },
} as const satisfies Record<Language, unknown>;

/** Writes a mail about new answers. */
export function renderAnswersMail(
  { title, answers, more, url, settingsUrl }: AnswersMail,
  language: Language,
): Page {
  const words = WORDS[language];
  const [first] = answers;
  const isOne = answers.length === 1 && more === 0 && first !== undefined;
  return {
    subject: words.subject(title),
    paragraphs: [
      words.greeting,
      isOne ? words.one(first.name, title) : words.many(answers.length + more, title),
      ...more > 0 ? [words.more(more)] : [],
    ],
    facts: answers.map(({ name, answer }) => [name, words.answers[answer]] as const),
    actions: [{ label: words.open, url }],
    closing: [words.closing(settingsUrl)],
  };
}
