import { createEffect, type JSX, onMount, Show } from "solid-js";
import type { CallEnd } from "../call/api.ts";
import { OpenLink } from "../home/OpenLink.tsx";
import { roomWords, words } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Mark } from "../ui/Logo.tsx";
import { Page } from "../ui/Page.tsx";
import styles from "./End.module.css";

/** A page for an unknown address, or a link that opens no meeting. */
export type DeadEnd = "notFound" | CallEnd;

interface EndProps {
  readonly end: DeadEnd;
  /** A moderator's message. */
  readonly word?: string;
  /** Starts a new call to the same meeting. Undefined where that would end the same way. */
  readonly again?: () => void;
}

/** Why there is no meeting, or no meeting anymore, and what to do next. */
export function End(props: EndProps) {
  const text = () => roomWords().end[props.end];
  let title!: HTMLHeadingElement;
  onMount(() => title.focus());
  createEffect(() => {
    document.title = `${text().title} – Tafelrunde`;
  });
  return (
    <Page>
      <div class={styles.end}>
        <Mark size={72} />
        <h1 ref={title} tabindex={-1}>{text().title}</h1>
        <p class={styles.text}>{text().text}</p>
        <Show when={props.end === "declined" && props.word}>
          {(word) => (
            <blockquote class={styles.word}>
              <span>{roomWords().end.declinedWord}</span> <bdi>{word()}</bdi>
            </blockquote>
          )}
        </Show>
        <Show when={props.end === "roomUnknown"}>
          <div class={styles.open}>
            <OpenLink />
          </div>
        </Show>
        <div class={styles.ways}>{ways(props)}</div>
      </div>
    </Page>
  );
}

function ways(props: EndProps): JSX.Element {
  const again = (text: string) => (
    <Button look="primary" onClick={() => props.again?.()}>
      {text}
    </Button>
  );
  const home = (text = roomWords().end.toHome) => <ButtonLink href="/">{text}</ButtonLink>;
  const signIn = (look: "primary" | "plain") => (
    <ButtonLink
      look={look}
      href={`/signin?returnTo=${encodeURIComponent(location.pathname)}${location.hash}`}
    >
      {roomWords().end.signIn}
    </ButtonLink>
  );
  switch (props.end) {
    case "left":
      return [again(roomWords().end.rejoin), home()];
    case "roomFull":
      return [again(words().tryAgain), home()];
    case "replaced":
      return [again(roomWords().end.here), home()];
    case "fault":
      return [again(roomWords().end.rejoin), home()];
    case "outdated":
      return (
        <Button look="primary" onClick={() => location.reload()}>
          {roomWords().end.reload}
        </Button>
      );
    case "removed":
    case "declined":
      return [again(roomWords().end.askAgain), home()];
    case "guestsNotAllowed":
      return [signIn("plain"), home()];
    case "signedOut":
      return [
        signIn("primary"),
        // Without a link, only an account can join.
        location.hash !== "" && <Button onClick={() => props.again?.()}>{roomWords().end.asGuest}</Button>,
        home(),
      ];
    case "linkOver":
    case "banned":
    case "ended":
      return home();
    case "roomUnknown":
      return home(roomWords().end.create);
    case "notFound":
      return home();
    default:
      return props.end satisfies never;
  }
}
