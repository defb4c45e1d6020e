import "./call/first_line.ts";
import "./ui/tokens.css";
import "./ui/font.css";
import "./ui/base.css";
import { render } from "solid-js/web";
import { App } from "./app.tsx";
import { languageOfVisit, speak } from "./i18n/language.ts";

await speak(languageOfVisit());
render(() => <App />, document.getElementById("root")!);
