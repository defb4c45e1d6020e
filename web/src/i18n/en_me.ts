/** Who is signed in, in English. Apart from the others: it loads with the header, behind the page. */
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
