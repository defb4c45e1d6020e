import "./old_browsers.ts";
import "./call/first_line.ts";
import "./ui/tokens.css";
import "./ui/font.css";
import "./ui/base.css";
import { render } from "solid-js/web";
import { App } from "./app.tsx";
import { startEarly } from "./call/early.ts";
import { languageOfVisit, speak } from "./i18n/language.ts";
import { followTranslation } from "./ui/translated.ts";
import { readRoute } from "./ui/route.ts";

// If the browser is too old, check.js has shown a message.
if (!("unsupported" in document.documentElement.dataset)) {
  // The browser prerenders the page from the address that the person is typing: nobody has opened it yet.
  if ((document as Document & { readonly prerendering?: boolean }).prerendering) {
    await new Promise((resolve) => document.addEventListener("prerenderingchange", resolve, { once: true }));
  }
  const route = readRoute();
  if (route.page === "room") startEarly(route.roomId);
  await speak(languageOfVisit());
  const root = document.getElementById("root")!;
  followTranslation(root);
  render(() => <App />, root);
}
