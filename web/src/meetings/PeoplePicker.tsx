import { canonicalEmail, shownEmail } from "@tafelrunde/protocol";
import type { AccountId } from "@tafelrunde/protocol";
import { createEffect, createSignal, createUniqueId, For, on, onCleanup, Show } from "solid-js";
import type { InvitedRole } from "../api/meetings.ts";
import { findPeople, type FoundPerson } from "../api/people.ts";
import { wordsOf } from "../i18n/language.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { control, isOfComposing } from "../ui/controlled.ts";
import { Choice } from "../ui/Choice.tsx";
import fieldStyles from "../ui/Field.module.css";
import styles from "./PeoplePicker.module.css";

/** A person to invite: by account, or by address. */
export interface Candidate {
  readonly account?: AccountId;
  readonly email?: string;
  readonly name: string;
  /** Null, without an account: the role depends on how they join. */
  readonly role: InvitedRole;
}

/** Pause in typing before a search, ms. */
const REST_MS = 350;

interface PeoplePickerProps {
  /** "Name or e-mail address" by default. */
  readonly label?: string;
  /** Excludes people from outside the organisation. */
  readonly onlyAccounts?: boolean;
  /** Already picked people, who are not offered again. */
  readonly taken: readonly { readonly account?: string | null; readonly email?: string | null }[];
  readonly onPick: (person: Candidate) => void;
}

/**
 * Finds people of the organisation by name, and accepts anyone else by address. An ARIA combobox with a list.
 */
export function PeoplePicker(props: PeoplePickerProps) {
  const words = () => wordsOf("dashboard").meetings.people;
  const id = createUniqueId();
  const [text, setText] = createSignal("");
  const [found, setFound] = createSignal<readonly FoundPerson[]>();
  const [active, setActive] = createSignal(0);
  let input!: HTMLInputElement;

  createEffect(on(text, (text) => {
    setFound(undefined);
    if (text.trim().length < 2) return;
    const timer = setTimeout(async () => {
      const answer = await findPeople(text.trim());
      // Without an answer it is unknown whether there are matches.
      if (text === input.value && answer.ok) setFound(answer.value.items);
    }, REST_MS);
    onCleanup(() => clearTimeout(timer));
  }));

  const options = (): readonly Candidate[] => {
    const taken = props.taken;
    const isTaken = ({ account, email }: Candidate) =>
      taken.some((one) => account !== undefined ? one.account === account : one.email === email);
    const typed = canonicalEmail(text());
    const people = (found() ?? []).map(({ id, name, email }): Candidate => ({
      account: id,
      name,
      role: "participant",
      ...(email === null ? {} : { email }),
    }));
    const isKnown = people.some(({ email }) => email === typed);
    const outsider: Candidate[] = !props.onlyAccounts && typed !== undefined && !isKnown
      ? [{ email: typed, name: shownEmail(typed), role: null }]
      : [];
    return [...people, ...outsider].filter((one) => !isTaken(one));
  };
  const isOpen = () => text().trim().length >= 2 && (options().length > 0 || found() !== undefined);

  const pick = (person: Candidate | undefined) => {
    if (person === undefined) return;
    props.onPick(person);
    setText("");
    setActive(0);
    input.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (isOfComposing(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((at) => (at + step + options().length) % Math.max(1, options().length));
    } else if (event.key === "Enter") {
      // The key must not submit a surrounding form.
      event.preventDefault();
      pick(options()[active()]);
    } else if (event.key === "Escape" && text() !== "") {
      event.preventDefault();
      setText("");
    }
  };
  return (
    <div class={styles.picker}>
      <div class={fieldStyles.field}>
        <label for={id}>{props.label ?? words().search}</label>
        <input
          ref={(element) => {
            input = element;
            control(element, text, (written) => {
              setText(written);
              setActive(0);
            });
          }}
          id={id}
          class={fieldStyles.input}
          role="combobox"
          type="text"
          inputmode="email"
          autocomplete="off"
          spellcheck={false}
          aria-expanded={isOpen()}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen() && options().length > 0 ? `${id}-${active()}` : undefined}
          aria-describedby={`${id}-hint`}
          onKeyDown={onKey}
        />
        <div id={`${id}-hint`} class={fieldStyles.hint}>
          {props.onlyAccounts ? undefined : words().searchHint}
        </div>
      </div>
      <ul
        id={`${id}-list`}
        class={styles.list}
        role="listbox"
        aria-label={words().search}
        hidden={!isOpen() || options().length === 0}
      >
        <For each={options()}>
          {(person, at) => (
            <li
              id={`${id}-${at()}`}
              role="option"
              aria-selected={at() === active()}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => pick(person)}
            >
              <Avatar id={person.account ?? person.email ?? ""} name={person.name} />
              <span class={styles.who}>
                <strong dir="auto">
                  {person.account === undefined ? words().inviteEmail(person.name) : person.name}
                </strong>
                <Show when={person.account !== undefined}>
                  <span>{shownEmail(person.email ?? "")}</span>
                </Show>
              </span>
            </li>
          )}
        </For>
      </ul>
      <p class={styles.none} role="status">
        {isOpen() && (options().length === 0
          ? words().none
          : <span class="heard">{words().found(options().length)}</span>)}
      </p>
    </div>
  );
}

interface RolePickerProps {
  readonly name: string;
  readonly role: InvitedRole;
  /** Without an account, the role can be left open: it depends on how they join. */
  readonly hasAccount: boolean;
  readonly onChoose: (role: InvitedRole) => unknown;
}

const INVITED_ROLES = ["moderator", "presenter", "participant", "viewer"] as const;

/** The role of an invited person in the meeting. */
export function RolePicker(props: RolePickerProps) {
  const options = () => [
    ...(props.hasAccount && props.role !== null
      ? []
      : [{ value: "", text: wordsOf("dashboard").meetings.people.byLink }]),
    ...INVITED_ROLES.map((role) => ({ value: role, text: wordsOf("dashboard").roles[role] })),
    ...(props.role === "guest" ? [{ value: "guest", text: wordsOf("dashboard").roles.guest }] : []),
  ];
  return (
    <div class={styles.role}>
      <Choice
        label={wordsOf("dashboard").meetings.people.role(props.name)}
        isLabelHeard
        value={props.role ?? ""}
        options={options()}
        onChoose={(role) => props.onChoose(role === "" ? null : role as InvitedRole)}
      />
    </div>
  );
}
