import { Command, DescribeCommand, type Explain, ShowCommand } from '../../plan/logical/index.js';
import { type CommandResult, textRows } from '../command-result.js';
import { QueryExecution } from '../query-execution.js';
import type { SparkSession } from '../spark-session.js';
import { describe } from './describe-commands.js';
import { show } from './show-commands.js';

/** EXPLAIN: one row, one column `plan`. A failing analysis is shown, not thrown, as in Spark. */
export function explain(session: SparkSession, command: Explain): CommandResult {
  const { query, mode } = command;
  if (query instanceof Command) return textRows(['plan'], [[commandText(session, query)]]);
  const execution = new QueryExecution(session, query);
  const text =
    mode === 'cache' ? session.explainCache(execution.analyzed).text : session.explainString(execution, mode);
  return textRows(['plan'], [[text]]);
}

/** Of statements that only tell something, the analyzed command; others are not run to be explained. */
function commandText(session: SparkSession, query: Command): string {
  const head = '== Physical Plan ==\nExecute ';
  const plan =
    query instanceof DescribeCommand
      ? describe(session, query).plan
      : query instanceof ShowCommand
        ? show(session, query).plan
        : undefined;
  if (!plan) return `${head}${query.simpleString}\n`;
  const tree = plan.treeString.trimEnd().replaceAll('\n', '\n      ');
  return `${head}${plan.nodeName}\n   +- ${tree}\n\n`;
}
