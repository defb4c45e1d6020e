/**
 * `deno run -A tools/describe_answers.ts`: writes edge/http/answer_examples.json, what the API's description gives as examples of answers. They are what an
 * edge answers to the examples of requests; run it when the shape of an answer has changed.
 */
import { ANSWERS_FILE, readAnswers } from "./describe/answers.ts";
import { ROOT } from "./places.ts";

const answers = await readAnswers();
await Deno.writeTextFile(`${ROOT}/${ANSWERS_FILE}`, `${JSON.stringify(answers, null, 2)}\n`);
console.log(`${Object.keys(answers).length} answers`);
