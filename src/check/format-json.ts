import { type FileReport, summarize } from './report.js';

/** The report as JSON; `docs/check.md` describes it. The version grows when a field changes its meaning or goes. */
export function checkJson(reports: readonly FileReport[]): string {
  return `${JSON.stringify({ version: 1, summary: summarize(reports), files: reports }, null, 2)}\n`;
}
