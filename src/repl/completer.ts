import { functionNames, type SparkSession, sqlKeywords } from '../index.js';
import { DOT_COMMANDS } from './dot-commands.js';

/** Completes keywords, functions, tables and the columns of the tables that the text mentions. */
export function completer(spark: SparkSession) {
  return (line: string): [string[], string] => {
    if (/^\s*\.\w*$/.test(line)) {
      const word = line.trim();
      return [Object.keys(DOT_COMMANDS).filter((c) => c.startsWith(word)), word];
    }
    const word = /[\w.]*$/.exec(line)?.[0] ?? '';
    if (word === '') return [[], ''];
    const lower = word.toLowerCase();
    const keyword = (k: string) => (word === word.toLowerCase() ? k.toLowerCase() : k);
    const candidates = [
      ...sqlKeywords.map(keyword),
      ...functionNames().map((f) => `${f}(`),
      ...tableNames(spark),
      ...columnNames(spark, line),
    ];
    const hits = [...new Set(candidates.filter((c) => c.toLowerCase().startsWith(lower)))].sort();
    return [hits, word];
  };
}

function tableNames(spark: SparkSession): string[] {
  return spark.catalog.listTables().map((t) => t.name);
}
function columnNames(spark: SparkSession, text: string): string[] {
  const mentioned = tableNames(spark).filter((t) => new RegExp(`\\b${t.replace(/[^\w]/g, '\\$&')}\\b`, 'i').test(text));
  return (mentioned.length > 0 ? mentioned : tableNames(spark)).flatMap((t) => {
    try {
      return spark.catalog.listColumns(t).map((c) => c.name);
    } catch {
      // A view whose table is gone has no columns to offer.
      return [];
    }
  });
}
