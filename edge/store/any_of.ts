import { type Expression, type RawBuilder, sql } from "kysely";

/**
 * Any of the values that a query for one column finds, for a comparison with "=". The query runs once: in an
 * `in`, PostgreSQL can run it for each row that it compares, and a query that locks rows then finds others
 * each time.
 */
export function anyOf<Value>(query: Expression<{ readonly [Column in string]: Value }>): RawBuilder<Value> {
  return sql<Value>`any(array(${query}))`;
}
