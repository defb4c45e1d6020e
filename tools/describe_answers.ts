/**
 * `deno run -A tools/describe_answers.ts`: writes edge/http/answer_examples.json, the example responses of
 * the API description: an edge's responses to the example requests. Run it when the shape of a response
 * changes.
 */
import { ANSWERS_FILE, readAnswers } from "./describe/answers.ts";
import { ROOT } from "./places.ts";

const answers = await readAnswers();
await Deno.writeTextFile(`${ROOT}/${ANSWERS_FILE}`, `${JSON.stringify(answers, null, 2)}\n`);
console.log(`${Object.keys(answers).length} answers`);
