/** Icons of the sign-in. Drawn after Lucide (ISC; public/licences.txt), each as a single path. */
import type { Shape } from "../ui/Icon.tsx";

export const key: Shape =
  "M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4zM16.5 7.5h.01";
