import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RDD } from '../rdd.js';
import { InputNode, type StreamHost, type Time } from './stream-node.js';

/** Batches from a queue that the program fills. Spark: `QueueInputDStream`. */
export class QueueNode<T> extends InputNode<T> {
  constructor(
    host: StreamHost,
    /** RDDs that wait for a batch; taken from its head. */
    private readonly queue: RDD<T>[],
    private readonly oneAtATime: boolean,
    private readonly defaultRDD: RDD<T> | undefined,
  ) {
    super(host);
  }

  protected async compute(): Promise<RDD<T>> {
    const { sparkContext } = this.host;
    const taken = this.queue.splice(0, this.oneAtATime ? 1 : this.queue.length);
    const [first] = taken;
    if (first) return taken.length === 1 ? first : sparkContext.union(taken);
    return this.defaultRDD ?? sparkContext.emptyRDD<T>();
  }
}

/** The same RDD in each batch. Spark: `ConstantInputDStream`. */
export class ConstantNode<T> extends InputNode<T> {
  constructor(
    host: StreamHost,
    private readonly rdd: RDD<T>,
  ) {
    super(host);
  }

  protected async compute(): Promise<RDD<T>> {
    return this.rdd;
  }
}

/** The lines of files that appear in a folder by a rename, each file once; files that were there before the start, and those
 * whose names begin with `.` or `_`, are left out. Spark: `FileInputDStream`. */
export class TextFileNode extends InputNode<string> {
  /** Modification times of the files that were taken or were there first, by path. */
  #known: Map<string, number> | undefined;

  constructor(
    host: StreamHost,
    private readonly folder: string,
  ) {
    super(host);
  }

  /** Notes what is there already. */
  async start(): Promise<void> {
    this.#known = new Map((await this.#list()).map((f) => [f.path, f.modified]));
  }

  protected async compute(_time: Time): Promise<RDD<string>> {
    const known = (this.#known ??= new Map());
    const { sparkContext } = this.host;
    const files = (await this.#list()).filter((f) => !known.has(f.path));
    for (const f of files) known.set(f.path, f.modified);
    const rdds = files.map((f) => sparkContext.textFile(f.path));
    return rdds.length === 0 ? sparkContext.emptyRDD<string>() : sparkContext.union(rdds);
  }

  /** In the order of modification, then of name. */
  async #list(): Promise<{ path: string; modified: number }[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const files: { path: string; modified: number }[] = [];
    for (const name of names.filter((n) => !/^[._]/.test(n))) {
      const path = join(this.folder, name);
      const info = await stat(path).catch(() => undefined);
      if (info?.isFile()) files.push({ path, modified: info.mtimeMs });
    }
    return files.sort((a, b) => a.modified - b.modified || (a.path < b.path ? -1 : 1));
  }
}
