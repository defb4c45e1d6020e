/** Icons of the timer. Drawn after Lucide (ISC; public/licences.txt), each as a single path. */
import type { Shape } from "../../ui/Icon.tsx";

export const timer: Shape = "M10 2h4M12 14l3-3M12 6a8 8 0 1 1 0 16 8 8 0 0 1 0-16z";
