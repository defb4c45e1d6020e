import { deMeetings } from "./de_meetings.ts";
import { deSignIn, deTicket } from "./de_sign_in.ts";
import type { DeskWords } from "./en_desk.ts";

/** Every word of the pages for people with an account, in German. */
export const deDesk: DeskWords = {
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
  notCopied: "Der Browser hat das Kopieren nicht erlaubt. Hier ist es:",
  more: "Weitere anzeigen",
  search: "Suchen",
  optional: "freiwillig",
  email: "E-Mail",

  roles: {
    owner: "Leitung",
    cohost: "Co-Leitung",
    presenter: "Vortrag",
    participant: "Teilnahme",
    guest: "Gast",
    viewer: "Nur zusehen",
  },
  roleHints: {
    owner: "Die Besprechung gehört dieser Person.",
    cohost: "Leitet mit: lässt herein, schaltet stumm, bestimmt, wer was darf.",
    presenter: "Darf immer sprechen und etwas zeigen.",
    participant: "Nimmt teil wie alle in der Organisation.",
    guest: "Nimmt ohne Konto teil.",
    viewer: "Sieht und hört zu.",
  },

  unsaved: {
    title: "Ohne Speichern verlassen?",
    text: "Sie haben auf dieser Seite etwas geändert und noch nicht gespeichert.",
    leave: "Ohne Speichern verlassen",
    stay: "Hier bleiben",
  },

  troubles: {
    title: "Das hat nicht geklappt.",
    offline: "Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
    fault: "Das hat nicht geklappt, und es liegt an uns. Bitte versuchen Sie es erneut.",
    internal: "Das hat nicht geklappt, und es liegt an uns. Bitte versuchen Sie es erneut.",
    busy: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es gleich noch einmal.",
    signedOut: "Sie sind nicht mehr angemeldet. Bitte melden Sie sich neu an.",
    forbidden: "Das dürfen Sie nicht. Fragen Sie, wer Ihre Organisation verwaltet.",
    gone: "Das gibt es nicht mehr.",
    changed:
      "Jemand anderes hat dies inzwischen geändert, deshalb wurde nichts gespeichert. Laden Sie den neuesten Stand und nehmen Sie Ihre Änderung dann noch einmal vor.",
    invalid: "Hier stimmt etwas noch nicht. Bitte prüfen Sie Ihre Angaben.",
    "signIn.wrong":
      "E-Mail-Adresse und Passwort passen zu keinem Konto, oder Passkey oder Code sind nicht bekannt.",
    "signIn.tooFrequent":
      "Zu viele Versuche. Bitte warten Sie ein paar Minuten und versuchen Sie es dann erneut.",
    "ticket.unknown": "Dieser Link ist verbraucht oder zu alt.",
    "password.common":
      "Dieses Passwort würden andere als eines der ersten versuchen. Bitte wählen Sie ein anderes.",
    "account.lastAdmin":
      "Niemand außer Ihnen kann die Organisation verwalten. Geben Sie zuerst jemand anderem dieses Recht.",
    "account.lastMethod":
      "Ohne dies könnten Sie sich nicht mehr anmelden. Fügen Sie zuerst einen anderen Weg hinzu.",
    "account.federated": "Darum kümmert sich der Anmeldedienst Ihrer Organisation.",
    "account.disabled": "Dieses Konto ist gesperrt. Fragen Sie, wer Ihre Organisation verwaltet.",
    "oidc.stateUnknown":
      "Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Bitte melden Sie sich noch einmal an.",
    "oidc.denied":
      "Der Anmeldedienst hat Sie nicht angemeldet: Sie haben abgebrochen, oder er lässt Sie hier nicht zu.",
    "oidc.answerWrong":
      "Die Antwort des Anmeldedienstes ließ sich nicht prüfen. Versuchen Sie es noch einmal; bleibt es dabei, wenden Sie sich an den Betrieb.",
    "oidc.notProved":
      "Der Anmeldedienst hat nicht gefragt, wer Sie sind; darum ließ sich das nicht bestätigen. Melden Sie sich dort ab und neu an, oder wenden Sie sich an die Verwaltung Ihrer Organisation.",
    "oidc.unreachable":
      "Der Anmeldedienst antwortet nicht. Versuchen Sie es in ein paar Minuten noch einmal, oder melden Sie sich anders an.",
    "tenant.unknown":
      "Der Anmeldedienst nennt eine Organisation, die es hier nicht gibt. Bitte wenden Sie sich an den Betrieb.",
    "person.emailTaken": "Jemand in Ihrer Organisation hat diese Adresse schon.",
    "account.proofNeeded": "Bitte melden Sie sich dafür noch einmal an.",
    "passkey.cancelled": "Es wurde kein Passkey angelegt.",
    "admin.needed": "Das darf nur, wer Ihre Organisation verwaltet.",
    "favourites.full":
      "Sie haben schon so viele Favoriten, wie es geben kann. Nehmen Sie zuerst einen heraus.",
    "group.isExternal": "Diese Gruppe führt Ihr Anmeldedienst; sie ändert sich dort.",
    "group.nameTaken": "Eine Gruppe mit diesem Namen gibt es schon.",
    "mail.unavailable":
      "Von hier können keine E-Mails gesendet werden, also auch keine Einladungen an Adressen. Geben Sie stattdessen den Link weiter, oder wenden Sie sich an den Betrieb.",
    "mail.tooFrequent":
      "Von hier oder an diese Adresse sind zu viele Mails gegangen. Versuchen Sie es später noch einmal.",
    "meeting.cancelled": "Diese Besprechung ist schon abgesagt.",
    "meeting.tooMany":
      "Mehr Besprechungen einer Person gehen nicht. Bitte sagen Sie zuerst einige ab und löschen Sie sie.",
    "meeting.full": "Zu einer Besprechung können nicht noch mehr Menschen eingeladen werden.",
    "meeting.isFirst": "Das ist die ganze Serie: Ändern Sie diese, oder sagen Sie sie ab.",
    "meeting.notSeries": "Diese Besprechung wiederholt sich nicht.",
    "meeting.notYours": "Diese Besprechung darf nur ändern, wer sie leitet.",
    "meeting.permanent": "Diese Besprechung hat kein Datum.",
    "meeting.tooManyExceptions": "In dieser Serie weichen schon zu viele Termine ab.",
    "member.isOwner": "Wem die Besprechung gehört, leitet sie ohnehin.",
    "passkey.limit": "Sie haben schon so viele Passkeys, wie es geben kann. Entfernen Sie zuerst einen.",
    "passkey.taken": "Diesen Passkey gibt es schon.",
    "passkey.wrong":
      "Der Passkey hat nicht funktioniert. Versuchen Sie es erneut, oder melden Sie sich anders an.",
    "room.linksSpent": "Es gibt schon so viele Links, wie es geben kann. Widerrufen Sie zuerst einige.",
    "room.notAllowed": "Das darf nur, wer diese Besprechung leitet.",
    "signIn.busy": "Gerade melden sich viele an. Bitte versuchen Sie es gleich noch einmal.",
    "signIn.needed": "Sie sind nicht mehr angemeldet. Bitte melden Sie sich neu an.",
    "tenant.groupsSpent": "Ihre Organisation hat schon so viele Gruppen, wie es geben kann.",
    "tenant.keysSpent": "Ihre Organisation hat schon so viele API-Schlüssel, wie es geben kann.",
    "tenant.roomsSpent":
      "Ihre Organisation hat alle Räume, die sie haben darf. Löschen Sie eine Besprechung, die nicht mehr gebraucht wird, oder wenden Sie sich an den Betrieb.",
    "tenant.storageSpent": "Ihre Organisation hat ihren ganzen Speicher verbraucht.",
    "tenant.taken": "Eine andere Organisation hat diesen Kurznamen oder Hostnamen.",
    "passkey.failed":
      "Der Passkey hat nicht funktioniert. Versuchen Sie es erneut, oder melden Sie sich anders an.",
  },

  signIn: deSignIn,
  ticket: deTicket,
  meetings: deMeetings,
};
