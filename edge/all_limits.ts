import { FEATURE_LIMITS } from "./feature_rules.ts";
import { type Limit, type LimitName, LIMITS } from "./limit_table.ts";

/** All rate limits: those of the table and those of features. */
export const ALL_LIMITS = { ...LIMITS, ...FEATURE_LIMITS } as Readonly<Record<LimitName, Limit>>;
