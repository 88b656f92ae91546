import {
  CacheTable,
  ClearCache,
  Command,
  CreateTable,
  InsertInto,
  type LogicalPlan,
  MultiInsert,
  RefreshResource,
  RefreshTable,
  TruncateTable,
  UncacheTable,
} from '../plan/logical/index.js';
import type { StatementKind } from './report.js';

export function kindOf(plan: LogicalPlan | undefined): StatementKind {
  if (!plan) return 'failed';
  if (!(plan instanceof Command)) return 'query';
  if (plan instanceof CacheTable) return 'cache';
  if (plan instanceof UncacheTable || plan instanceof ClearCache) return 'uncache';
  if (plan instanceof RefreshTable || plan instanceof RefreshResource) return 'refresh';
  if (plan instanceof InsertInto || plan instanceof MultiInsert || plan instanceof TruncateTable) return 'write';
  if (plan instanceof CreateTable && plan.query) return 'write';
  return /^(Create|Drop|Alter|CommentOn|Use)/.test(plan.kind) ? 'definition' : 'other';
}

/** A statement's verb in words: `INSERT`, `REFRESH TABLE`. */
export function verbOf(plan: LogicalPlan | undefined): string {
  if (plan instanceof InsertInto || plan instanceof MultiInsert) return 'INSERT';
  const words = (plan?.kind ?? 'statement')
    .replace(/(Statement|Command)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(' ');
  return words.join(' ').toUpperCase();
}

/** A statement on one line. */
export function shortText(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
