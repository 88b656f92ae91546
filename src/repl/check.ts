import { readFileSync } from 'node:fs';
import { type SparkSession, splitStatements } from '../index.js';
import { describeError } from './errors.js';

/** Goes through a job statement by statement without reading data: CACHE TABLE registers only, queries are explained.
 * @returns the number of queries that read no cache although something is cached, or −1 after an error */
export async function checkFile(spark: SparkSession, path: string): Promise<number> {
  let misses = 0;
  for (const [i, { text }] of splitStatements(readFileSync(path, 'utf8')).entries()) {
    const head = `${String(i + 1).padStart(3)}  ${text.replace(/\s+/g, ' ').slice(0, 100)}`;
    try {
      if (/^\s*cache\s+(?!lazy)/i.test(text)) {
        spark.sql(text.replace(/^(\s*cache)\s+/i, '$1 LAZY '));
        console.log(`${head}\n     registered`);
      } else if (/^\s*(select|with|from|values|table|\()/i.test(text)) {
        const explanation = spark.sql(text).explainCache().replace('== Cache ==\n', '').trimEnd();
        if (explanation.startsWith('MISS') && !explanation.startsWith('MISS NO_ENTRIES')) misses++;
        console.log(`${head}\n${explanation.replace(/^/gm, '     ')}`);
      } else {
        spark.sql(text);
        console.log(head);
      }
    } catch (error) {
      console.log(`${head}\n${describeError(error, text).replace(/^/gm, '     ')}`);
      return -1;
    }
  }
  console.log(`${misses} ${misses === 1 ? 'miss' : 'misses'}`);
  return misses;
}
