import type { SparkSession } from '../../src/index.js';
import { App } from './app.js';
import { needsTpcds, prepareSession, withTpcds } from './fixtures.js';
import { type GoldenStatement, readGolden } from './golden.js';
import { Jar } from './jar.js';
import { type Outcome, runStatement } from './run-file.js';

/** To a child: run a file without the statements that killed an earlier child. */
export interface Work {
  readonly name: string;
  readonly without: readonly number[];
}

/** From a child: a statement begins, ends, or the file is done. */
export type Report =
  | { readonly at: 'begin'; readonly index: number }
  | { readonly at: 'end'; readonly outcome: Outcome }
  | { readonly at: 'done' };

export interface ChildOptions {
  readonly jar: string;
  readonly work: string;
  readonly tables: string;
}

/** A statement whose result was recorded with tables that its analyzed plan was recorded without runs a second time. */
async function runBoth(session: SparkSession, name: string, index: number, golden: GoldenStatement): Promise<Outcome> {
  const first = await runStatement(session, index, golden);
  if (!needsTpcds(name) || !first.got.includes('TABLE_OR_VIEW_NOT_FOUND')) return first;
  const second = await withTpcds(session, () => runStatement(session, index, golden));
  return { ...second, analyzed: first.analyzed, gotPlan: first.gotPlan };
}

/** The life of a child process: files come in by message, outcomes go out. */
export async function serve({ jar, work, tables }: ChildOptions): Promise<void> {
  // Spark's suite runs as this user.
  process.env['USER'] = 'test_user';
  process.env['TZ'] = 'America/Los_Angeles';
  // A job nobody waits for any more must not end the process.
  process.on('unhandledRejection', () => undefined);
  const golden = new Jar(jar);
  const app = await App.open(work, tables);
  const send = (report: Report) => process.send?.(report);
  process.on('message', async ({ name, without }: Work) => {
    const file = readGolden(golden, name);
    const session = app.newFile();
    prepareSession(session, name);
    for (const [key, value] of file.settings) session.conf.set(key, value);
    for (const [index, statement] of file.statements.entries()) {
      if (without.includes(index)) continue;
      send({ at: 'begin', index });
      send({ at: 'end', outcome: await runBoth(session, name, index, statement) });
    }
    await app.endFile(session);
    send({ at: 'done' });
  });
  process.on('disconnect', () => void app.close().finally(() => process.exit(0)));
  process.send?.({ at: 'done' } satisfies Report);
}
