import "./call/first_line.ts";
import "./ui/tokens.css";
import "./ui/font.css";
import "./ui/base.css";
import { render } from "solid-js/web";
import { App } from "./app.tsx";
import { startEarly } from "./call/early.ts";
import { languageOfVisit, speak } from "./i18n/language.ts";
import { parseRoute } from "./ui/route.ts";

const route = parseRoute(new URL(location.href));
if (route.page === "room") startEarly(route.roomId);
await speak(languageOfVisit());
render(() => <App />, document.getElementById("root")!);
