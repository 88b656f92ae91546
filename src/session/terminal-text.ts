import { displayWidth } from './show.js';

let segments: Intl.Segmenter | undefined;

/** Columns that a text takes on a terminal of today: as `displayWidth` (which is Spark's), but a letter with its marks counts once, and
 * an emoji takes two with all that belongs to it. */
export function terminalWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  segments ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of segments.segment(text)) {
    if (/^[\p{M}\p{Cf}]+$/u.test(segment)) continue;
    const emoji = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u.test(segment);
    width += emoji ? 2 : displayWidth(segment.replace(/[\p{M}\p{Cf}]/gu, ''));
  }
  return width;
}

/** Text of which a terminal shows every character: control characters, and those that turn the direction of what follows, stand as
 * `\u001b`. Line feeds and tabs stay. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
