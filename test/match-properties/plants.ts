/** A bug of the kind that the property must find: an expression of the matcher's source, and what stands in its place while the
 * bug is switched on. The switch is in the bundle that the search for planted bugs makes of the engine, not in the product. */
export interface Plant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const SUBSUME = 'src/plan/cache/subsume';
const EXPRESSIONS = 'src/plan/expressions';

/** The bugs, number 1 first. */
export const PLANTS: readonly Plant[] = [
  {
    name: 'a bound implies every other bound of its column',
    file: `${SUBSUME}/implication.ts`,
    from: '(has) => holdsFor(test, has)',
    to: '() => true',
  },
  {
    name: 'the first condition that is left to do is forgotten',
    file: `${SUBSUME}/match.ts`,
    from: 'residual.map((e) => rewrite(e)!)',
    to: 'residual.slice(1).map((e) => rewrite(e)!)',
  },
  {
    name: 'counts are counted, not summed',
    file: `${SUBSUME}/rollup.ts`,
    from: "call('sum', column, f)",
    to: "call('count', column, f)",
  },
  {
    name: 'the greatest stands for the sum and for the least',
    file: `${SUBSUME}/rollup.ts`,
    from: 'call(f.def.name, column, f)',
    to: "call('max', column, f)",
  },
  {
    name: 'finer moments out of coarser ones',
    file: `${SUBSUME}/truncation.ts`,
    from: 'coarse < fine',
    to: 'false',
  },
  {
    name: 'a left join is taken for an inner one',
    file: `${SUBSUME}/block.ts`,
    from: "plan.joinType.kind === 'Inner'",
    to: "plan.joinType.kind === 'Inner' || plan.joinType.kind === 'LeftOuter'",
  },
  {
    name: 'averages divide by the number of rows, nulls included',
    file: `${SUBSUME}/rollup.ts`,
    from: 'operand.nullable ? undefined : rowCount(e, held)',
    to: 'rowCount(e, held)',
  },
  {
    name: 'lists are equal if their least values are',
    file: `${EXPRESSIONS}/predicates.ts`,
    from: 'new In(this.value.canonicalized, list.length > 1 ? list.sort(byKey) : list)',
    to: 'new In(this.value.canonicalized, list.sort(byKey).slice(0, 1))',
  },
  {
    name: 'columns stand for each other before they are made equal',
    file: `${SUBSUME}/match.ts`,
    from: 'this.#rewriter(columns, this.#entryEqual, () => true, kinds)',
    to: 'this.#rewriter(columns, this.#equal, () => true, kinds)',
  },
  {
    name: 'errors that the query would raise are hidden',
    file: `${SUBSUME}/match.ts`,
    from: '!raisesStay(order)',
    to: 'false',
  },
];

/** The source of a file with a switch at each of its bugs. */
export function planted(file: string, source: string): string {
  let out = source;
  PLANTS.forEach((p, i) => {
    if (p.file !== file) return;
    if (out.split(p.from).length !== 2) throw new Error(`${p.file} does not have once: ${p.from}`);
    out = out.replace(p.from, () => `(globalThis.plantedBug === ${i + 1} ? (${p.to}) : (${p.from}))`);
  });
  return out;
}

/** Switches a bug on, or with 0 all off. Only a bundle made of `planted` sources knows them. */
export function switchOn(bug: number): void {
  Object.assign(globalThis, { plantedBug: bug });
}
