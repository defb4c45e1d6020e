import { createSignal, type JSX } from "solid-js";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { navigate, roomPath } from "../ui/route.ts";
import { findMeetingLink, type MeetingLink } from "./meeting_link.ts";
import styles from "./OpenLink.module.css";

/** A field for a received meeting link, and what is wrong with it. */
export function OpenLink() {
  const [text, setText] = createSignal("");
  const [answer, setAnswer] = createSignal<MeetingLink>();

  const open = (event: SubmitEvent) => {
    event.preventDefault();
    const link = findMeetingLink(text(), location.origin);
    setAnswer(link);
    if (link.found === "link") navigate(roomPath(link.roomId, link.link));
  };

  return (
    <form class={styles.open} onSubmit={open} novalidate>
      <Field
        label={wordsOf("link").open}
        placeholder={wordsOf("link").openPlaceholder}
        inputmode="url"
        value={text()}
        onInput={(text) => {
          setText(text);
          setAnswer(undefined);
        }}
        problem={problem(answer())}
      />
      <Button type="submit">{wordsOf("link").openAction}</Button>
    </form>
  );
}

function problem(link: MeetingLink | undefined): JSX.Element {
  if (link === undefined) return undefined;
  switch (link.found) {
    case "link":
      return undefined;
    case "empty":
      return wordsOf("link").empty;
    case "noSecret":
      return wordsOf("link").noSecret;
    case "notALink":
      return (
        <>
          {wordsOf("link").notALink}{" "}
          <span class={styles.example}>{`${location.host}/r/k7wq-3fzp-axmd#…`}</span>
        </>
      );
    case "otherServer":
      return (
        <>
          {wordsOf("link").otherServer(link.host)}{" "}
          <a href={link.url} tabindex={0} rel="noreferrer">{wordsOf("link").openThere}</a>
        </>
      );
    default:
      return link satisfies never;
  }
}
