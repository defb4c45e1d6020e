import { countCharacters, MAX_ROOM_NAME } from "@tafelrunde/protocol";
import { createEffect, createSignal, For } from "solid-js";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Page } from "../ui/Page.tsx";
import { navigate } from "../ui/route.ts";
import { plus } from "../ui/icons.ts";
import { code, server, shield } from "./icons.ts";
import { type CreateFailure, createRoom } from "./create_room.ts";
import styles from "./Home.module.css";
import { OpenLink } from "./OpenLink.tsx";
import { TableArt } from "./TableArt.tsx";

const TRUST_SHAPES = [server, code, shield];

/** The start page: create a meeting, or open the link of one. */
export function Home() {
  createEffect(() => {
    document.title = `Tafelrunde – ${wordsOf("home").tagline}`;
  });
  return (
    <Page footer={<Trust />}>
      <div class={styles.home}>
        <div class={styles.intro}>
          <h1>{wordsOf("home").title}</h1>
          <p class={styles.lead}>{wordsOf("home").lead}</p>
          <div class={styles.card}>
            <CreateRoom />
            <div class={styles.or} aria-hidden="true">
              {wordsOf("home").or}
            </div>
            <OpenLink />
          </div>
        </div>
        <TableArt />
      </div>
    </Page>
  );
}

function CreateRoom() {
  const [name, setName] = createSignal("");
  const [isCreating, setCreating] = createSignal(false);
  const [failure, setFailure] = createSignal<CreateFailure>();
  const isTooLong = () => countCharacters(name().trim()) > MAX_ROOM_NAME;

  const create = async () => {
    setFailure(undefined);
    setCreating(true);
    const answer = await createRoom(name());
    setCreating(false);
    if ("failure" in answer) setFailure(answer.failure);
    else navigate(answer.path);
  };
  const problem = () => {
    const failed = failure();
    if (isTooLong()) return wordsOf("home").nameTooLong(MAX_ROOM_NAME);
    return failed && wordsOf("home").failed[failed];
  };

  return (
    <form
      class={styles.create}
      novalidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isTooLong() && !isCreating()) void create();
      }}
    >
      <Field
        label={wordsOf("home").name}
        placeholder={wordsOf("home").namePlaceholder}
        value={name()}
        onInput={setName}
        problem={problem()}
      />
      <Button type="submit" look="primary" shape={plus} busy={isCreating()}>
        {isCreating() ? wordsOf("home").creating : wordsOf("home").create}
      </Button>
    </form>
  );
}

function Trust() {
  return (
    <footer class={styles.trust}>
      <h2 class="heard">{wordsOf("home").trustTitle}</h2>
      <ul>
        <For each={wordsOf("home").trust}>
          {([title, text], at) => (
            <li>
              <Icon shape={TRUST_SHAPES[at()] ?? shield} size={24} />
              <div>
                <h3>{title}</h3>
                <p>{text}</p>
              </div>
            </li>
          )}
        </For>
      </ul>
    </footer>
  );
}
