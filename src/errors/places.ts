import { NO_ORIGIN, type Origin } from './error.js';

/** A place in a SQL text, in numbers: cheap to send along with an expression. */
export interface Place {
  readonly text: number;
  readonly start: number;
  readonly stop: number;
}

const CAPACITY = 512;
const ids = new Map<string, number>();
const texts = new Map<number, string>();
let lastId = 0;

/** The place that an origin names; undefined where it names none. The texts of the last queries are remembered. */
export function placeOf(origin: Origin): Place | undefined {
  const { sqlText, startIndex, stopIndex } = origin;
  if (sqlText === undefined || startIndex === undefined || stopIndex === undefined) return undefined;
  let text = ids.get(sqlText);
  if (text === undefined) {
    text = ++lastId;
    ids.set(sqlText, text);
    texts.set(text, sqlText);
    if (texts.size > CAPACITY) forgetOldest();
  }
  return { text, start: startIndex, stop: stopIndex };
}

function forgetOldest(): void {
  for (const [id, text] of texts) {
    texts.delete(id);
    ids.delete(text);
    return;
  }
}

/** The origin of a place. In a thread that has not seen the text it carries the text's number only; see `withText`. */
export function originAt({ text, start, stop }: Place): Origin {
  const sqlText = texts.get(text);
  const origin = { textId: text, startIndex: start, stopIndex: stop };
  return sqlText === undefined ? origin : { ...origin, sqlText };
}

/** An origin that came from another thread, with its text if it is remembered here. */
export function withText(origin: Origin): Origin {
  if (origin.textId === undefined || origin.sqlText !== undefined) return origin;
  const sqlText = texts.get(origin.textId);
  return sqlText === undefined ? NO_ORIGIN : { ...origin, sqlText };
}
