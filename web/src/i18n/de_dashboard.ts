import { deMeetings } from "./de_meetings.ts";
import { deOneTimeLink, deSignIn } from "./de_sign_in.ts";
import type { DashboardWords } from "./en_dashboard.ts";

/** Every text of the pages for people with an account, in German. */
export const deDashboard: DashboardWords = {
  loading: "Wird geladen …",
  tryAgain: "Erneut versuchen",
  back: "Zurück",
  cancel: "Abbrechen",
  save: "Speichern",
  loadNewest: "Neuesten Stand laden",
  saved: "Gespeichert",
  close: "Schließen",
  delete: "Löschen",
  change: "Ändern",
  copy: "Kopieren",
  copied: "Kopiert",
  notCopied: "Der Browser hat das Kopieren nicht erlaubt. Hier ist der Text:",
  more: "Weitere anzeigen",
  search: "Suchen",
  optional: "optional",
  email: "E-Mail",

  roles: {
    owner: "Leitung",
    moderator: "Moderation",
    presenter: "Vortrag",
    participant: "Teilnahme",
    guest: "Gast",
    viewer: "Nur zusehen",
  },
  roleHints: {
    owner: "Die Besprechung gehört dieser Person.",
    moderator: "Leitet mit: lässt ein, schaltet stumm, bestimmt, wer was darf.",
    presenter: "Darf immer sprechen und teilen.",
    participant: "Nimmt teil wie alle in der Organisation.",
    guest: "Nimmt ohne Konto teil.",
    viewer: "Sieht und hört zu.",
  },

  unsaved: {
    title: "Ohne Speichern verlassen?",
    text: "Auf dieser Seite gibt es ungespeicherte Änderungen.",
    leave: "Ohne Speichern verlassen",
    stay: "Hier bleiben",
  },

  errors: {
    title: "Das hat nicht geklappt.",
    offline: "Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
    fault: "Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es erneut.",
    internal: "Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es erneut.",
    busy: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es gleich noch einmal.",
    signedOut: "Sie sind nicht mehr angemeldet. Bitte melden Sie sich wieder an.",
    forbidden: "Dafür fehlt Ihnen die Berechtigung. Fragen Sie die Verwaltung Ihrer Organisation.",
    gone: "Das gibt es nicht mehr.",
    changed:
      "Jemand anderes hat dies geändert, deshalb wurde nichts gespeichert. Laden Sie den neuesten Stand und ändern Sie ihn noch einmal.",
    invalid: "Hier stimmt etwas noch nicht. Bitte prüfen Sie Ihre Angaben.",
    "signIn.wrong": "E-Mail-Adresse oder Passwort sind falsch, oder Passkey oder Code sind unbekannt.",
    "signIn.tooFrequent":
      "Zu viele Versuche. Bitte warten Sie ein paar Minuten und versuchen Sie es dann erneut.",
    "oneTimeLink.unknown": "Dieser Link wurde schon benutzt oder ist abgelaufen.",
    "password.common": "Dieses Passwort ist leicht zu erraten. Bitte wählen Sie ein anderes.",
    "account.lastAdmin": "Nur Sie verwalten Ihre Organisation. Geben Sie zuerst jemand anderem dieses Recht.",
    "account.lastMethod":
      "Ohne dies könnten Sie sich nicht mehr anmelden. Richten Sie zuerst eine andere Anmeldung ein.",
    "account.federated": "Das verwaltet der Anmeldedienst Ihrer Organisation.",
    "account.disabled": "Dieses Konto ist gesperrt. Fragen Sie die Verwaltung Ihrer Organisation.",
    "oidc.stateUnknown":
      "Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Bitte melden Sie sich wieder an.",
    "oidc.denied":
      "Der Anmeldedienst hat Sie nicht angemeldet: Sie haben abgebrochen, oder er lässt Sie hier nicht zu.",
    "oidc.answerWrong":
      "Die Antwort des Anmeldedienstes ließ sich nicht prüfen. Versuchen Sie es noch einmal; klappt es weiter nicht, wenden Sie sich an den Betrieb.",
    "oidc.notProved":
      "Der Anmeldedienst hat nicht gefragt, wer Sie sind; darum ließ sich das nicht bestätigen. Melden Sie sich dort ab und neu an, oder wenden Sie sich an die Verwaltung Ihrer Organisation.",
    "oidc.unreachable":
      "Der Anmeldedienst antwortet nicht. Versuchen Sie es in ein paar Minuten noch einmal, oder melden Sie sich anders an.",
    "tenant.unknown":
      "Der Anmeldedienst nennt eine Organisation, die es hier nicht gibt. Bitte wenden Sie sich an den Betrieb.",
    "person.emailTaken": "Jemand in Ihrer Organisation hat diese Adresse schon.",
    "account.proofNeeded": "Bitte melden Sie sich dafür noch einmal an.",
    "passkey.cancelled": "Es wurde kein Passkey angelegt.",
    "admin.needed": "Das darf nur die Verwaltung Ihrer Organisation.",
    "favourites.full": "Das Limit für Favoriten ist erreicht. Entfernen Sie zuerst einen.",
    "group.isExternal": "Ihr Anmeldedienst verwaltet diese Gruppe. Ändern Sie sie dort.",
    "group.nameTaken": "Eine Gruppe mit diesem Namen gibt es schon.",
    "mail.unavailable":
      "Dieser Server kann keine E-Mails senden. Geben Sie stattdessen den Link weiter, oder wenden Sie sich an den Betrieb.",
    "mail.tooFrequent":
      "Von hier oder an diese Adresse gingen zu viele E-Mails. Versuchen Sie es später noch einmal.",
    "meeting.cancelled": "Diese Besprechung ist schon abgesagt.",
    "meeting.tooMany":
      "Das Limit für Besprechungen einer Person ist erreicht. Bitte sagen Sie zuerst einige ab und löschen Sie sie.",
    "meeting.full": "Zu dieser Besprechung kann niemand mehr eingeladen werden.",
    "meeting.isFirst": "Das ist der erste Termin. Ändern Sie die ganze Serie, oder sagen Sie sie ab.",
    "meeting.notSeries": "Diese Besprechung wiederholt sich nicht.",
    "meeting.notYours": "Diese Besprechung darf nur ändern, wer sie leitet.",
    "meeting.permanent": "Diese Besprechung hat kein Datum.",
    "meeting.tooManyExceptions": "In dieser Serie sind schon zu viele Termine geändert.",
    "member.isOwner": "Diese Person leitet die Besprechung schon.",
    "passkey.limit": "Das Limit für Passkeys ist erreicht. Entfernen Sie zuerst einen.",
    "passkey.taken": "Dieser Passkey ist schon registriert.",
    "passkey.wrong":
      "Der Passkey hat nicht funktioniert. Versuchen Sie es erneut, oder melden Sie sich anders an.",
    "room.linksSpent": "Das Limit für Links ist erreicht. Widerrufen Sie zuerst einige.",
    "room.notAllowed": "Das darf nur, wer diese Besprechung leitet.",
    "signIn.busy": "Gerade melden sich viele an. Bitte versuchen Sie es gleich noch einmal.",
    "signIn.needed": "Sie sind nicht mehr angemeldet. Bitte melden Sie sich wieder an.",
    "tenant.groupsSpent": "Ihre Organisation hat das Limit für Gruppen erreicht.",
    "tenant.keysSpent": "Ihre Organisation hat das Limit für API-Schlüssel erreicht.",
    "tenant.roomsSpent":
      "Ihre Organisation hat das Limit für Räume erreicht. Löschen Sie eine Besprechung, die Sie nicht mehr brauchen, oder wenden Sie sich an den Betrieb.",
    "tenant.storageSpent": "Ihre Organisation hat ihren ganzen Speicher verbraucht.",
    "tenant.taken": "Eine andere Organisation hat diesen Kurznamen oder Hostnamen.",
    "passkey.failed":
      "Der Passkey hat nicht funktioniert. Versuchen Sie es erneut, oder melden Sie sich anders an.",
  },

  signIn: deSignIn,
  oneTimeLink: deOneTimeLink,
  meetings: deMeetings,
};
