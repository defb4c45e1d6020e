/** Icons of the reactions. Drawn after Lucide (ISC; public/licences.txt), each as a single path. */
import type { Shape } from "../../ui/Icon.tsx";

export const smile: Shape =
  "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zM8 14s1.5 2 4 2 4-2 4-2M9 9h.01M15 9h.01";
