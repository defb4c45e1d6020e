import type { Audience, WaitingRoom } from "@tafelrunde/protocol";
import type { RuleWords } from "../meetings/rule.ts";
import { sentence } from "./isolate.ts";
import { plural } from "./plural.ts";

const count = plural("en");

const ordinals = ["first", "second", "third", "fourth"];

/** "1st", "2nd", "3rd", "21st" … */
function ordinal(n: number): string {
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(n);
  return `${n}${({ one: "st", two: "nd", few: "rd" } as Record<string, string>)[rule] ?? "th"}`;
}

const rule: RuleWords = {
  every: {
    DAILY: (n) => count(n, { one: "Every day", other: `Every ${n} days` }),
    WEEKLY: (n) => count(n, { one: "Every week", other: `Every ${n} weeks` }),
    MONTHLY: (n) => count(n, { one: "Every month", other: `Every ${n} months` }),
    YEARLY: (n) => count(n, { one: "Every year", other: `Every ${n} years` }),
  },
  onWeekdays: (days) => `on ${days}`,
  workdays: "from Monday to Friday",
  onDay: (day) => `on the ${ordinal(day)}`,
  onNth: (nth, weekday) => `on the ${nth === -1 ? "last" : ordinals[nth - 1]} ${weekday}`,
  onDate: (date) => `on ${date}`,
  until: (date) => `until ${date}`,
  times: (n) => count(n, { one: "once", other: `${n} times` }),
};

