import type { LogicalPlan } from '../../plan/logical/logical-plan.js';
import { InMemoryRelation, storageText } from '../../plan/logical/relations.js';
import { statistics } from '../../plan/optimizer/statistics.js';
import { type DrawnNode, drawTree } from '../../plan/tree-node.js';
import { AdaptiveSparkPlanExec } from './exchange.js';
import { JoinExec } from './joins.js';
import { bracketed, type PhysicalPlan } from './physical-plan.js';
import { PlannedSubquery } from './planned-subquery.js';
import { InMemoryTableScanExec } from './scan.js';
import { SharedScanExec } from './shared-scan.js';
import { CodegenStageExec } from './stages.js';

/** The stages of a query that explain shows. */
export interface ExplainedQuery {
  readonly logical: LogicalPlan;
  readonly analyzed: LogicalPlan;
  readonly optimizedPlan: LogicalPlan;
  readonly executedPlan: PhysicalPlan;
}

export type ExplainMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted';

/** The text of `EXPLAIN`, ending in a newline. `maxFields`: `spark.sql.debug.maxToStringFields`.
 * Spark: `QueryExecution.explainString`. */
export function explainString(query: ExplainedQuery, mode: ExplainMode, maxFields = 25): string {
  switch (mode) {
    case 'simple':
      return `== Physical Plan ==\n${query.executedPlan.treeString(maxFields)}\n`;
    case 'extended':
      return (
        `== Parsed Logical Plan ==\n${query.logical.treeString}\n` +
        `== Analyzed Logical Plan ==\n${schemaLine(query.analyzed)}${query.analyzed.treeString}\n` +
        `== Optimized Logical Plan ==\n${query.optimizedPlan.treeString}\n` +
        `== Physical Plan ==\n${query.executedPlan.treeString(maxFields)}`
      );
    case 'cost':
      return (
        `== Optimized Logical Plan ==\n${drawTree(withStatistics(query.optimizedPlan))}\n` +
        `== Physical Plan ==\n${query.executedPlan.treeString(maxFields)}\n`
      );
    case 'codegen':
      return 'Found 0 WholeStageCodegen subtrees.\nNo Java code is generated: pipelines run WebAssembly kernels.\n';
    case 'formatted':
      return `== Physical Plan ==\n${formatted(query.executedPlan, maxFields)}\n`;
  }
}

function schemaLine(plan: LogicalPlan): string {
  const { output } = plan;
  return output.length === 0 ? '' : `${output.map((a) => `${a.name}: ${a.dataType.simpleString}`).join(', ')}\n`;
}

function withStatistics(plan: LogicalPlan): DrawnNode {
  const s = statistics(plan);
  const rows = s.rowCount === undefined ? '' : `, rowCount=${s.rowCount}`;
  return {
    lines: `${plan.simpleString}, Statistics(sizeInBytes=${bytesText(s.sizeInBytes)}${rows})`,
    inner: plan instanceof InMemoryRelation ? plan.drawnInside : plan.innerChildren.map(withStatistics),
    children: plan.children.map(withStatistics),
  };
}

/** As Spark prints sizes: `4.0 KiB`. Spark: `Utils.bytesToString`. */
export function bytesText(size: bigint): string {
  const units: readonly [string, bigint][] = [
    ['EiB', 1n << 60n],
    ['PiB', 1n << 50n],
    ['TiB', 1n << 40n],
    ['GiB', 1n << 30n],
    ['MiB', 1n << 20n],
    ['KiB', 1n << 10n],
  ];
  if (size >= 1n << 71n) return `${Number(size).toExponential(2).replace('e+', 'E+')} B`;
  for (const [name, unit] of units)
    if (size >= 2n * unit) return `${(Number((size * 10n + unit / 2n) / unit) / 10).toFixed(1)} ${name}`;
  return `${Number(size).toFixed(1)} B`;
}

