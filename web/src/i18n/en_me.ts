/** The account menu, in English. In its own file: it loads with the header, after the page. */
export const enMe = {
  signIn: "Sign in",
  menu: (name: string) => `Menu of ${name}`,
  meetings: "My meetings",
  account: "Account",
  admin: "Administration",
  signOut: "Sign out",
  imprint: "Imprint",
  privacy: "Privacy",
};

export type MeWords = typeof enMe;
