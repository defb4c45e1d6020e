import type { LinkWords } from "./en_link.ts";

/** Texts of the field that opens a meeting link, in German. */
export const deLink: LinkWords = {
  open: "Einladungslink öffnen",
  openPlaceholder: "Link aus der Einladung einfügen",
  openAction: "Öffnen",
  empty: "Bitte fügen Sie zuerst einen Link ein.",
  notALink: "Das ist kein Einladungslink. Ein Link sieht so aus:",
  noSecret: "Der Link ist unvollständig: Der Teil nach dem # fehlt. Bitte kopieren Sie den ganzen Link.",
  otherServer: (host) => `Dieser Link gehört zu einem anderen Server: ${host}`,
  openThere: "Dort öffnen",
};
