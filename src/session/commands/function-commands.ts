import { analysisError } from '../../errors/index.js';
import { allFunctions, lookupAggregate, lookupScalar } from '../../eval/registry.js';
import type { SqlFunction } from '../../plan/expressions/index.js';
import type { DescribeCommand, RoutineColumn } from '../../plan/logical/index.js';
import { quoteIdentifier } from '../../types/index.js';
import { type CommandResult, shownRows } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';

/** Names of the built-in functions that fit, in order. */
export function functionNames(matches: (name: string) => boolean): string[] {
  return [...new Set(allFunctions().map((f) => f.name))].filter(matches).sort();
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
  const def = nameParts.length === 1 ? (lookupScalar(name) ?? lookupAggregate(name)) : undefined;
  if (def && routine === undefined)
    return [
      `Function: ${def.name}`,
      `Class: ${def.sparkClass}`,
      `Usage: ${def.doc ? `${def.doc.usage} - ${def.doc.description}` : def.name}`,
    ];
  if (routine === undefined)
    throw analysisError('UNRESOLVED_ROUTINE', {
      routineName: nameParts.map(quoteIdentifier).join('.'),
      searchPath: `[\`system\`.\`builtin\`, \`system\`.\`session\`, \`${catalog.currentCatalog}\`.\`${catalog.currentDatabase}\`]`,
    });
  if (routine.kind === 'sql') return sqlFunctionLines(routine.f, extended);
  const [c, database] = catalog.routines.qualified(nameParts, catalog.currentDatabase);
  return [`Function: ${c}.${database}.${name}`, `Class: ${routine.className}`, 'Usage: N/A.'];
}

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
