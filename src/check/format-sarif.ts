import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Finding, type Place, RULE_IDS, RULES } from './findings.js';
import type { FileReport } from './report.js';

/** The findings as a SARIF 2.1.0 log (OASIS standard): one run, all rules, places in UTF-16 columns, rewrites as fixes. */
export function checkSarif(reports: readonly FileReport[], version: string): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'memoframe',
            ...(version === '' ? {} : { version }),
            rules: RULE_IDS.map((id) => ({
              id,
              name: id.replace(/(^|-)(\w)/g, (_, __, c: string) => c.toUpperCase()),
              shortDescription: { text: RULES[id].title },
              fullDescription: { text: `${RULES[id].title} ${RULES[id].help}` },
              help: { text: RULES[id].help },
              defaultConfiguration: { level: RULES[id].severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: reports.map((r) => ({ location: { uri: uriOf(r.file) }, sourceLanguage: 'sql' })),
        results: reports.flatMap((r) => r.findings.map(result)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result(f: Finding) {
  return {
    ruleId: f.rule,
    ruleIndex: RULE_IDS.indexOf(f.rule),
    level: f.severity,
    message: { text: f.hint === undefined ? f.message : `${f.message} ${f.hint}` },
    locations: [{ physicalLocation: location(f.place) }],
    ...(f.related.length === 0
      ? {}
      : {
          relatedLocations: f.related.map((r, id) => ({
            id,
            physicalLocation: location(r.place),
            message: { text: r.message },
          })),
        }),
    ...(f.fix === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: 'Read the cached result.' },
              artifactChanges: [
                {
                  artifactLocation: { uri: uriOf(f.fix.place.file) },
                  replacements: [{ deletedRegion: region(f.fix.place), insertedContent: { text: f.fix.text } }],
                },
              ],
            },
          ],
        }),
    properties: {
      statement: f.statement,
      ...(f.reason === undefined ? {} : { reason: f.reason }),
      ...(f.condition === undefined ? {} : { condition: f.condition }),
      ...(f.rewrite === undefined ? {} : { rewrite: f.rewrite }),
    },
  };
}

function location(p: Place) {
  return { artifactLocation: { uri: uriOf(p.file) }, region: region(p) };
}
/** `endColumn` is exclusive, as here. */
function region(p: Place) {
  return {
    startLine: p.line,
    startColumn: p.column,
    endLine: p.endLine,
    endColumn: p.endColumn,
    charOffset: p.start,
    charLength: p.stop - p.start,
  };
}

/** Relative paths stay relative, as URI references. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}
