import {
  AggregateCall,
  Alias,
  AttributeReference,
  Cast,
  type Expression,
  JavaScriptUdf,
  Literal,
  NamedLambdaVariable,
  OuterReference,
  ScalarCall,
  SubqueryExpression,
  VariableReference,
} from '../../plan/expressions/index.js';
import { CTERelationDef, CTERelationRef } from '../../plan/logical/cte.js';
import { Command, LocalRelation, type LogicalPlan, LogicalRelation, Range } from '../../plan/logical/index.js';
import { OneRowRelation } from '../../plan/logical/relations.js';
import type { DataType } from '../../types/index.js';
import { FileTable } from '../file-relation.js';

/** What a plan computes, as a text that means the same in every process; or why there is no such text. */
export type PlanText = { readonly text: string } | { readonly refused: string };

/** Ids above this are ours: far beyond those that a process draws. */
const FIRST_ID = 1_000_000_000_000;
const OWN_ID = /\b1\d{12}\b/;

/** Calls without arguments that always give the same; the others tell of the moment, the user or the session. */
const CONSTANT_CALLS: ReadonlySet<string> = new Set(['pi', 'e', 'array', 'map', 'struct', 'named_struct', 'concat']);
const SPECIAL_MOMENT = /^\s*(epoch|now|today|tomorrow|yesterday)\b/i;

/** The text of an analyzed plan. It is the canonical plan that the cache matches by, except that
 * - local rows count by their content, whoever made them;
 * - ids that canonicalization leaves are drawn anew, in the order of the plan; then the plan counts as it is written;
 * - plans whose rows may differ at another time, for another user, or that call functions of the user's are refused. */
export function planText(plan: LogicalPlan): PlanText {
  const refused = refusal(plan);
  if (refused !== undefined) return { refused };
  const own = withOwnIds(plan);
  const canonical = own.canonicalized.key;
  return { text: `${OWN_ID.test(canonical) ? `as written ${own.key}` : canonical} ${surroundings(own)}` };
}

/** What of the session the plan's calls may ask when they run, beyond what Spark's canonical plans hold of it: another process
 * must not be served what was computed under other confs. */
function surroundings(plan: LogicalPlan): string {
  const asked = new Set<string>();
  plan.foreachWithSubqueries((p) => {
    for (const top of p.expressions)
      top.foreach((e) => {
        if (e instanceof ScalarCall || e instanceof AggregateCall)
          asked.add(`${e.def.name} ${e.mode} ${e.timeZone ?? ''}`);
      });
  });
  return JSON.stringify([...asked].sort());
}

/** Whether a text is read as a moment anywhere in the plan: a time of day without a date means today. */
export function readsMoments(plan: LogicalPlan): boolean {
  let found = false;
  const isText = (t: DataType) => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';
  plan.foreachWithSubqueries((p) => {
    if (p instanceof LogicalRelation && p.relation.format !== 'parquet')
      found ||= p.output.some((a) => mentionsMoment(a.dataType));
    for (const top of p.expressions)
      top.foreach((e) => {
        if (e.children.length === 0 || found || e instanceof Alias) return;
        if (!e.children.some((c) => isText(c.dataType))) return;
        found = mentionsMoment(e.dataType);
      });
  });
  return found;
}

function mentionsMoment(t: DataType): boolean {
  switch (t.kind) {
    case 'timestamp':
    case 'timestamp_ntz':
      return true;
    case 'array':
      return mentionsMoment(t.elementType);
    case 'map':
      return mentionsMoment(t.keyType) || mentionsMoment(t.valueType);
    case 'struct':
      return t.fields.some((f) => mentionsMoment(f.dataType));
    default:
      return false;
  }
}

function refusal(plan: LogicalPlan): string | undefined {
  let why: string | undefined;
  plan.foreachWithSubqueries((p) => {
    why ??= refusalOfNode(p);
    for (const top of p.expressions)
      top.foreach((e) => {
        why ??= refusalOfExpression(e);
      });
  });
  return why;
}

function refusalOfNode(p: LogicalPlan): string | undefined {
  if (p instanceof Command) return 'it is a command';
  if (p.children.length > 0) return undefined;
  if (p instanceof LogicalRelation)
    return p.relation instanceof FileTable ? undefined : `nothing is known of the state of ${p.simpleString}`;
  const isKnown =
    p instanceof LocalRelation || p instanceof Range || p instanceof OneRowRelation || p instanceof CTERelationRef;
  return isKnown ? undefined : `nothing is known of the state of ${p.nodeName}`;
}

function refusalOfExpression(e: Expression): string | undefined {
  if (e instanceof JavaScriptUdf) return `it calls the JavaScript function ${e.name}`;
  if (e instanceof VariableReference && e.definition.isPending)
    return `the variable ${e.definition.name} has no value yet`;
  // Of aggregates whose result depends on the order of rows (`first`, `collect_list`) every answer is right.
  if (!e.deterministic && e.children.every((c) => c.deterministic))
    if (!(e instanceof AggregateCall) && !(e instanceof SubqueryExpression))
      return `${e.sql(true)} is not deterministic`;
  if (e instanceof ScalarCall && e.operands.length === 0 && !CONSTANT_CALLS.has(e.def.name))
    return `${e.sql(true)} depends on when or by whom it is asked`;
  if (e instanceof Cast && e.child instanceof Literal && typeof e.child.value === 'string')
    if (/^(date|timestamp)/.test(e.dataType.kind) && SPECIAL_MOMENT.test(e.child.value))
      return `${e.sql(false)} depends on when it is asked`;
  return undefined;
}

/** The plan with ids numbered by their first place in it, and local rows without identity. */
function withOwnIds(plan: LogicalPlan): LogicalPlan {
  const ids = new Map<number, number>();
  const ctes = new Map<number, number>();
  const own = (id: number) => numbered(ids, id, FIRST_ID);
  const ownExpression = (e: Expression): Expression => {
    if (e instanceof AttributeReference) return e.withExprId(own(e.exprId));
    if (e instanceof Alias) return e.withExprId(own(e.exprId));
    if (e instanceof OuterReference) return new OuterReference(e.child.withExprId(own(e.exprId)));
    if (e instanceof NamedLambdaVariable) return new NamedLambdaVariable(e.name, e.dataType, e.nullable, own(e.exprId));
    return e;
  };
  return plan.transformUpWithSubqueries((p) => {
    const node = p.transformExpressionsUp(ownExpression);
    if (node instanceof LocalRelation) return new LocalRelation(node.output, node.rows);
    if (node instanceof CTERelationDef) return new CTERelationDef(node.child, numbered(ctes, node.id, 0));
    if (node instanceof CTERelationRef)
      return new CTERelationRef(numbered(ctes, node.cteId, 0), node.output, node.isResolved);
    return node;
  });
}

function numbered(numbers: Map<number, number>, id: number, first: number): number {
  let number = numbers.get(id);
  if (number === undefined) numbers.set(id, (number = first + numbers.size));
  return number;
}
