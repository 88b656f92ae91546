import { createHash } from 'node:crypto';

/** What a process that reads an entry must understand. Grows with every change of manifest, blocks or keys. */
export const PERSISTENT_FORMAT = 1;

/** One partition's file. */
export interface BlockRecord {
  readonly bytes: number;
  /** CRC-32 of the file. */
  readonly crc32: number;
  readonly rows: number;
  /** Spark's estimate. */
  readonly sparkSize: number;
}

/** A source file and its state when it was read. */
export type SourceRecord = readonly [path: string, state: string];

/** What is known of an entry besides its blocks: JSON in the entry's folder. */
export interface Manifest {
  readonly format: number;
  /** Version of the engine that wrote it. */
  readonly engine: string;
  /** Hash of what was computed: plan, confs, engine. */
  readonly planKey: string;
  /** Hash of what it was computed from and how it is cut: source files, partitions. */
  readonly variantKey: string;
  /** The plan as text, cut; for people. */
  readonly plan: string;
  readonly tableName: string | undefined;
  /** Storage level: disk, memory, off heap, deserialized, replicas. */
  readonly level: readonly [boolean, boolean, boolean, boolean, number];
  /** The columns as DDL. */
  readonly schema: string;
  /** How rows are spread over partitions and ordered in them. */
  readonly spread: string;
  readonly sources: readonly SourceRecord[];
  readonly createdAt: string;
  /** By partition. */
  readonly blocks: readonly BlockRecord[];
}

export const MANIFEST_NAME = 'manifest.json';

/** A partition's file name. */
export function blockFileName(partition: number): string {
  return `block-${String(partition).padStart(5, '0')}.arrow`;
}

/** The manifest as text, with a checksum over itself. */
export function encodeManifest(manifest: Manifest): string {
  const body = JSON.stringify(manifest);
  return `{"sha256":"${sha256(body)}","manifest":${body}}\n`;
}

/** A manifest that is whole and of this format, or why it is not. */
export function decodeManifest(text: string): Manifest | string {
  const parts = /^\{"sha256":"([0-9a-f]{64})","manifest":(\{.*\})\}\n$/s.exec(text);
  if (!parts) return 'its manifest is incomplete';
  const [, sum, body = ''] = parts;
  if (sha256(body) !== sum) return 'its manifest is damaged';
  const manifest = JSON.parse(body) as Manifest;
  return manifest.format === PERSISTENT_FORMAT ? manifest : `its format is ${manifest.format}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
