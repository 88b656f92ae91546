/** Names one partition of one cached relation. Spark: `RDDBlockId`. */
export interface RddBlockId {
  readonly rddId: number;
  readonly partition: number;
}

/** `rdd_<id>_<partition>`. */
export function blockName(id: RddBlockId): string {
  return `rdd_${id.rddId}_${id.partition}`;
}

/** The id of a name, or undefined where it is no RDD block's. */
export function parseBlockName(name: string): RddBlockId | undefined {
  const match = /^rdd_(\d+)_(\d+)$/.exec(name);
  return match ? { rddId: Number(match[1]), partition: Number(match[2]) } : undefined;
}