/** Meetings, in English. */
export const enMeetings = {
  title: "My meetings",
  startNow: "Start now",
  plan: "Plan a meeting",
  adhocTitle: (name: string) => `Meeting with ${name}`,
  tabs: { upcoming: "Upcoming", permanent: "Permanent", favourites: "Favourites", past: "Past" },
  now: "Now",
  today: "Today",
  tomorrow: "Tomorrow",
  empty: {
    upcoming: "Nothing is planned. Start a meeting right now, or plan one and invite people to it.",
    permanent:
      "A permanent meeting has no date: a room that is always there under the same link, say for a consultation hour.",
    favourites: "Mark a meeting with the star, then you find it here.",
    past: "Meetings that are over stay here, with who was invited and what they answered.",
  },
  join: "Join",
  joinOf: (title: string) => `Join ${title}`,
  copyLink: "Copy link",
  copyLinkOf: (title: string) => `Copy link of ${title}`,
  favourite: (title: string) => `Favourite: ${title}`,
  host: (name: string) => sentence`Host: ${name}`,
  series: "Repeats",
  permanent: "Permanent",
  adhoc: "Ad hoc",
  cancelled: "Cancelled",
  moved: "Moved",
  openLink: "Were you sent a link?",
  toList: "My meetings",

  form: {
    newTitle: "Plan a meeting",
    about: "What it is about",
    name: "Title",
    namePlaceholder: "Budget 2027",
    nameMissing: "Please give the meeting a title.",
    description: "Description",
    descriptionHint: "Stands in the invitation. Agenda, papers, what to prepare.",
    kind: "When",
    kinds: { once: "Once", series: "Repeatedly", permanent: "Permanent" },
    permanentHint: "No date: the room is always there, under the same link.",
    date: "Date",
    firstDate: "First date",
    start: "Start",
    duration: "Duration",
    minutes: (n: number) =>
      n < 60
        ? `${n} minutes`
        : n % 60 === 0
        ? count(n / 60, { one: "1 hour", other: `${n / 60} hours` })
        : `${Math.floor(n / 60)} h ${n % 60} min`,
    zone: "Time zone",
    yourTime: (text: string) => `For you, that is ${text}.`,
    isPast: "This time is over already.",
    dateMissing: "Please choose a date.",
    startMissing: "Please choose a time.",
    create: "Plan meeting",
    createAndInvite: (n: number) =>
      count(n, { one: "Plan and invite one person", other: `Plan and invite ${n} people` }),
    created: "The meeting is planned.",
    mailed: "Everyone who is invited gets a mail with the change.",
  },

  repeat: {
    unit: "Repeats",
    units: { DAILY: "Daily", WEEKLY: "Weekly", MONTHLY: "Monthly", YEARLY: "Yearly" },
    interval: "Every",
    intervalUnits: {
      DAILY: (n: number) => count(n, { one: "day", other: "days" }),
      WEEKLY: (n: number) => count(n, { one: "week", other: "weeks" }),
      MONTHLY: (n: number) => count(n, { one: "month", other: "months" }),
      YEARLY: (n: number) => count(n, { one: "year", other: "years" }),
    },
    weekdays: "On",
    weekdayMissing: "Please choose at least one day.",
    firstIsOther: (day: string) => `The first date is a ${day}, which is not one of these days.`,
    monthly: "On",
    byDate: (day: number) => `the ${ordinal(day)} of the month`,
    byWeekday: (nth: number, weekday: string) => `the ${nth === -1 ? "last" : ordinals[nth - 1]} ${weekday}`,
    shortMonths: (day: number) => `Months without a ${ordinal(day)} are left out.`,
    end: "Ends",
    ends: { never: "Never", until: "On a day", count: "After a number of times" },
    until: "Last day",
    count: "Number of times",
    custom: "This meeting repeats by a rule of its own, made with the API or another calendar:",
    customReplace: "Choose another rule",
    rule,
  },

  settings: {
    title: "How the room works",
    lead: "Applies at once, also to people who are in the meeting.",
    leadNew: "You can change this at any time, also during the meeting.",
    waitingRoom: "Waiting room",
    waitingRooms: {
      off: "Off: everyone comes straight in",
      guests: "Guests wait until a host lets them in",
      everyone: "Everyone waits until a host lets them in",
    } satisfies Record<WaitingRoom, string>,
    joinBeforeHost: "Others may come in before the host",
    joinBeforeHostHint: "Off: they wait until you are there.",
    guests: "People without an account may take part",
    guestsHint: "Off: only who signs in here comes in, even with the link.",
    maxParticipants: "Most people at once",
    maxParticipantsWrong: (max: number) => `A number from 2 to ${max}, please.`,
    password: "Password for the room",
    passwordSet: "A password is set: who comes in by link is asked for it.",
    passwordNone: "The link is enough. With a password, who comes in by link is asked for it as well.",
    passwordNew: "New password",
    passwordAdd: "Set a password",
    passwordChange: "Change password",
    passwordRemove: "Remove password",
    rights: "Who may …",
    right: {
      speak: "speak",
      camera: "show their camera",
      share: "share their screen",
      chat: "write in the chat",
      rename: "change their name",
      react: "react with a symbol",
    },
    audiences: {
      everyone: "Everyone",
      members: "Everyone but guests",
      presenters: "Presenters and hosts",
      moderators: "Hosts only",
    } satisfies Record<Audience, string>,
  },

  people: {
    title: "Invited people",
    lead: "Invited people get a mail with the date for their calendar, and can answer.",
    add: "Invite",
    search: "Name or e-mail address",
    searchHint: "People of your organisation by their name; others by their e-mail address.",
    inviteEmail: (email: string) => `Invite ${email}`,
    found: (n: number) => count(n, { one: "One person found", other: `${n} people found` }),
    none: "Nobody found. Enter an e-mail address to invite somebody from outside.",
    empty: "Nobody is invited yet. You can also just pass on the link.",
    role: (name: string) => `Role of ${name}`,
    byLink: "As they come in",
    remove: "Uninvite",
    removeOf: (name: string) => `Uninvite ${name}`,
    outside: "by e-mail",
    answers: {
      none: "No answer yet",
      accepted: "Coming",
      tentative: "Maybe",
      declined: "Not coming",
    },
    sum: (yes: number, maybe: number, no: number, open: number) =>
      `${yes} coming · ${maybe} maybe · ${no} not coming · ${open} not answered`,
    isInvited: (name: string) => sentence`${name} is invited.`,
    toInvite: "Will be invited",
  },

  links: {
    title: "The link for everyone",
    lead:
      "One link for all: colleagues and guests. What somebody is in the meeting comes from whether they sign in, not from the link.",
    url: "Link to the meeting",
    roleTitle: "Links with a role",
    roleLead:
      "Who comes in by such a link gets this role, whoever they are. Pass it on only to those who are meant.",
    roleEmpty: "There is no link with a role. Most meetings need none.",
    roleAdd: "New link with a role",
    role: "Role",
    label: "Label",
    labelPlaceholder: "Speakers of the panel",
    expires: "Valid until",
    expiresNever: "no end",
    maxUses: "How many people may come in by it",
    unlimited: "any number",
    badge: (role: string) => `Gives the role ${role}`,
    forAll: "For everyone",
    used: (n: number, max: number | null) =>
      max === null
        ? count(n, { one: "used by one person", other: `used by ${n} people` })
        : `${n} of ${max} people`,
    until: (date: string) => `until ${date}`,
    expired: "Expired",
    revoked: "Revoked",
    revoke: "Revoke",
    revokeOf: (label: string) => `Revoke link ${label}`,
    revokeTitle: "Revoke this link?",
    revokeText: "It stops working at once. Who is in the meeting stays in it.",
    shownOnce: "Copy the link now: it is shown only this once.",
    create: "Make link",
    createdAt: (date: string) => `made ${date}`,
  },

  page: {
    tabs: { details: "Details", people: "People", links: "Links" },
    next: "Next date",
    when: "When",
    where: "Time zone",
    about: "About",
    yourRole: (role: string) => `Your role: ${role}`,
    yourAnswer: "Will you come?",
    answered: "Your answer is saved.",
    yes: "Yes",
    maybe: "Maybe",
    no: "No",
    occurrences: "Single dates",
    occurrencesLead: "One date can be moved or cancelled by itself, or with all that follow it.",
    occurrencesMore: "Further dates",
    editOccurrence: "Change",
    editOccurrenceOf: (when: string) => `Change the date ${when}`,
    scope: "What changes",
    scopeOne: "Only this date",
    scopeFollowing: "This and all following",
    occurrenceCancel: "Cancel this date",
    followingCancel: "Cancel this and all following",
    occurrenceRestore: "As in the series",
    cancel: "Cancel meeting",
    cancelSeries: "Cancel the series",
    cancelTitle: "Cancel this meeting?",
    cancelText:
      "Everyone who is invited gets a mail, and it disappears from their calendars. The link then opens nothing any more.",
    cancelSeriesText:
      "All dates are cancelled. Everyone who is invited gets a mail, and they disappear from their calendars.",
    cancelConfirm: "Cancel meeting",
    keep: "Keep meeting",
    delete: "Delete meeting",
    deleteTitle: "Delete this meeting?",
    deleteText:
      "It disappears from all lists, with its links and what was answered, and with its room if that was made for it: whoever is in it has to leave then. Whoever is invited and does not know yet gets a mail that it is cancelled. This cannot be undone.",
    isCancelled: "This meeting is cancelled.",
    calendar: "Add to calendar",
    resetTitle: "Change all dates?",
    resetText:
      "With another time or another rule, dates that were moved or cancelled singly take place as the rule says again.",
    resetConfirm: "Change all dates",
  },

  answer: {
    title: "Invitation",
    from: (name: string) => sentence`${name} invites you`,
    hello: (name: string) => sentence`Hello ${name}, will you come?`,
    question: "Will you come?",
    yourTime: "Your time",
    theirTime: (text: string, zone: string) => `${text} in ${zone}`,
    permanent: "At any time: this meeting has no date.",
    series: "The next date of a series.",
    thanks: {
      accepted: "Thank you. You are coming.",
      tentative: "Thank you. You may come.",
      declined: "Thank you for saying so. You are not coming.",
    },
    again: "You can change your answer here at any time before the meeting.",
    calendar: "Add to calendar",
    join: "To the meeting",
    over: {
      title: "This invitation is not valid any more.",
      text: "The meeting was deleted, or you are not invited any more. Ask whoever invited you.",
    },
    cancelled: "This meeting is cancelled.",
  },

  stop: {
    title: "Mails to you",
    lead: (tenant: string) =>
      sentence`People at ${tenant} can invite you to meetings by mail. You decide whether such mails come to this address.`,
    stop: (tenant: string) => sentence`No more mails from ${tenant}`,
    stopAll: "No more mails from anybody here",
    stopped: (tenant: string) => sentence`No more mails from ${tenant} come to this address.`,
    stoppedAll: "No more such mails come to this address, whoever sends them from here.",
    again: "Allow mails again",
    wrong: {
      title: "This link does not work.",
      text: "It is not complete, or was changed on the way. Copy it from the mail once more.",
    },
  },
};
