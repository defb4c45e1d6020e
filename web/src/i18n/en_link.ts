/** Texts of the field that opens a meeting link, in English: the shape of all languages. */
export const enLink = {
  open: "Open a meeting link",
  openPlaceholder: "Paste the link you were sent",
  openAction: "Open",
  empty: "Please paste a meeting link first.",
  notALink: "That is not a meeting link. A link looks like this:",
  noSecret: "This link is incomplete: the part after the # is missing. Please copy the whole link.",
  otherServer: (host: string) => `This link belongs to another server: ${host}`,
  openThere: "Open it there",
};

export type LinkWords = typeof enLink;
