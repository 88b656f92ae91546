import { SparkError } from '../../errors/index.js';
import { AttributeReference } from '../../plan/expressions/index.js';
import {
  Command,
  DescribeCommand,
  type Explain,
  type ExplainMode,
  type LogicalPlan,
  queriesOf,
  ResolvedCommand,
  ShowCommand,
} from '../../plan/logical/index.js';
import { STRING } from '../../types/index.js';
import { type CommandResult, textRows } from '../command-result.js';
import { QueryExecution } from '../query-execution.js';
import type { SparkSession } from '../spark-session.js';
import { describe } from './describe-commands.js';
import { show } from './show-commands.js';

/** EXPLAIN: one row, one column `plan`. A failing analysis is shown, not thrown, as in Spark. */
export function explain(session: SparkSession, command: Explain): CommandResult {
  const { query, mode } = command;
  if (query instanceof Command) {
    if (mode === 'cache') return textRows(['plan'], [[commandCacheText(session, query)]]);
    const analyzed = toldPlan(session, query);
    const shown = query instanceof DescribeCommand ? unresolvedText(query) : undefined;
    const result = textRows(['plan'], [[commandText(query, analyzed, shown, mode)]]);
    const modeName = `${mode[0]?.toUpperCase()}${mode.slice(1)}Mode`;
    return shown === undefined
      ? result
      : { ...result, plan: new ResolvedCommand(`ExplainCommand ${shown.split('\n')[0]}, ${modeName}`) };
  }
  const execution = new QueryExecution(session, query);
  if (mode === 'cache') return textRows(['plan'], [[session.explainCache(execution.analyzed).text]]);
  try {
    return textRows(['plan'], [[session.explainString(execution, mode)]]);
  } catch (e) {
    // Planning computes constants, which may raise. Spark: `ExplainCommand`.
    if (!(e instanceof SparkError) || e.kind !== 'runtime') throw e;
    const lines = `Error occurred during query planning: \n${e.message}`.split('\n');
    return textRows(
      ['plan'],
      lines.map((l) => [l]),
    );
  }
}

/** A command is carried out, never answered from cache; the queries that it runs may be. */
function commandCacheText(session: SparkSession, command: Command): string {
  const queries = queriesOf(command);
  if (queries.length === 0)
    return `== Cache ==\n${command.simpleString} is a command: commands are carried out, never answered from cache.\n`;
  const texts = queries.map((q) => session.explainCache(new QueryExecution(session, q).analyzed).text);
  return texts.map((t) => t.replace('\n', `\nThe query that ${command.simpleString} runs:\n`)).join('\n');
}

/** The analyzed command of statements that only tell something; others are not run to be explained. */
function toldPlan(session: SparkSession, query: Command): LogicalPlan | undefined {
  if (query instanceof DescribeCommand) return describe(session, query, true).plan;
  return query instanceof ShowCommand ? show(session, query).plan : undefined;
}

/** DESCRIBE as parsed, in Spark's text. */
function unresolvedText(d: DescribeCommand): string | undefined {
  if (d.what === 'query') return `DescribeQueryCommand ${d.queryText}`;
  if (d.what !== 'table') return undefined;
  const columns = (names: readonly string[]) =>
    `[${names.map((n) => AttributeReference.create(n, STRING, false)).join(', ')}]`;
  const entries = Object.entries(d.partition).map(([k, v]) => `${k}=${v}`);
  const partition = entries.length > 0 ? `[${entries.join(', ')}], ` : '';
  const name = `[${(d.nameParts ?? []).join(', ')}]`;
  if (d.asJson) return `'DescribeRelationJsonCommand ${partition}${d.extended}, ${columns(['json_metadata'])}`;
  if (d.column) return `'DescribeColumn '${d.column.join('.')}, ${d.extended}, ${columns(['info_name', 'info_value'])}`;
  const shown = columns(['col_name', 'data_type', 'comment']);
  return `'DescribeRelation ${partition}${d.extended}, ${shown}\n+- 'UnresolvedTableOrView ${name}, DESCRIBE TABLE, true`;
}

function commandText(
  query: Command,
  plan: LogicalPlan | undefined,
  parsed: string | undefined,
  mode: ExplainMode,
): string {
  if (!plan) return `== Physical Plan ==\nExecute ${query.simpleString}\n`;
  const tree = plan.treeString.trimEnd();
  const physical = `== Physical Plan ==\nExecute ${plan.nodeName}\n   +- ${tree.replaceAll('\n', '\n      ')}\n\n`;
  if (mode !== 'extended' || parsed === undefined) return physical;
  const schema = plan.output.map((a) => `${a.name}: ${a.dataType.simpleString}`).join(', ');
  return (
    `== Parsed Logical Plan ==\n${parsed}\n\n== Analyzed Logical Plan ==\n${schema}\n${tree}\n\n` +
    `== Optimized Logical Plan ==\n${tree}\n\n${physical}`
  );
}
