import { analysisError } from '../../errors/index.js';
import type { ResetCommand, SetCommand } from '../../plan/logical/index.js';
import { quoteIdentifier } from '../../types/index.js';
import { type CommandResult, done, shownRows } from '../command-result.js';
import { CONF_ENTRIES } from '../conf-data.js';
import type { SparkSession } from '../spark-session.js';
import { redact } from './names.js';

const KEY_VALUE = ['key', 'value'];

/** SET: rows of what is set, or of what there is. Spark: `SetCommand`. */
export function setConf(session: SparkSession, { confKey, value }: SetCommand): CommandResult {
  const { conf } = session;
  if (confKey === undefined) return shownRows('SetCommand', KEY_VALUE, Object.entries(redact(conf.getAll)));
  if (confKey === '-v')
    return shownRows(
      'SetCommand (-v,None)',
      ['key', 'value', 'meaning', 'Since version'],
      Object.entries(CONF_ENTRIES).map(([k, e]) => [k, conf.getOptional(k) ?? '<undefined>', e.doc, '']),
    );
  if (value === undefined)
    return shownRows(`SetCommand (${confKey},None)`, KEY_VALUE, [
      [confKey, conf.getOptional(confKey) ?? '<undefined>'],
    ]);
  const hive = /^hivevar:(.+)$/.exec(confKey);
  if (hive) {
    conf.set(hive[1] as string, value);
    return shownRows(`SetCommand (${confKey},Some(${value}))`, KEY_VALUE, [[confKey, value]]);
  }
  const variable = confKey.split('.');
  if (session.sessionState.catalog.lookupVariable(variable) !== undefined)
    throw analysisError('UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET', {
      variableName: variable.map(quoteIdentifier).join('.'),
    });
  conf.set(confKey, value);
  return shownRows(`SetCommand (${confKey},Some(${value}))`, KEY_VALUE, [[confKey, value]]);
}

export function resetConf(session: SparkSession, command: ResetCommand): CommandResult {
  const { conf } = session;
  const reset = (key: string) => {
    conf.unset(key);
    // What the application started with comes back.
    const initial = session.sharedState.initialConf.getOptional(key);
    if (initial !== undefined && conf.getOptional(key) !== initial) conf.set(key, initial);
  };
  if (command.conf !== undefined) reset(command.conf);
  else for (const key of Object.keys(conf.getAll)) if (conf.isModifiable(key)) reset(key);
  return done(command.conf === undefined ? 'ResetCommand' : `ResetCommand ${command.conf}`);
}
