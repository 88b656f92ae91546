import { readdirSync } from 'node:fs';
import { functionNames, type SparkSession, sqlKeywords } from '../index.js';
import { DOT_COMMANDS } from './dot-commands.js';

/** Completes keywords, functions, tables and the columns of the tables that the text mentions, and paths of files. */
export function completer(spark: SparkSession) {
  return (line: string): [string[], string] => {
    if (/^\s*\.\w*$/.test(line)) {
      const word = line.trim();
      return [Object.keys(DOT_COMMANDS).filter((c) => c.startsWith(word)), word];
    }
    const path =
      /^\s*\.(?:load|read)\s+["'`]?([^"'`]*)$/.exec(line) ?? /\b(?:parquet|csv|json|text)\.`([^`]*)$/i.exec(line);
    if (path) return [paths(path[1] as string), path[1] as string];
    const word = /[\w.]*$/.exec(line)?.[0] ?? '';
    if (word === '') return [[], ''];
    // What stands before the dot is a table or its alias.
    const qualifier = word.slice(0, word.lastIndexOf('.') + 1);
    const lower = word.toLowerCase();
    const keyword = (k: string) => (word === word.toLowerCase() ? k.toLowerCase() : k);
    const candidates =
      qualifier !== ''
        ? columnNames(spark, line).map((c) => qualifier + c)
        : [
            ...sqlKeywords.map(keyword),
            ...functionNames().map((f) => `${f}(`),
            ...tableNames(spark),
            ...columnNames(spark, line),
          ];
    const hits = [...new Set(candidates.filter((c) => c.toLowerCase().startsWith(lower)))].sort();
    return [hits, word];
  };
}

/** Files and folders (with a slash) whose path begins so. */
function paths(start: string): string[] {
  const folder = start.slice(0, start.lastIndexOf('/') + 1);
  const name = start.slice(folder.length);
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
      .filter((e) => e.name.startsWith(name) && (name !== '' || !e.name.startsWith('.')))
      .map((e) => `${folder}${e.name}${e.isDirectory() ? '/' : ''}`)
      .sort();
  } catch {
    // No such folder, or none that may be read.
    return [];
  }
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
