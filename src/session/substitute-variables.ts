import type { RuntimeConfig } from './conf.js';

const REFERENCE = /\$\{(?:(\w+?):)?(\S+?)\}/g;
const OF_CONF = new Set([undefined, 'spark', 'sparkconf', 'hivevar', 'hiveconf']);

/** `${key}` in a text becomes the conf's value, before the text is parsed; `${env:NAME}` the environment's.
 * Spark: `VariableSubstitution`. */
export function substituteVariables(text: string, conf: RuntimeConfig, depth = 0): string {
  if (!text.includes('${') || depth > 40 || !conf.boolean('spark.sql.variable.substitute')) return text;
  return text.replace(REFERENCE, (all, prefix: string | undefined, key: string) => {
    if (prefix === 'env') return process.env[key] ?? all;
    if (!OF_CONF.has(prefix)) return all;
    return substituteVariables(conf.getOptional(key) ?? '', conf, depth + 1);
  });
}
