import { type CipherGCMTypes, createCipheriv, createDecipheriv, type DecipherGCM, randomBytes } from 'node:crypto';
import { runtimeError } from '../../errors/index.js';
import { BINARY, STRING, type Value } from '../../types/index.js';
import { scalar } from '../define.js';
import type { EvalArgument, ScalarFunction } from '../function.js';

type Mode = 'ECB' | 'CBC' | 'GCM';
const FUNCTIONS = '`aes_encrypt`/`aes_decrypt`';
const IV_LENGTH = { ECB: 0, CBC: 16, GCM: 12 } as const;
const TAG_LENGTH = 16;

/** @throws UNSUPPORTED_FEATURE.AES_MODE for a mode and padding that do not go together. Spark: `CipherMode.fromString` */
function modeOf(mode: string, padding: string): Mode {
  const m = mode.toUpperCase();
  const p = padding.toUpperCase();
  const known = m === 'GCM' ? p === 'NONE' : (m === 'ECB' || m === 'CBC') && p === 'PKCS';
  if (known || (p === 'DEFAULT' && (m === 'ECB' || m === 'CBC' || m === 'GCM'))) return m as Mode;
  throw runtimeError('UNSUPPORTED_FEATURE.AES_MODE', { mode, padding, functionName: FUNCTIONS });
}

function algorithm(mode: Mode, key: Uint8Array): string {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32)
    throw runtimeError('INVALID_PARAMETER_VALUE.AES_KEY_LENGTH', {
      parameter: '`key`',
      functionName: FUNCTIONS,
      actualLength: String(key.length),
    });
  return `aes-${key.length * 8}-${mode.toLowerCase()}`;
}

function cryptoError(error: unknown): Error {
  return runtimeError('INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR', {
    parameter: '`expr`, `key`',
    functionName: FUNCTIONS,
    detailMessage: error instanceof Error ? error.message : String(error),
  });
}

/** Vector, cipher text and, for GCM, its tag, one after the other. Spark: `ExpressionImplUtils.aesInternal` */
function encrypt(input: Uint8Array, key: Uint8Array, mode: Mode, givenIv: Uint8Array, aad: Uint8Array): Uint8Array {
  const name = algorithm(mode, key);
  if (aad.length > 0 && mode !== 'GCM')
    throw runtimeError('UNSUPPORTED_FEATURE.AES_MODE_AAD', { mode, functionName: FUNCTIONS });
  if (givenIv.length > 0 && mode === 'ECB')
    throw runtimeError('UNSUPPORTED_FEATURE.AES_MODE_IV', { mode, functionName: FUNCTIONS });
  const length = IV_LENGTH[mode];
  if (givenIv.length > 0 && givenIv.length !== length)
    throw runtimeError('INVALID_PARAMETER_VALUE.AES_IV_LENGTH', {
      mode,
      parameter: '`iv`',
      functionName: FUNCTIONS,
      actualLength: String(givenIv.length),
    });
  const iv = givenIv.length > 0 ? givenIv : randomBytes(length);
  if (mode !== 'GCM') {
    const cipher = createCipheriv(name, key, mode === 'ECB' ? null : iv);
    return new Uint8Array(Buffer.concat([iv, cipher.update(input), cipher.final()]));
  }
  const cipher = createCipheriv(name as CipherGCMTypes, key, iv);
  if (aad.length > 0) cipher.setAAD(aad);
  const text = Buffer.concat([cipher.update(input), cipher.final()]);
  return new Uint8Array(Buffer.concat([iv, text, cipher.getAuthTag()]));
}

function decrypt(input: Uint8Array, key: Uint8Array, mode: Mode, aad: Uint8Array): Uint8Array {
  const name = algorithm(mode, key);
  if (aad.length > 0 && mode !== 'GCM')
    throw runtimeError('UNSUPPORTED_FEATURE.AES_MODE_AAD', { mode, functionName: FUNCTIONS });
  const iv = input.subarray(0, IV_LENGTH[mode]);
  const rest = input.subarray(IV_LENGTH[mode]);
  try {
    const cipher = createDecipheriv(name, key, mode === 'ECB' ? null : iv);
    if (mode !== 'GCM') return new Uint8Array(Buffer.concat([cipher.update(rest), cipher.final()]));
    const gcm = cipher as DecipherGCM;
    if (aad.length > 0) gcm.setAAD(aad);
    const end = rest.length - TAG_LENGTH;
    gcm.setAuthTag(rest.subarray(Math.max(0, end)));
    return new Uint8Array(Buffer.concat([gcm.update(rest.subarray(0, Math.max(0, end))), gcm.final()]));
  } catch (error) {
    throw cryptoError(error);
  }
}

const bytes = (v: EvalArgument | undefined): Uint8Array => (v ?? new Uint8Array(0)) as Uint8Array;
const text = (v: EvalArgument | undefined, otherwise: string): string => (v as string | undefined) ?? otherwise;
const runDecrypt = ([v, k, m, p, a]: readonly EvalArgument[]): Value =>
  decrypt(bytes(v), bytes(k), modeOf(text(m, 'GCM'), text(p, 'DEFAULT')), bytes(a));

export const encryptionFunctions: readonly ScalarFunction[] = [
  scalar('misc', 'aes_encrypt(expr, key[, mode, padding, iv, aad])', 'The value encrypted with AES.', {
    cls: 'AesEncrypt',
    types: [BINARY, BINARY, STRING, STRING, BINARY, BINARY],
    returns: BINARY,
    nullability: 'always',
    run: ([v, k, m, p, iv, a]) =>
      encrypt(bytes(v), bytes(k), modeOf(text(m, 'GCM'), text(p, 'DEFAULT')), bytes(iv), bytes(a)),
  }),
  scalar('misc', 'aes_decrypt(expr, key[, mode, padding, aad])', 'The value that AES encryption started from.', {
    cls: 'AesDecrypt',
    types: [BINARY, BINARY, STRING, STRING, BINARY],
    returns: BINARY,
    nullability: 'always',
    run: runDecrypt,
  }),
  scalar('misc', 'try_aes_decrypt(expr, key[, mode, padding, aad])', 'As aes_decrypt; null where it fails.', {
    cls: 'TryAesDecrypt',
    types: [BINARY, BINARY, STRING, STRING, BINARY],
    returns: BINARY,
    nullability: 'always',
    run: (args) => {
      try {
        return runDecrypt(args);
      } catch (error) {
        if ((error as { kind?: string }).kind === 'runtime') return null;
        throw error;
      }
    },
  }),
];
