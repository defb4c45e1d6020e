import { createSignal } from "solid-js";
import { type Account, changeAccount } from "../api/account.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { FormFoot } from "../dashboard/FormFoot.tsx";
import { LeaveGuard } from "../dashboard/LeaveGuard.tsx";
import { Section } from "../dashboard/Section.tsx";
import type { Language } from "@tafelrunde/protocol";
import { chooseLanguage, language, LANGUAGE_NAMES, wordsOf } from "../i18n/language.ts";
import { askAgain, meIs } from "../me/me.ts";
import { allZones, ownZone } from "../meetings/zone.ts";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { Toggle } from "../ui/Toggle.tsx";
import formStyles from "../dashboard/Form.module.css";

/** Name, language, time zone, and mail settings. */
export function Profile(props: { readonly account: Account }) {
  const words = () => wordsOf("account");
  const [name, setName] = createSignal(props.account.name);
  const [tongue, setTongue] = createSignal<Language | null>(props.account.language);
  const [zone, setZone] = createSignal(props.account.timeZone);
  const [mailsAnswers, setMailsAnswers] = createSignal(props.account.mailsAnswers);
  const [isSaved, setSaved] = createSignal(false);
  const submission = createSubmission();
  const change = () => ({
    ...(name().trim() === props.account.name ? {} : { name: name().trim() }),
    ...(tongue() === props.account.language ? {} : { language: tongue() }),
    ...(zone() === props.account.timeZone ? {} : { timeZone: zone() }),
    ...(mailsAnswers() === props.account.mailsAnswers ? {} : { mailsAnswers: mailsAnswers() }),
  });
  const isDirty = () => Object.keys(change()).length > 0;

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (name().trim() === "") return;
    const done = await submission.run(() => changeAccount(change(), props.account.version));
    if (done === undefined) return;
    meIs(done.value);
    setSaved(true);
    const chosen = done.value.language;
    if (chosen !== null && chosen !== language()) await chooseLanguage(chosen);
  };
  return (
    <Section title={words().profile} lead={words().profileLead}>
      <form
        class={formStyles.form}
        novalidate
        onSubmit={(event) => void save(event)}
        onInput={() => setSaved(false)}
      >
        <Field
          label={words().name}
          autocomplete="name"
          value={name()}
          onInput={setName}
          problem={name().trim() === "" ? words().nameMissing : undefined}
        />
        <Choice
          label={words().language}
          value={tongue() ?? ""}
          options={[
            { value: "", text: words().languageAuto },
            ...Object.entries(LANGUAGE_NAMES).map(([value, text]) => ({ value, text })),
          ]}
          onChoose={(value) => setTongue(value === "" ? null : value as Language)}
        />
        <Choice
          label={words().zone}
          value={zone() ?? ""}
          options={[
            { value: "", text: words().zoneAuto(ownZone()) },
            ...allZones(zone() ?? ownZone()).map((value) => ({ value, text: value.replaceAll("_", " ") })),
          ]}
          onChoose={(value) => setZone(value === "" ? null : value)}
        />
        <Toggle
          label={words().mailsAnswers}
          hint={words().mailsAnswersHint}
          isOn={mailsAnswers()}
          onChange={setMailsAnswers}
        />
        <FormFoot
          submission={submission}
          isSaved={isSaved() && !isDirty()}
          isIdle={!isDirty()}
          onReload={() => void askAgain()}
        />
      </form>
      <LeaveGuard isDirty={isDirty()} />
    </Section>
  );
}
