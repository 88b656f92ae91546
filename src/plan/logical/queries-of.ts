import { CacheTable, CreateTable, InsertInto, MultiInsert } from './commands.js';
import type { LogicalPlan } from './logical-plan.js';

/** The queries that a command runs, unresolved; none for what is no command. */
export function queriesOf(plan: LogicalPlan): readonly LogicalPlan[] {
  if (plan instanceof InsertInto) return [plan.query];
  if (plan instanceof MultiInsert) return plan.inserts.map((i) => i.query);
  if (plan instanceof CreateTable || plan instanceof CacheTable) return plan.query ? [plan.query] : [];
  return [];
}
