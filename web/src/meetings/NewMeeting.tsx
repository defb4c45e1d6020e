import { MAX_PARTICIPANTS, type RoomSettings, shownEmail } from "@tafelrunde/protocol";
import { createSignal, For, lazy, Show, Suspense } from "solid-js";
import { createMeeting, type NewPerson } from "../api/meetings.ts";
import { createKeys, createSubmission } from "../dashboard/submission.ts";
import { DashboardPage } from "../dashboard/DashboardPage.tsx";
import formStyles from "../dashboard/Form.module.css";
import { FormFoot } from "../dashboard/FormFoot.tsx";
import { LeaveGuard } from "../dashboard/LeaveGuard.tsx";
import { Row, Rows, Section } from "../dashboard/Section.tsx";
import { wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea } from "../ui/TextArea.tsx";
import { navigate } from "../ui/route.ts";
import { type MeetingForm, newForm, problemsOf, timeOf } from "./meeting_form.ts";
import { type Candidate, PeoplePicker, RolePicker } from "./PeoplePicker.tsx";
import { isCapacity } from "./capacity.ts";
import styles from "./NewMeeting.module.css";
import { WhenFields } from "./WhenFields.tsx";
import { ownZone } from "./zone.ts";

/** Loaded once its part of the form is opened. */
const NewSettings = lazy(async () => ({ default: (await import("./NewSettings.tsx")).NewSettings }));

/** The form to plan a meeting: topic, time, room settings, invited people. */
export function NewMeeting() {
  const words = () => wordsOf("dashboard").meetings;
  const [form, setForm] = createSignal(newForm(Date.now(), account()?.timeZone ?? ownZone()));
  const [settings, setSettings] = createSignal<Partial<RoomSettings>>({});
  const [wantsSettings, setWantsSettings] = createSignal(false);
  const [people, setPeople] = createSignal<readonly Candidate[]>([]);
  const [wasTried, setTried] = createSignal(false);
  const [isDone, setDone] = createSignal(false);
  const first = form();
  const submission = createSubmission();
  const keyOf = createKeys();
  const change = (change: Partial<MeetingForm>) => setForm((before) => ({ ...before, ...change }));
  const problems = () => wasTried() ? problemsOf(form(), Date.now(), true) : [];
  const isDirty = () =>
    !isDone() && (form() !== first || Object.keys(settings()).length > 0 || people().length > 0);

  const create = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (
      problems().length > 0 || !isCapacity(settings().maxParticipants ?? MAX_PARTICIPANTS, MAX_PARTICIPANTS)
    ) {
      return focusProblem(event.currentTarget as HTMLFormElement);
    }
    const body = {
      title: form().title.trim(),
      description: form().description.trim(),
      time: timeOf(form()),
      settings: settings(),
      invite: people().map(personOf),
    };
    const done = await submission.run(() => createMeeting(body, keyOf(body)));
    if (done === undefined) return;
    setDone(true);
    navigate(`/meetings/${done.value.id}/links`);
  };
  return (
    <DashboardPage title={words().form.newTitle} back={{ href: "/meetings", text: words().toList }}>
      <form class={styles.form} novalidate onSubmit={(event) => void create(event)}>
        <Section title={words().form.about}>
          <div class={formStyles.form}>
            <Field
              label={words().form.name}
              placeholder={words().form.namePlaceholder}
              value={form().title}
              onInput={(title) => change({ title })}
              problem={problems().includes("title") ? words().form.nameMissing : undefined}
            />
            <TextArea
              label={`${words().form.description} (${wordsOf("dashboard").optional})`}
              hint={words().form.descriptionHint}
              value={form().description}
              onInput={(description) => change({ description })}
            />
          </div>
        </Section>
        <Section title={words().form.kind}>
          <div class={formStyles.form}>
            <WhenFields isTitled form={form()} problems={problems()} onChange={change} />
          </div>
        </Section>
        <Section title={words().people.title} lead={words().people.lead}>
          <PeoplePicker
            taken={people()}
            onPick={(person) => setPeople((before) => [...before, person])}
          />
          <Show when={people().length > 0}>
            <Rows label={words().people.toInvite}>
              <For each={people()}>
                {(person, at) => (
                  <Row
                    before={<Avatar id={person.account ?? person.email ?? ""} name={person.name} />}
                    title={person.name}
                    text={person.account === undefined
                      ? words().people.outside
                      : shownEmail(person.email ?? "")}
                  >
                    <RolePicker
                      name={person.name}
                      role={person.role}
                      hasAccount={person.account !== undefined}
                      onChoose={(role) =>
                        setPeople((before) =>
                          before.map((other, place) => place === at() ? { ...other, role } : other)
                        )}
                    />
                    <Button
                      look="quiet"
                      label={words().people.removeOf(person.name)}
                      onClick={() => setPeople((before) => before.filter((other) => other !== person))}
                    >
                      {words().people.remove}
                    </Button>
                  </Row>
                )}
              </For>
            </Rows>
          </Show>
        </Section>
        <details
          class={styles.more}
          onToggle={({ currentTarget }) => currentTarget.open && setWantsSettings(true)}
        >
          <summary>{words().settings.title}</summary>
          <div class={formStyles.form}>
            <p>{words().settings.leadNew}</p>
            <Show when={wantsSettings()}>
              <Suspense>
                <NewSettings changes={settings()} onChange={setSettings} />
              </Suspense>
            </Show>
          </div>
        </details>
        <FormFoot
          submission={submission}
          action={people().length === 0 ? words().form.create : words().form.createAndInvite(people().length)}
        />
      </form>
      <LeaveGuard isDirty={isDirty()} />
    </DashboardPage>
  );
}

/** A candidate in the API's form. */
export function personOf({ account, email, name, role }: Candidate): NewPerson {
  if (account !== undefined) return { account, role: role ?? "participant" };
  return { email: email ?? "", name: name === shownEmail(email ?? "") ? "" : name, role };
}

/** Focuses the first invalid field. */
export function focusProblem(form: HTMLFormElement): void {
  queueMicrotask(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
}
