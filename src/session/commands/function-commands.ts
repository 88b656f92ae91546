import { analysisError } from '../../errors/index.js';
import { functionEntry, functionEntryNames } from '../../eval/docs/index.js';
import { castFunctionType } from '../../eval/registry.js';
import type { SqlFunction } from '../../plan/expressions/index.js';
import type { DescribeCommand, RoutineColumn } from '../../plan/logical/index.js';
import { quoteIdentifier } from '../../types/index.js';
import { type CommandResult, shownRows } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';

/** Names of the built-in functions and operators that fit, in order. */
export function functionNames(matches: (name: string) => boolean): string[] {
  return functionEntryNames().filter(matches);
}

/** DESCRIBE FUNCTION. Spark: `DescribeFunctionCommand`. @throws UNRESOLVED_ROUTINE */
export function describeFunction(session: SparkSession, command: DescribeCommand): CommandResult {
  const nameParts = command.nameParts ?? [];
  const lines = linesOf(session, nameParts, command.extended);
  const text = `DescribeFunctionCommand org.apache.spark.sql.catalyst.expressions.ExpressionInfo@0, ${command.extended}`;
  return shownRows(
    text,
    ['function_desc'],
    lines.map((l) => [l]),
  );
}

function linesOf(session: SparkSession, nameParts: readonly string[], extended: boolean): string[] {
  const { catalog } = session.sessionState;
  const routine = catalog.routines.find(nameParts, catalog.currentDatabase);
  const name = (nameParts.at(-1) ?? '').toLowerCase();
  const builtin = nameParts.length === 1 && routine === undefined ? builtinLines(name, extended) : undefined;
  if (builtin) return builtin;
  if (routine === undefined)
    throw analysisError('UNRESOLVED_ROUTINE', {
      routineName: nameParts.map(quoteIdentifier).join('.'),
      searchPath: `[\`system\`.\`builtin\`, \`system\`.\`session\`, \`${catalog.currentCatalog}\`.\`${catalog.currentDatabase}\`]`,
    });
  if (routine.kind === 'sql') return sqlFunctionLines(routine.f, extended);
  const [c, database] = catalog.routines.qualified(nameParts, catalog.currentDatabase);
  return [`Function: ${c}.${database}.${name}`, `Class: ${routine.className}`, 'Usage: N/A.'];
}

/** Lines on a built-in function; those that cast have one text for all. */
function builtinLines(name: string, extended: boolean): string[] | undefined {
  const entry = functionEntry(name);
  if (!entry) return undefined;
  const { usages, description, notes, since, examples, sparkClass = name } = entry;
  const casts = castFunctionType(name) !== undefined;
  const usage = casts
    ? `${name}(expr) - Casts the value \`expr\` to the target data type \`${name}\`.`
    : `${usages.join(' / ')} - ${[description, ...notes].join(' ')}`;
  const out = [
    `Function: ${name}`,
    `Class: ${EXPRESSIONS}.${entry.family === 'aggregate' ? 'aggregate.' : ''}${casts ? 'Cast' : sparkClass}`,
    `Usage: ${usage}`,
  ];
  if (!extended) return out;
  const shown = examples.flatMap(({ sql, rows }) => [`      > ${sql};`, ...rows.map((r) => `       ${r}`)]);
  const body = casts ? [`    No example/argument for ${name}.`] : ['    Examples:', ...shown];
  return [...out, ['Extended Usage:', ...body, '', `    Since: ${casts ? '2.0.1' : since}`, ''].join('\n')];
}
const EXPRESSIONS = 'org.apache.spark.sql.catalyst.expressions';

function sqlFunctionLines(f: SqlFunction, extended: boolean): string[] {
  const line = (label: string, text: string): string => `${label.padEnd(15)}${text}`;
  const columns = (label: string, list: readonly RoutineColumn[]): string[] => {
    const width = Math.max(0, ...list.map((c) => c.name.length));
    return list.map((c, i) => line(i === 0 ? label : '', `${c.name.padEnd(width)} ${c.dataType.sql}`));
  };
  const out = [line('Function:', f.name), line('Type:', f.columns === undefined ? 'SCALAR' : 'TABLE')];
  out.push(...(f.parameters.length === 0 ? [line('Input:', '()')] : columns('Input:', f.parameters)));
  out.push(...(f.columns === undefined ? [line('Returns:', f.returnType?.sql ?? '')] : columns('Returns:', f.columns)));
  if (extended) out.push(line('Deterministic:', String(f.deterministic)));
  return out;
}
