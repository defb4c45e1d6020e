import type { RuleWords } from "../meetings/rule.ts";
import type { enMeetings } from "./en_meetings.ts";
import { sentence } from "./isolate.ts";
import { plural } from "./plural.ts";

const count = plural("de");

const ordinals = ["ersten", "zweiten", "dritten", "vierten"];

const rule: RuleWords = {
  every: {
    DAILY: (n) => count(n, { one: "Jeden Tag", other: `Alle ${n} Tage` }),
    WEEKLY: (n) => count(n, { one: "Jede Woche", other: `Alle ${n} Wochen` }),
    MONTHLY: (n) => count(n, { one: "Jeden Monat", other: `Alle ${n} Monate` }),
    YEARLY: (n) => count(n, { one: "Jedes Jahr", other: `Alle ${n} Jahre` }),
  },
  onWeekdays: (days) => `am ${days}`,
  workdays: "von Montag bis Freitag",
  onDay: (day) => `am ${day}.`,
  onNth: (nth, weekday) => `am ${nth === -1 ? "letzten" : ordinals[nth - 1]} ${weekday}`,
  onDate: (date) => `am ${date}`,
  until: (date) => `bis ${date}`,
  times: (n) => count(n, { one: "einmal", other: `${n}-mal` }),
};

/** Meetings, in German. */
export const deMeetings: typeof enMeetings = {
  title: "Meine Besprechungen",
  startNow: "Jetzt starten",
  plan: "Besprechung planen",
  adhocTitle: (name) => `Besprechung mit ${name}`,
  tabs: { upcoming: "Demnächst", permanent: "Dauerhaft", favourites: "Favoriten", past: "Vergangen" },
  now: "Jetzt",
  today: "Heute",
  tomorrow: "Morgen",
  empty: {
    upcoming:
      "Es ist nichts geplant. Starten Sie jetzt eine Besprechung, oder planen Sie eine und laden Sie dazu ein.",
    permanent:
      "Eine dauerhafte Besprechung hat kein Datum: Der Raum ist unter demselben Link immer offen, etwa für eine Sprechstunde.",
    favourites: "Markieren Sie eine Besprechung mit dem Stern, dann finden Sie sie hier.",
    past: "Vergangene Besprechungen bleiben hier, mit Eingeladenen und Antworten.",
  },
  join: "Teilnehmen",
  joinOf: (title) => `An ${title} teilnehmen`,
  copyLink: "Link kopieren",
  copyLinkOf: (title) => `Link kopieren: ${title}`,
  favourite: (title) => `Favorit: ${title}`,
  host: (name) => sentence`Leitung: ${name}`,
  series: "Wiederholt sich",
  permanent: "Dauerhaft",
  adhoc: "Spontan",
  cancelled: "Abgesagt",
  moved: "Verschoben",
  openLink: "Haben Sie einen Link?",
  toList: "Meine Besprechungen",

  form: {
    newTitle: "Besprechung planen",
    about: "Worum es geht",
    name: "Titel",
    namePlaceholder: "Haushalt 2027",
    nameMissing: "Bitte geben Sie der Besprechung einen Titel.",
    description: "Beschreibung",
    descriptionHint: "Teil der Einladung: Tagesordnung, Unterlagen, was vorzubereiten ist.",
    kind: "Wann",
    kinds: { once: "Einmal", series: "Mehrmals", permanent: "Dauerhaft" },
    permanentHint: "Kein Datum: Der Raum ist immer offen, unter demselben Link.",
    date: "Datum",
    firstDate: "Erster Termin",
    start: "Beginn",
    duration: "Dauer",
    minutes: (n) =>
      n < 60
        ? `${n} Minuten`
        : n % 60 === 0
        ? count(n / 60, { one: "1 Stunde", other: `${n / 60} Stunden` })
        : `${Math.floor(n / 60)} Std. ${n % 60} Min.`,
    zone: "Zeitzone",
    yourTime: (text) => `Für Sie ist das ${text}.`,
    isPast: "Diese Zeit liegt in der Vergangenheit.",
    dateMissing: "Bitte wählen Sie ein Datum.",
    startMissing: "Bitte wählen Sie eine Uhrzeit.",
    create: "Besprechung planen",
    createAndInvite: (n) =>
      count(n, { one: "Planen und eine Person einladen", other: `Planen und ${n} Personen einladen` }),
    created: "Die Besprechung ist geplant.",
    mailed: "Alle Eingeladenen erhalten eine E-Mail mit der Änderung.",
  },

  repeat: {
    unit: "Wiederholt sich",
    units: { DAILY: "Täglich", WEEKLY: "Wöchentlich", MONTHLY: "Monatlich", YEARLY: "Jährlich" },
    interval: "Alle",
    intervalUnits: {
      DAILY: (n) => count(n, { one: "Tag", other: "Tage" }),
      WEEKLY: (n) => count(n, { one: "Woche", other: "Wochen" }),
      MONTHLY: (n) => count(n, { one: "Monat", other: "Monate" }),
      YEARLY: (n) => count(n, { one: "Jahr", other: "Jahre" }),
    },
    weekdays: "Am",
    weekdayMissing: "Bitte wählen Sie mindestens einen Tag.",
    firstIsOther: (day) => `Der erste Termin ist ein ${day}, der nicht zu diesen Tagen gehört.`,
    monthly: "Am",
    byDate: (day) => `${day}. des Monats`,
    byWeekday: (nth, weekday) => `${nth === -1 ? "letzten" : ordinals[nth - 1]} ${weekday}`,
    shortMonths: (day) => `Monate ohne einen ${day}. werden ausgelassen.`,
    end: "Endet",
    ends: { never: "Nie", until: "An einem Tag", count: "Nach einer Anzahl" },
    until: "Letzter Tag",
    count: "Anzahl der Termine",
    custom:
      "Diese Besprechung wiederholt sich nach einer eigenen Regel, aus der API oder einem anderen Kalender:",
    customReplace: "Andere Regel wählen",
    rule,
  },

  settings: {
    title: "Wie der Raum funktioniert",
    lead: "Gilt sofort, auch für alle, die gerade in der Besprechung sind.",
    leadNew: "Das können Sie jederzeit ändern, auch während der Besprechung.",
    waitingRoom: "Warteraum",
    waitingRooms: {
      off: "Aus: Alle nehmen direkt teil",
      guests: "Gäste warten, bis die Moderation sie einlässt",
      everyone: "Alle warten, bis die Moderation sie einlässt",
    },
    joinBeforeHost: "Andere dürfen vor der Moderation teilnehmen",
    joinBeforeHostHint: "Aus: Alle anderen warten auf die Moderation.",
    guests: "Auch Personen ohne Konto dürfen teilnehmen",
    guestsHint: "Aus: Nur wer sich hier anmeldet, kann teilnehmen, auch mit dem Link.",
    maxParticipants: "Teilnehmende, höchstens",
    maxParticipantsWrong: (max) => `Bitte eine Zahl von 2 bis ${max}.`,
    password: "Passwort für den Raum",
    passwordSet: "Ein Passwort ist gesetzt. Wer mit dem Link kommt, muss es eingeben.",
    passwordNone: "Der Link genügt. Mit Passwort muss man auch dieses eingeben.",
    passwordNew: "Neues Passwort",
    passwordAdd: "Passwort setzen",
    passwordChange: "Passwort ändern",
    passwordRemove: "Passwort entfernen",
    rights: "Wer darf …",
    right: {
      speak: "sprechen",
      camera: "die Kamera zeigen",
      share: "den Bildschirm teilen",
      rename: "den eigenen Namen ändern",
    },
    audiences: {
      everyone: "Alle",
      members: "Alle außer Gästen",
      presenters: "Vortragende und Moderation",
      moderators: "Nur die Moderation",
    },
  },

  people: {
    title: "Eingeladene",
    lead: "Eingeladene erhalten eine E-Mail mit dem Termin für ihren Kalender und können antworten.",
    add: "Einladen",
    search: "Name oder E-Mail-Adresse",
    searchHint: "Personen aus Ihrer Organisation über ihren Namen, andere über ihre E-Mail-Adresse.",
    inviteEmail: (email) => `${email} einladen`,
    found: (n) => count(n, { one: "Eine Person gefunden", other: `${n} Personen gefunden` }),
    none: "Niemand gefunden. Geben Sie eine E-Mail-Adresse ein, um jemanden von außerhalb einzuladen.",
    empty: "Noch ist niemand eingeladen. Sie können auch einfach den Link weitergeben.",
    role: (name) => `Rolle von ${name}`,
    byLink: "Wie mit dem Link",
    remove: "Ausladen",
    removeOf: (name) => `${name} ausladen`,
    outside: "per E-Mail",
    answers: {
      none: "Noch keine Antwort",
      accepted: "Kommt",
      tentative: "Vielleicht",
      declined: "Kommt nicht",
    },
    sum: (yes, maybe, no, open) =>
      `${yes} kommen · ${maybe} vielleicht · ${no} kommen nicht · ${open} ohne Antwort`,
    isInvited: (name) => sentence`${name} ist eingeladen.`,
    toInvite: "Wird eingeladen",
  },

  links: {
    title: "Der Link für alle",
    lead:
      "Ein Link für alle, Kolleginnen und Kollegen wie Gäste. Die Rolle hängt davon ab, ob man sich anmeldet, nicht vom Link.",
    url: "Link zur Besprechung",
    roleTitle: "Links mit einer Rolle",
    roleLead:
      "Wer mit so einem Link teilnimmt, erhält diese Rolle. Geben Sie ihn nur an die richtigen Personen.",
    roleEmpty: "Keine Links mit Rolle. Die meisten Besprechungen brauchen keinen.",
    roleAdd: "Neuer Link mit Rolle",
    role: "Rolle",
    label: "Bezeichnung",
    labelPlaceholder: "Gäste auf dem Podium",
    expires: "Gültig bis",
    expiresNever: "ohne Ende",
    maxUses: "Wie viele damit teilnehmen dürfen",
    unlimited: "beliebig viele",
    badge: (role) => `Gibt die Rolle ${role}`,
    forAll: "Für alle",
    used: (n, max) =>
      max === null
        ? count(n, { one: "von einer Person benutzt", other: `von ${n} Personen benutzt` })
        : `${n} von ${max} Personen`,
    until: (date) => `bis ${date}`,
    expired: "Abgelaufen",
    revoked: "Widerrufen",
    revoke: "Widerrufen",
    revokeOf: (label) => `Link ${label} widerrufen`,
    revokeTitle: "Diesen Link widerrufen?",
    revokeText: "Er gilt sofort nicht mehr. Wer in der Besprechung ist, bleibt.",
    shownOnce: "Kopieren Sie den Link jetzt. Er wird nur einmal gezeigt.",
    create: "Link erzeugen",
    createdAt: (date) => `erzeugt am ${date}`,
  },

  page: {
    tabs: { details: "Einzelheiten", people: "Eingeladene", links: "Links" },
    next: "Nächster Termin",
    when: "Wann",
    where: "Zeitzone",
    about: "Worum es geht",
    yourRole: (role) => `Ihre Rolle: ${role}`,
    yourAnswer: "Kommen Sie?",
    answered: "Ihre Antwort ist gespeichert.",
    yes: "Ja",
    maybe: "Vielleicht",
    no: "Nein",
    occurrences: "Einzelne Termine",
    occurrencesLead: "Sie können einen Termin einzeln verschieben oder absagen oder mit allen, die folgen.",
    occurrencesMore: "Weitere Termine",
    editOccurrence: "Ändern",
    editOccurrenceOf: (when) => `Termin ${when} ändern`,
    scope: "Was sich ändert",
    scopeOne: "Nur dieser Termin",
    scopeFollowing: "Dieser und alle folgenden",
    occurrenceCancel: "Diesen Termin absagen",
    followingCancel: "Diesen und alle folgenden absagen",
    occurrenceRestore: "Wie in der Serie",
    cancel: "Besprechung absagen",
    cancelSeries: "Serie absagen",
    cancelTitle: "Diese Besprechung absagen?",
    cancelText:
      "Alle Eingeladenen erhalten eine E-Mail, und die Besprechung verschwindet aus ihren Kalendern. Der Link gilt dann nicht mehr.",
    cancelSeriesText:
      "Alle Termine werden abgesagt. Alle Eingeladenen erhalten eine E-Mail, und die Termine verschwinden aus ihren Kalendern.",
    cancelConfirm: "Absagen",
    keep: "Behalten",
    delete: "Besprechung löschen",
    deleteTitle: "Diese Besprechung löschen?",
    deleteText:
      "Sie verschwindet aus allen Listen, mit Links, Antworten und dem Raum, wenn er für sie angelegt wurde: Wer gerade darin ist, muss gehen. Wer eingeladen ist und es noch nicht weiß, erhält eine Absage per E-Mail. Das lässt sich nicht rückgängig machen.",
    isCancelled: "Diese Besprechung ist abgesagt.",
    calendar: "In den Kalender",
    resetTitle: "Alle Termine ändern?",
    resetText:
      "Mit einer anderen Zeit oder Regel gilt für einzeln verschobene oder abgesagte Termine wieder die Regel.",
    resetConfirm: "Alle Termine ändern",
  },

  answer: {
    title: "Einladung",
    from: (name) => sentence`${name} lädt Sie ein`,
    hello: (name) => sentence`Guten Tag, ${name}: Kommen Sie?`,
    question: "Kommen Sie?",
    yourTime: "Ihre Zeit",
    theirTime: (text, zone) => `${text} in ${zone}`,
    permanent: "Jederzeit: Diese Besprechung hat kein Datum.",
    series: "Der nächste Termin einer Serie.",
    thanks: {
      accepted: "Danke. Sie kommen.",
      tentative: "Danke. Sie kommen vielleicht.",
      declined: "Danke für die Nachricht. Sie kommen nicht.",
    },
    again: "Bis zur Besprechung können Sie Ihre Antwort hier jederzeit ändern.",
    calendar: "In den Kalender",
    join: "Zur Besprechung",
    over: {
      title: "Diese Einladung gilt nicht mehr.",
      text:
        "Die Besprechung wurde gelöscht, oder Sie sind nicht mehr eingeladen. Fragen Sie die Person, die Sie eingeladen hat.",
    },
    cancelled: "Diese Besprechung ist abgesagt.",
  },

  stop: {
    title: "E-Mails an Sie",
    lead: (tenant) =>
      sentence`Wer zu ${tenant} gehört, kann Sie per E-Mail zu Besprechungen einladen. Sie entscheiden, ob solche E-Mails an diese Adresse kommen.`,
    stop: (tenant) => sentence`Keine E-Mails mehr von ${tenant}`,
    stopAll: "Von niemandem hier mehr E-Mails",
    stopped: (tenant) => sentence`An diese Adresse kommen keine E-Mails von ${tenant} mehr.`,
    stoppedAll: "An diese Adresse kommen von hier keine solchen E-Mails mehr.",
    again: "E-Mails wieder erlauben",
    wrong: {
      title: "Dieser Link funktioniert nicht.",
      text: "Er ist unvollständig oder wurde verändert. Kopieren Sie ihn noch einmal aus der E-Mail.",
    },
  },
};
