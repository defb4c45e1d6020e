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
    upcoming: "Nothing is planned. Start a meeting now, or plan one and invite people.",
    permanent:
      "A permanent meeting has no date: the room is always open under the same link, for example for office hours.",
    favourites: "Mark a meeting with the star to find it here.",
    past: "Past meetings stay here, with who was invited and their answers.",
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
  openLink: "Do you have a link?",
  toList: "My meetings",

  form: {
    newTitle: "Plan a meeting",
    about: "What it is about",
    name: "Title",
    namePlaceholder: "Budget 2027",
    nameMissing: "Please give the meeting a title.",
    description: "Description",
    descriptionHint: "Part of the invitation: agenda, papers, what to prepare.",
    kind: "When",
    kinds: { once: "Once", series: "Repeatedly", permanent: "Permanent" },
    permanentHint: "No date: the room is always open, under the same link.",
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
    isPast: "This time is in the past.",
    dateMissing: "Please choose a date.",
    startMissing: "Please choose a time.",
    create: "Plan meeting",
    createAndInvite: (n: number) =>
      count(n, { one: "Plan and invite one person", other: `Plan and invite ${n} people` }),
    created: "The meeting is planned.",
    mailed: "Everyone invited gets an e-mail with the change.",
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
      off: "Off: everyone joins directly",
      guests: "Guests wait until a moderator lets them in",
      everyone: "Everyone waits until a moderator lets them in",
    } satisfies Record<WaitingRoom, string>,
    joinBeforeHost: "Others can join before a moderator",
    joinBeforeHostHint: "Off: they wait for a moderator.",
    guests: "People without an account can join",
    guestsHint: "Off: only people who sign in here can join, even with the link.",
    maxParticipants: "Most participants at once",
    maxParticipantsWrong: (max: number) => `A number from 2 to ${max}, please.`,
    password: "Password for the room",
    passwordSet: "A password is set. Whoever joins by link must enter it.",
    passwordNone: "The link is enough. With a password, whoever joins by link must enter it too.",
    passwordNew: "New password",
    passwordAdd: "Set a password",
    passwordChange: "Change password",
    passwordRemove: "Remove password",
    rights: "Who may …",
    right: {
      speak: "speak",
      camera: "show their camera",
      share: "share their screen",
      rename: "change their name",
    },
    audiences: {
      everyone: "Everyone",
      members: "Everyone but guests",
      presenters: "Presenters and moderators",
      moderators: "Moderators only",
    } satisfies Record<Audience, string>,
  },

  people: {
    title: "Invited people",
    lead: "Invited people get an e-mail with the date for their calendar, and can answer.",
    add: "Invite",
    search: "Name or e-mail address",
    searchHint: "People of your organisation by their name; others by their e-mail address.",
    inviteEmail: (email: string) => `Invite ${email}`,
    found: (n: number) => count(n, { one: "One person found", other: `${n} people found` }),
    none: "Nobody found. Enter an e-mail address to invite someone from outside.",
    empty: "Nobody is invited yet. You can also just pass on the link.",
    role: (name: string) => `Role of ${name}`,
    byLink: "Same as by link",
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
    lead: "One link for colleagues and guests. Their role depends on whether they sign in, not on the link.",
    url: "Link to the meeting",
    roleTitle: "Links with a role",
    roleLead: "Whoever joins with such a link gets this role. Pass it on only to the right people.",
    roleEmpty: "No links with a role. Most meetings need none.",
    roleAdd: "New link with a role",
    role: "Role",
    label: "Label",
    labelPlaceholder: "Speakers of the panel",
    expires: "Valid until",
    expiresNever: "no end",
    maxUses: "How many people can join with it",
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
    revokeText: "It stops working at once. People in the meeting stay.",
    shownOnce: "Copy the link now. It is shown only once.",
    create: "Create link",
    createdAt: (date: string) => `created ${date}`,
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
    occurrencesLead: "You can move or cancel one date, or it and all that follow.",
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
      "Everyone invited gets an e-mail, and the meeting disappears from their calendars. The link stops working.",
    cancelSeriesText:
      "All dates are cancelled. Everyone invited gets an e-mail, and the dates disappear from their calendars.",
    cancelConfirm: "Cancel meeting",
    keep: "Keep meeting",
    delete: "Delete meeting",
    deleteTitle: "Delete this meeting?",
    deleteText:
      "It disappears from all lists, with its links, its answers and the room if it was made for this meeting: people in it have to leave. Invited people who do not know yet get a cancellation by e-mail. This cannot be undone.",
    isCancelled: "This meeting is cancelled.",
    calendar: "Add to calendar",
    resetTitle: "Change all dates?",
    resetText:
      "With another time or rule, dates that were moved or cancelled one by one follow the rule again.",
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
      tentative: "Thank you. You might come.",
      declined: "Thank you for letting us know. You are not coming.",
    },
    again: "You can change your answer here at any time before the meeting.",
    calendar: "Add to calendar",
    join: "To the meeting",
    over: {
      title: "This invitation is no longer valid.",
      text: "The meeting was deleted, or you are no longer invited. Ask whoever invited you.",
    },
    cancelled: "This meeting is cancelled.",
  },

  stop: {
    title: "E-mails to you",
    lead: (tenant: string) =>
      sentence`People at ${tenant} can invite you to meetings by e-mail. You decide whether this address gets them.`,
    stop: (tenant: string) => sentence`No more e-mails from ${tenant}`,
    stopAll: "No more e-mails from anyone here",
    stopped: (tenant: string) => sentence`This address gets no more e-mails from ${tenant}.`,
    stoppedAll: "This address gets no more such e-mails from anyone here.",
    again: "Allow e-mails again",
    wrong: {
      title: "This link does not work.",
      text: "It is incomplete or was changed. Copy it from the e-mail again.",
    },
  },
};
