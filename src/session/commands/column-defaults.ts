import { analysisError } from '../../errors/index.js';
import { evaluateConstant } from '../../plan/analysis/constants.js';
import { Alias, Cast, type Expression, Literal, UnresolvedAttribute } from '../../plan/expressions/index.js';
import {
  Aggregate,
  GlobalLimit,
  LocalLimit,
  type LogicalPlan,
  Offset,
  OneRowRelation,
  Project,
  Sort,
  SubqueryAlias,
  UnresolvedInlineTable,
} from '../../plan/logical/index.js';
import { parseExpression } from '../../plan/sql/parser.js';
import { type DataType, type Metadata, quoteIdentifier, sameType } from '../../types/index.js';
import type { SparkSession } from '../spark-session.js';

/** Where a column keeps the SQL text of its default, and the text of the value for rows older than the column. */
export const CURRENT_DEFAULT = 'CURRENT_DEFAULT';
export const EXISTS_DEFAULT = 'EXISTS_DEFAULT';

interface Column {
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly metadata: Metadata;
}

/** The default of a column as a constant: its DEFAULT, else NULL; undefined where neither is allowed. */
export function columnDefault(session: SparkSession, column: Column): Expression | undefined {
  const text = column.metadata[CURRENT_DEFAULT];
  if (typeof text === 'string') return defaultValue(session, column, text);
  return column.nullable ? Literal.nullOf(column.dataType) : undefined;
}

/** Reads and computes a default. @throws INVALID_DEFAULT_VALUE */
export function defaultValue(session: SparkSession, column: Column, text: string): Expression {
  const parsed = parseExpression(text, session.conf.parserOptions);
  const plan = session.analyze(new Project([new Alias(parsed, column.name)], new OneRowRelation())) as Project;
  const [only] = plan.projectList;
  const e = only instanceof Alias ? only.child : (only as Expression);
  const value = evaluateConstant(
    sameType(e.dataType, column.dataType) ? e : new Cast(e, column.dataType, 'ANSI', session.timeZone),
    session.timeZone,
  );
  return new Literal(value, column.dataType);
}

/** DEFAULT in the select list or the VALUES of what is inserted becomes the default of the column at its place.
 * Spark: `ResolveColumnDefaultInCommandInputQuery`. @throws DEFAULT_PLACEMENT_INVALID */
export function withDefaults(
  session: SparkSession,
  plan: LogicalPlan,
  columns: readonly Column[],
  project = true,
  table = true,
): LogicalPlan {
  if (plan instanceof SubqueryAlias) return plan.mapChildren((c) => withDefaults(session, c, columns, project, table));
  const keepsColumns =
    plan instanceof GlobalLimit || plan instanceof LocalLimit || plan instanceof Offset || plan instanceof Sort;
  if (keepsColumns) return project ? plan.mapChildren((c) => withDefaults(session, c, columns, true, false)) : plan;
  const replaced = (e: Expression, i: number) => defaultAt(session, e, columns[i]);
  if (plan instanceof Project && project && plan.projectList.length <= columns.length) {
    const list = plan.projectList.map((e, i) => {
      const made = replaced(e, i);
      return made === e ? e : new Alias(made, 'DEFAULT');
    });
    const child = withDefaults(session, plan.child, columns, false, table);
    return list.every((e, i) => e === plan.projectList[i]) && child === plan.child ? plan : new Project(list, child);
  }
  if ((plan instanceof Project || plan instanceof Aggregate) && table)
    return plan.mapChildren((c) => withDefaults(session, c, columns, false, table));
  if (plan instanceof UnresolvedInlineTable && table && plan.rows.every((r) => r.length <= columns.length)) {
    const rows = plan.rows.map((r) => r.map(replaced));
    const same = rows.every((r, i) => r.every((e, j) => e === plan.rows[i]?.[j]));
    return same ? plan : new UnresolvedInlineTable(plan.names, rows).withOrigin(plan.origin);
  }
  return plan;
}

function isDefault(e: Expression): boolean {
  return e instanceof UnresolvedAttribute && e.nameParts.length === 1 && e.nameParts[0]?.toLowerCase() === 'default';
}

function defaultAt(session: SparkSession, e: Expression, column: Column | undefined): Expression {
  const inner = e instanceof Alias ? undefined : e;
  if (inner && isDefault(inner) && column) {
    const made = columnDefault(session, column);
    if (!made) throw analysisError('NO_DEFAULT_COLUMN_VALUE_AVAILABLE', { colName: quoteIdentifier(column.name) });
    return made;
  }
  if (e.exists(isDefault)) throw analysisError('DEFAULT_PLACEMENT_INVALID', {});
  return e;
}
