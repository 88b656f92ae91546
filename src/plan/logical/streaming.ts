import { type Attributes, LeafNode, truncatedList } from './logical-plan.js';
import type { MultiInstanceRelation } from './relations.js';

/** Where the rows of a stream come from, as far as plans know it. */
export interface StreamingSource {
  /** As plans and errors name it: `FileSource[/data/in]`, `rate`. Spark: `StreamingRelation.sourceName` */
  readonly name: string;
  /** Injective; each `load()` makes another source. */
  readonly key: string;
}

/** A source without end. Each micro-batch puts the rows of that batch in its place. Spark: `StreamingRelation`, `StreamingRelationV2`. */
export class StreamingRelation extends LeafNode implements MultiInstanceRelation {
  readonly kind = 'StreamingRelation';
  constructor(
    readonly source: StreamingSource,
    readonly output: Attributes,
  ) {
    super();
  }
  args() {
    return [this.source, this.output];
  }
  override get isStreaming() {
    return true;
  }
  newInstance() {
    return new StreamingRelation(
      this.source,
      this.output.map((a) => a.newInstance()),
    ).withOrigin(this.origin);
  }
  override get simpleString() {
    return `StreamingRelation ${this.source.name}, [${truncatedList(this.output.map(String))}]`;
  }
}
