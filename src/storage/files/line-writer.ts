import { closeSync, openSync, writeSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { runtimeError, unsupported } from '../../errors/index.js';

const PIECE_CHARACTERS = 1 << 20;

interface TextCodec {
  readonly extension: string;
  /** Compresses a piece; pieces one after another must be a valid stream. */
  readonly compress?: (bytes: Buffer) => Uint8Array;
  readonly built: boolean;
}
const CODECS: Readonly<Record<string, TextCodec>> = {
  none: { extension: '', built: true },
  uncompressed: { extension: '', built: true },
  gzip: { extension: '.gz', compress: (bytes) => gzipSync(bytes), built: true },
  deflate: { extension: '.deflate', built: true },
  bzip2: { extension: '.bz2', built: false },
  lz4: { extension: '.lz4', built: false },
  snappy: { extension: '.snappy', built: false },
  zstd: { extension: '.zst', built: false },
};

/** What a codec adds to a text file's name (`compression` option).
 * @throws CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION, UNSUPPORTED_FEATURE for codecs not built */
export function textExtension(compression = 'none'): string {
  return codecOf(compression).extension;
}

function codecOf(compression: string): TextCodec {
  const name = compression.toLowerCase();
  const codec = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined;
  if (!codec)
    throw runtimeError('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION', {
      codecName: compression,
      availableCodecs: Object.keys(CODECS).join(', '),
    });
  if (!codec.built) throw unsupported(`writing text files with codec ${name}`);
  return codec;
}

/** Writes lines to a file in pieces of about a megabyte. Blocking. */
export class LineFileWriter {
  readonly #fd: number;
  readonly #codec: TextCodec;
  readonly #separator: string;
  /** A deflate stream has no members: it is compressed whole. */
  readonly #whole: boolean;
  #pending: string[] = [];
  #size = 0;

  constructor(
    path: string,
    options: { readonly compression?: string | undefined; readonly lineSeparator?: string | undefined } = {},
  ) {
    this.#codec = codecOf(options.compression ?? 'none');
    this.#whole = this.#codec.extension === '.deflate';
    this.#separator = options.lineSeparator ?? '\n';
    this.#fd = openSync(path, 'w');
  }

  write(line: string): void {
    this.#pending.push(line, this.#separator);
    this.#size += line.length + this.#separator.length;
    if (this.#size >= PIECE_CHARACTERS && !this.#whole) this.#flush();
  }

  close(): void {
    try {
      this.#flush();
    } finally {
      closeSync(this.#fd);
    }
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending.join(''), 'utf8');
    this.#pending = [];
    this.#size = 0;
    if (this.#whole) writeSync(this.#fd, deflateSync(bytes));
    else if (bytes.length > 0) writeSync(this.#fd, this.#codec.compress ? this.#codec.compress(bytes) : bytes);
  }
}
