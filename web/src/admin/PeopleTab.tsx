import { shownEmail } from "@tafelrunde/protocol";
import { createSignal, For, Show } from "solid-js";
import { changePerson, listPeople, type Person } from "../api/admin.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { createList } from "../dashboard/list.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { Row, Rows, Section, Tag } from "../dashboard/Section.tsx";
import { plus } from "../ui/icons.ts";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { createDebounced } from "../dashboard/debounced.ts";
import styles from "./Admin.module.css";
import { InviteDialog } from "./InviteDialog.tsx";

/** The organisation's accounts: find, invite, give a role, disable. */
export function PeopleTab() {
  const words = () => wordsOf("admin").people;
  const [text, setText] = createSignal("");
  const [isInviting, setInviting] = createSignal(false);
  const [disabling, setDisabling] = createSignal<Person>();
  const search = createDebounced(() => text().trim());
  const list = createList(search, listPeople);
  const submission = createSubmission();
  const change = async (person: Person, what: Parameters<typeof changePerson>[1]) => {
    const done = await submission.run(() => changePerson(person, what));
    setDisabling(undefined);
    if (done === undefined) return await list.refresh();
    list.mutate((items) => items.map((item) => item.id === person.id ? done.value : item));
  };
  return (
    <Section
      title={wordsOf("admin").tabs.people}
      lead={words().lead}
      action={<Button look="primary" shape={plus} onClick={() => setInviting(true)}>{words().invite}</Button>}
    >
      <Field label={words().search} type="search" value={text()} onInput={setText} />
      <ErrorNotice error={submission.error() ?? list.error()} />
      <Show when={list.items()} fallback={<Loading />}>
        {(items) => (
          <Show when={items().length > 0} fallback={<p>{words().empty}</p>}>
            <Rows label={wordsOf("admin").tabs.people}>
              <For each={items()}>
                {(person) => (
                  <PersonRow
                    person={person}
                    onRole={(role) => change(person, { role })}
                    onDisable={() => setDisabling(person)}
                    onEnable={() => void change(person, { isDisabled: false })}
                  />
                )}
              </For>
            </Rows>
            <Show when={list.hasMore()}>
              <div>
                <Button onClick={() => void list.loadMore()}>{wordsOf("dashboard").more}</Button>
              </div>
            </Show>
          </Show>
        )}
      </Show>
      <Show when={isInviting()}>
        <InviteDialog
          onClose={() => setInviting(false)}
          onDone={() => void list.refresh()}
        />
      </Show>
      <Show when={disabling()}>
        {(person) => (
          <Dialog
            title={words().disableTitle(person().name)}
            onClose={() => setDisabling(undefined)}
            actions={
              <>
                <Button onClick={() => setDisabling(undefined)}>{wordsOf("dashboard").cancel}</Button>
                <Button
                  look="danger"
                  busy={submission.isBusy()}
                  onClick={() => void change(person(), { isDisabled: true })}
                >
                  {words().disable}
                </Button>
              </>
            }
          >
            <p>{words().disableText}</p>
          </Dialog>
        )}
      </Show>
    </Section>
  );
}

interface PersonRowProps {
  readonly person: Person;
  readonly onRole: (role: Person["role"]) => Promise<void>;
  readonly onDisable: () => void;
  readonly onEnable: () => void;
}

function PersonRow(props: PersonRowProps) {
  const words = () => wordsOf("admin").people;
  const isMe = () => props.person.id === account()?.id;
  const isDisabled = () => props.person.isDisabled;
  return (
    <Row
      before={<Avatar id={props.person.id} name={props.person.name} />}
      title={
        <>
          {props.person.name}
          <Show when={isMe()}>
            <Tag tone="good">{words().you}</Tag>
          </Show>
          <Show when={isDisabled()}>
            <Tag tone="bad">{words().disabled}</Tag>
          </Show>
        </>
      }
      text={shownEmail(props.person.email ?? "")}
    >
      <Show when={!isMe()} fallback={<Tag>{words().roles[props.person.role]}</Tag>}>
        <div class={styles.choice}>
          <Choice
            label={words().roleOf(props.person.name)}
            isLabelHeard
            value={props.person.role}
            options={(["member", "admin"] as const).map((role) => ({
              value: role,
              text: words().roles[role],
            }))}
            onChoose={(role) => props.onRole(role as Person["role"])}
          />
        </div>
        <Show
          when={isDisabled()}
          fallback={
            <Button
              look="quiet"
              label={words().disableOf(props.person.name)}
              onClick={() => props.onDisable()}
            >
              {words().disable}
            </Button>
          }
        >
          <Button look="quiet" label={words().enableOf(props.person.name)} onClick={() => props.onEnable()}>
            {words().enable}
          </Button>
        </Show>
      </Show>
    </Row>
  );
}
