/**
 * Whether a statement violated this unique index or foreign key. Source: PostgreSQL, appendix A, class 23.
 */
export function violates(error: unknown, constraint: string): boolean {
  return error instanceof Error && "constraint" in error && error.constraint === constraint;
}
