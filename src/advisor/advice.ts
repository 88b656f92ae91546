import type { LogicalPlan } from '../plan/logical/index.js';
import type { AdvisedLevel } from './pick.js';
import { REFUSALS, type RefusalReason } from './reasons.js';
import { sizeText } from './size.js';

/** Something to cache. Times are milliseconds, sizes bytes. */
export interface AdvisedEntry {
  /** `CACHE TABLE …`; for a plan without name and text a line that says what to persist. */
  readonly statement: string;
  readonly name: string | undefined;
  readonly level: AdvisedLevel;
  readonly plan: LogicalPlan;
  /** Queries of the workload that read it, and how often in all. */
  readonly queries: number;
  readonly uses: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly buildMs: number;
  /** In one run of the workload, beside the other entries. */
  readonly savingMs: number;
  /** From this run of the workload on it has paid for itself. */
  readonly paysFromRun: number;
  /** Queries, analyzed anew, that were seen to read it, of those that it is meant for. */
  readonly hits: number;
}

export interface RefusedPlan {
  readonly reason: RefusalReason;
  readonly plan: LogicalPlan;
  readonly uses: number;
}

/** The figures of a workload and what to cache for it. */
export interface AdviceData {
  readonly queries: number;
  readonly recordedRuns: number;
  readonly runs: number;
  readonly budgetBytes: number;
  /** One run of the workload as it is, and as is expected with the advice; measured query by query, the fastest of some runs. */
  readonly workloadMs: number;
  readonly expectedMs: number;
  readonly entries: readonly AdvisedEntry[];
  readonly refused: readonly RefusedPlan[];
}

const ms = (n: number) =>
  n < 10 ? `${n.toFixed(1)} ms` : n < 10_000 ? `${Math.round(n)} ms` : `${(n / 1000).toFixed(1)} s`;
const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** What there is to say if nothing is advised. */
export function verdict({ entries, refused }: AdviceData): string {
  if (entries.length > 0) return `Cache ${counted(entries.length, 'plan')}.`;
  if (refused.length === 0) return `Caching cannot pay. ${REFUSALS.NOTHING_REPEATED}`;
  const reasons = [...new Set(refused.map((r) => r.reason))];
  return `Caching cannot pay. ${reasons.map((r) => REFUSALS[r]).join(' ')}`;
}

export function adviceText(data: AdviceData): string {
  const { entries, refused } = data;
  const lines = [
    verdict(data),
    '',
    `workload  ${counted(data.queries, 'query', 'queries')}, ${counted(data.recordedRuns, 'run')} recorded, ${ms(data.workloadMs)}`,
    `budget    ${sizeText(data.budgetBytes)}, expected to run ${counted(data.runs, 'time')}`,
  ];
  if (entries.length > 0) {
    const memory = entries.reduce((n, e) => n + e.memoryBytes, 0);
    const build = entries.reduce((n, e) => n + e.buildMs, 0);
    lines.push(
      `expected  ${ms(data.expectedMs)} a run (${ratio(data.expectedMs, data.workloadMs)}), after ${ms(build)} to fill ${sizeText(memory)} of memory`,
      '',
    );
    for (const e of entries)
      lines.push(
        `${e.statement};`,
        `    -- saves ${ms(e.savingMs)} a run in ${counted(e.queries, 'query', 'queries')} (${counted(e.uses, 'use')}), pays from run ${e.paysFromRun} on; ${sizes(e)}, ${ms(e.buildMs)} to fill; ${e.hits} of ${e.queries} verified to hit`,
      );
  }
  if (refused.length > 0) {
    lines.push('', 'not advised');
    for (const r of refused)
      lines.push(`    ${r.reason.padEnd(16)} ${counted(r.uses, 'use').padStart(7)}  ${short(r.plan.simpleString)}`);
  }
  return `${lines.join('\n')}\n`;
}

function sizes(e: AdvisedEntry): string {
  const parts = [
    ...(e.memoryBytes > 0 ? [`${sizeText(e.memoryBytes)} of memory`] : []),
    ...(e.diskBytes > 0 ? [`${sizeText(e.diskBytes)} on disk`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'no memory';
}
const ratio = (a: number, b: number) => (b > 0 ? (a / b).toFixed(2) : '1.00');
const short = (text: string) => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

/** As JSON; `docs/advisor.md` describes it. */
export function adviceJson(data: AdviceData): Record<string, unknown> {
  return {
    version: 1,
    verdict: verdict(data),
    workload: { queries: data.queries, recordedRuns: data.recordedRuns, ms: data.workloadMs },
    runs: data.runs,
    budgetBytes: data.budgetBytes,
    expectedMs: data.expectedMs,
    entries: data.entries.map(({ plan, ...rest }) => ({ ...rest, plan: plan.simpleString })),
    refused: data.refused.map(({ plan, reason, uses }) => ({ reason, uses, plan: plan.simpleString })),
  };
}
