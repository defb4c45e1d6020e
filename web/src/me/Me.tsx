import { shownEmail } from "@tafelrunde/protocol";
import { createResource, createUniqueId, For, Match, Show, Switch } from "solid-js";
import { type Account } from "../api/account.ts";
import { signOut } from "../api/auth.ts";
import { speakAlso, wordsOf } from "../i18n/language.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { navigate } from "../ui/route.ts";
import { findMe, me, signedOut } from "./me.ts";
import styles from "./Me.module.css";

/** In every header: a sign-in link, or the account and its menu. Nothing until that is known. */
export function Me() {
  const [isKnown] = createResource(async () => {
    await Promise.all([speakAlso("me"), findMe()]);
    return true;
  });
  return (
    <Show when={isKnown()}>
      <Switch>
        <Match when={me() === "nobody" && !location.pathname.startsWith("/signin")}>
          <a class={styles.signIn} href={signInPath()} tabindex={0}>
            {wordsOf("me").signIn}
          </a>
        </Match>
        <Match when={accountOf(me())}>{(account) => <Menu account={account()} />}</Match>
      </Switch>
    </Show>
  );
}

/**
 * The sign-in page with a return to this one. A link's secret stays in the fragment, which no server
 * receives.
 */
function signInPath(): string {
  const { pathname, search, hash } = location;
  return pathname === "/" ? "/signin" : `/signin?returnTo=${encodeURIComponent(pathname + search)}${hash}`;
}

function accountOf(now: ReturnType<typeof me>): Account | undefined {
  return typeof now === "string" ? undefined : now;
}

function Menu(props: { readonly account: Account }) {
  const id = createUniqueId();
  const ways = () => [
    { href: "/meetings", text: wordsOf("me").meetings },
    { href: "/account", text: wordsOf("me").account },
    ...(props.account.role === "admin" || props.account.isOperator
      ? [{ href: "/admin", text: wordsOf("me").admin }]
      : []),
  ];
  let panel!: HTMLDivElement;
  const leave = async () => {
    const done = await signOut();
    if (done.ok && done.value.continueTo !== null) location.assign(done.value.continueTo);
    else navigate("/");
    signedOut();
  };
  return (
    <div>
      <button
        type="button"
        class={styles.button}
        popovertarget={id}
      >
        <span class="heard">{wordsOf("me").menu(props.account.name)}</span>
        <Avatar id={props.account.id} name={props.account.name} />
      </button>
      <div ref={panel} id={id} popover="auto" class={styles.panel} onClick={() => panel.hidePopover()}>
        <p class={styles.who}>
          <strong dir="auto">{props.account.name}</strong>
          <span>{shownEmail(props.account.email ?? "")}</span>
        </p>
        <nav aria-label={wordsOf("me").menu(props.account.name)}>
          <ul>
            <For each={ways()}>
              {({ href, text }) => (
                <li>
                  <a
                    href={href}
                    tabindex={0}
                    aria-current={location.pathname.startsWith(href) ? "page" : undefined}
                  >
                    {text}
                  </a>
                </li>
              )}
            </For>
          </ul>
        </nav>
        <button type="button" class={styles.way} onClick={() => void leave()}>
          {wordsOf("me").signOut}
        </button>
      </div>
    </div>
  );
}
