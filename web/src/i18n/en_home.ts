/** Texts of the start page, in English. */
export const enHome = {
  tagline: "Video meetings at one table",
  title: "Everyone at one table.",
  lead:
    "Tafelrunde is a video meeting that opens with a link: no account, no installation, no third parties.",
  name: "Meeting name (optional)",
  namePlaceholder: "Budget 2027",
  nameTooLong: (max: number) => `The name can have at most ${max} characters.`,
  create: "Create meeting",
  creating: "Creating …",
  or: "or",
  trustTitle: "Why you can trust it",
  trust: [
    [
      "Made for hosting in Germany",
      "It runs on servers in Germany or on your own. You decide where your meetings run.",
    ],
    ["Open source", "Every line can be read, checked and changed. European Union Public Licence."],
    [
      "No third parties",
      "No tracking, no advertising, no outside services. Nothing loads from anywhere else.",
    ],
  ] satisfies readonly (readonly [string, string])[],
  art: "People sitting around a round table",
  failed: {
    offline: "The server cannot be reached. Please check your connection and try again.",
    busy: "The server is busy. Please try again in a moment.",
    fault: "Something went wrong on our side. Please try again.",
  },
};

/** The texts of the start page in one language. */
export type HomeWords = typeof enHome;
