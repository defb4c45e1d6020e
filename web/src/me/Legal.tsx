import { createResource, Show } from "solid-js";
import { speakAlso, wordsOf } from "../i18n/language.ts";
import { findTenant, tenant } from "./branding.ts";
import styles from "./Legal.module.css";

/** The footer of every page: imprint and privacy notice, if the organisation has set them. */
export function Legal() {
  const [isKnown] = createResource(async () => {
    await Promise.all([speakAlso("me"), findTenant()]);
    return true;
  });
  const branding = () => isKnown() ? tenant()?.branding : undefined;
  return (
    <Show when={branding()?.imprintUrl || branding()?.privacyUrl}>
      <footer class={styles.legal}>
        <Show when={branding()?.imprintUrl}>
          {(url) => <a href={url()} tabindex={0} rel="noreferrer">{wordsOf("me").imprint}</a>}
        </Show>
        <Show when={branding()?.privacyUrl}>
          {(url) => <a href={url()} tabindex={0} rel="noreferrer">{wordsOf("me").privacy}</a>}
        </Show>
      </footer>
    </Show>
  );
}
