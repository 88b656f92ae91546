/** Strings count in code points in SQL; JavaScript counts UTF-16 units. Texts without surrogates take the quick way. */
export function hasSurrogates(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xd800 && c <= 0xdfff) return true;
  }
  return false;
}

/** Number of characters (code points). */
export function charLength(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let n = 0;
  for (const _ of text) n++;
  return n;
}

/** Characters from `start` (0-based) up to `end`. */
export function sliceChars(text: string, start: number, end: number): string {
  if (start >= end) return '';
  if (!hasSurrogates(text)) return text.slice(Math.max(start, 0), Math.max(end, 0));
  return Array.from(text).slice(Math.max(start, 0), Math.max(end, 0)).join('');
}

/** SUBSTRING by position: 1-based, negative counts from the end, 0 means 1. Spark: `UTF8String.substringSQL`. */
export function substringSql(text: string, pos: number, length: number): string {
  const total = charLength(text);
  if (pos > total) return '';
  const start = pos > 0 ? pos - 1 : pos < 0 ? total + pos : 0;
  const end = start + length > 2_147_483_647 ? total : start + length;
  return start >= end ? '' : sliceChars(text, Math.max(start, 0), Math.min(end, total));
}

/** 0-based character position of a part, or -1. */
export function indexOfChars(text: string, part: string, from = 0): number {
  if (!hasSurrogates(text)) return text.indexOf(part, from);
  const unit = Array.from(text).slice(0, from).join('').length;
  const at = text.indexOf(part, unit);
  return at < 0 ? -1 : charLength(text.slice(0, at));
}
