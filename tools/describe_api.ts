/**
 * `deno run -A tools/describe_api.ts`: updates the API description's texts from the doc comments of
 * protocol/.
 */
import { readWords, WORDS_FILE } from "./describe/doc_comments.ts";
import { ROOT } from "./places.ts";

await Deno.writeTextFile(`${ROOT}/${WORDS_FILE}`, `${JSON.stringify(readWords(), null, 2)}\n`);
