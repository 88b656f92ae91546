import { internalError } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import type { Rep, Vector } from '../column/vector.js';
import { columnFailure } from '../files/file-errors.js';
import type { Region } from '../memory/region.js';

interface Inner {
  read(rows: number, region: Region): Vector;
  skip(rows: number): void;
}

interface Stretch {
  readonly rows: number;
  vector: Vector | undefined;
}

/** Hands out vectors that decode themselves at the first look. What nobody looked at is passed over when the next stretch is
 * looked at. */
export class LazyColumn {
  #inner: Inner | undefined;
  #current: Stretch | undefined;
  /** Rows handed out before the current stretch that were never read. */
  #behind = 0;

  constructor(
    readonly type: DataType,
    readonly rep: Rep,
    readonly open: () => Inner,
    /** For errors. */
    readonly path: string,
    readonly name: string,
  ) {}

  read(rows: number, region: Region): Vector {
    if (this.#current && !this.#current.vector) this.#behind += this.#current.rows;
    const stretch: Stretch = { rows, vector: undefined };
    this.#current = stretch;
    const get = (): Vector => stretch.vector ?? this.#decode(stretch, region);
    // Own, enumerable accessors: a spread copies what they give.
    return {
      type: this.type,
      rep: this.rep,
      get data() {
        return get().data;
      },
      get validity() {
        return get().validity;
      },
      get dictionary() {
        return get().dictionary;
      },
    } as Vector;
  }

  #decode(stretch: Stretch, region: Region): Vector {
    if (stretch !== this.#current) throw internalError('a column is looked at after its stretch of rows has passed');
    try {
      this.#inner ??= this.open();
      if (this.#behind > 0) this.#inner.skip(this.#behind);
      this.#behind = 0;
      stretch.vector = this.#inner.read(stretch.rows, region);
      return stretch.vector;
    } catch (error) {
      throw columnFailure(this.path, this.name, error);
    }
  }
}