/** A tree of numbered nodes, then each node's details. Spark: `ExplainUtils.processPlan`. */
function formatted(plan: PhysicalPlan, maxFields: number): string {
  const numbers = new Map<PhysicalPlan, number>();
  const subqueries: PlannedSubquery[] = [];
  let next = 0;
  const stages = new Map<PhysicalPlan, number>();
  /** Cached relations, by their scans. */
  const relations = new Map<InMemoryTableScanExec, number>();
  const number = (p: PhysicalPlan, stage?: number): void => {
    if (p instanceof CodegenStageExec) {
      number(p.child, p.id);
      return;
    }
    const inStage = p.supportsCodegen ? stage : undefined;
    for (const c of p.children) number(c, inStage);
    if (!numbers.has(p)) numbers.set(p, ++next);
    if (p instanceof InMemoryTableScanExec && !relations.has(p)) {
      relations.set(p, ++next);
      const filledBy = fillingPlan(p);
      if (filledBy) number(filledBy);
    }
    if (inStage !== undefined) stages.set(p, inStage);
    for (const s of p.subqueries) if (s instanceof PlannedSubquery && !subqueries.includes(s)) subqueries.push(s);
  };
  number(plan);
  // Subqueries of subqueries are appended while the list is walked.
  for (let i = 0; i < subqueries.length; i++) number((subqueries[i] as PlannedSubquery).physical);

  const drawn = (p: PhysicalPlan, stage: number | undefined): DrawnNode => {
    if (p instanceof CodegenStageExec) return drawn(p.child, p.id);
    const star = stage !== undefined && p.supportsCodegen ? '* ' : '';
    const inner =
      p instanceof InMemoryTableScanExec
        ? [drawnRelation(p)]
        : p instanceof SharedScanExec
          ? p.innerChildren.map((c) => c.drawn(maxFields))
          : [];
    return {
      lines: `${star}${title(p)} (${numbers.get(p)})`,
      inner,
      children: p.children.map((c) => drawn(c, p.supportsCodegen ? stage : undefined)),
    };
  };
  const drawnRelation = (p: InMemoryTableScanExec): DrawnNode => {
    const filledBy = fillingPlan(p);
    const lines = `InMemoryRelation (${relations.get(p)})`;
    return { lines, inner: filledBy ? [drawn(filledBy, undefined)] : [], children: [] };
  };
  const details = [
    ...[...numbers].map(([p, n]) => [n, detail(p, n, stages.get(p), maxFields)] as const),
    ...[...relations].map(([p, n]) => [n, relationDetail(p, n, maxFields)] as const),
  ].sort((a, b) => a[0] - b[0]);
  let text = `${drawTree(drawn(plan, undefined))}\n\n`;
  const own = new Set<number>();
  const claim = (into: Set<number>, root: PhysicalPlan): void =>
    root.foreach((p) => {
      const n = numbers.get(p);
      if (n !== undefined) into.add(n);
      const relation = p instanceof InMemoryTableScanExec ? relations.get(p) : undefined;
      if (relation === undefined) return;
      into.add(relation);
      const filledBy = fillingPlan(p as InMemoryTableScanExec);
      if (filledBy) claim(into, filledBy);
    });
  claim(own, plan);
  text += details
    .filter(([n]) => own.has(n))
    .map(([, t]) => t)
    .join('\n\n');
  if (subqueries.length === 0) return `${text}\n`;
  text += '\n\n===== Subqueries =====\n';
  for (const s of subqueries) {
    const host = [...numbers].find(([p]) => p.subqueries.includes(s));
    text += `\nSubquery:${subqueries.indexOf(s) + 1} Hosting operator id = ${host?.[1]} Hosting Expression = ${s}\n`;
    text += `${drawTree(drawn(s.physical, undefined))}\n\n`;
    const ids = new Set<number>();
    claim(ids, s.physical);
    text += details
      .filter(([n]) => ids.has(n))
      .map(([, t]) => t)
      .join('\n\n');
    text += '\n';
  }
  return text;
}

/** The plan that fills a cached relation. */
function fillingPlan(scan: InMemoryTableScanExec): PhysicalPlan | undefined {
  return (scan.relation.cached as { readonly executedPlan?: PhysicalPlan }).executedPlan;
}

function relationDetail({ relation }: InMemoryTableScanExec, n: number, maxFields: number): string {
  const { output, cached } = relation;
  return `(${n}) InMemoryRelation\nArguments: ${bracketed(output, maxFields)}, ${storageText(cached)}`;
}

function title(p: PhysicalPlan): string {
  return p.kind === 'FileSourceScanExec' ? p.nodeName.replace(/^FileScan/, 'Scan') : formattedName(p);
}
function formattedName(p: PhysicalPlan): string {
  if (!(p instanceof JoinExec)) return p.nodeName;
  const build = p.buildSide === undefined ? '' : p.buildSide === 'left' ? ' BuildLeft' : ' BuildRight';
  return `${p.nodeName} ${p.joinType.kind}${build}`;
}

function detail(p: PhysicalPlan, n: number, stage: number | undefined, maxFields: number): string {
  if (p instanceof AdaptiveSparkPlanExec)
    return `(${n}) AdaptiveSparkPlan\nOutput [${p.output.length}]: [${p.output.join(', ')}]\nArguments: isFinalPlan=${p.isFinalPlan}`;
  const lines = p
    .formattedDetails(maxFields)
    .map(([label, text]) =>
      text === '[0]: []'
        ? `${label}: []`
        : /^\[\d+\]: /.test(text)
          ? `${label} ${text}`
          : `${label}${label === 'Condition' ? ' ' : ''}: ${text}`,
    );
  const codegen = stage === undefined ? '' : ` [codegen id : ${stage}]`;
  const name = p instanceof JoinExec ? p.nodeName : title(p);
  return [`(${n}) ${name}${codegen}`, ...lines].join('\n');
}
