/** The apache-arrow package, loaded when first needed: it costs 20 to 100 ms. */
export type ArrowModule = typeof import('apache-arrow');

let loaded: Promise<ArrowModule> | undefined;

export function loadArrow(): Promise<ArrowModule> {
  loaded ??= import('apache-arrow');
  return loaded;
}
