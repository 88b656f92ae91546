import type { EntryLife } from './entry-life.js';
import type { Finding, Place, Related, RuleId } from './findings.js';

export type LifeFinding = Pick<Finding, 'message'> &
  Partial<Finding> & { readonly rule: RuleId; readonly at: { readonly statement: number; readonly place: Place } };

/** What is to be said of entries once the job is over. */
export function lifeFindings(lives: readonly EntryLife[]): LifeFinding[] {
  return lives.flatMap((life) => [...useFindings(life), ...changeFindings(life)]);
}

function useFindings(life: EntryLife): LifeFinding[] {
  const { name, reads, dropped, born, missed } = life;
  const found: LifeFinding[] = [];
  if (reads.length === 0) {
    const near: Related[] = missed ? [{ place: missed.place, message: `misses it (${missed.reason})` }] : [];
    const because = missed ? ` The query in line ${missed.place.line} comes near: ${missed.reason}.` : '';
    if (dropped)
      found.push({
        rule: 'unused-before-drop',
        at: born,
        message: `${name} is dropped in line ${dropped.place.line} (${dropped.by}) before anything reads it.${because}`,
        related: [{ place: dropped.place, message: `drops ${name}` }, ...near],
      });
    else
      found.push({
        rule: 'never-hit',
        at: born,
        message: `Nothing reads the cache of ${name}.${because}`,
        related: near,
      });
  } else if (reads.length === 1) {
    const [read] = reads;
    found.push({
      rule: 'used-once',
      at: born,
      message: `The cache of ${name} is read once, in line ${read?.place.line}: it costs more than it saves${life.eager ? '' : ', though it is lazy'}.`,
      related: read ? [{ place: read.place, message: `reads ${name}` }] : [],
    });
  }
  if (dropped && !dropped.own && reads.length > 0)
    found.push({
      rule: 'cache-dropped',
      at: dropped,
      message: `${dropped.by} drops the cache of ${name}, which reads what the statement changes.`,
      related: [{ place: born.place, message: `caches ${name}` }],
    });
  return found;
}

/** Changes between two uses of the stored rows. */
function changeFindings(life: EntryLife): LifeFinding[] {
  return life.changes.flatMap((c) => {
    const readLater = life.reads.length > c.readsBefore;
    if (!c.wasLoaded || !readLater) return [];
    return [
      {
        rule: 'cache-recomputed' as const,
        at: c,
        message: `${c.by} throws the stored rows of ${life.name} away${c.readsBefore === 0 ? ' before anything has read them' : ''}; the next query that reads it computes them again.`,
        related: [{ place: life.born.place, message: `caches ${life.name}` }],
      },
    ];
  });
}
