import type { Language } from "@tafelrunde/protocol";
import { chooseLanguage, language, LANGUAGE_NAMES, words } from "../i18n/language.ts";
import styles from "./LanguageSwitch.module.css";

/** German or English, each named in its own language. */
export function LanguageSwitch() {
  const choose = (wish: Language) => {
    chooseLanguage(wish).catch((cause: unknown) => console.warn("the language could not be loaded", cause));
  };
  return (
    <div class={styles.languages} role="group" aria-label={words().language}>
      {(Object.keys(LANGUAGE_NAMES) as Language[]).map((one) => (
        <button
          type="button"
          lang={one}
          aria-pressed={language() === one}
          data-short={one}
          onClick={() => choose(one)}
        >
          <span class={styles.name}>{LANGUAGE_NAMES[one]}</span>
        </button>
      ))}
    </div>
  );
}
