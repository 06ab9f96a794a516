import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { KEY_LENGTH } from './aes-256-gcm.ts';
import type { OwnershipClass } from './binding.ts';

const CLASSES: readonly OwnershipClass[] = ['personal', 'corporate', 'system'];
const FORMAT = 1;

type StoredGeneration = { readonly generation: number; readonly created: string; readonly key: string };
type StoredClass = { readonly active: number; readonly generations: readonly StoredGeneration[] };
type StoredKeys = {
  readonly format: typeof FORMAT;
  readonly classes: Readonly<Record<OwnershipClass, StoredClass>>;
};

export type ClassKeys = { readonly active: number; readonly generations: ReadonlyMap<number, KeyObject> };
/** The master keys of the three classes, each with its generations and the one that wraps. */
export type MasterKeys = Readonly<Record<OwnershipClass, ClassKeys>>;

/** The JSON text of generation 1 for every class. `now` is only noted, never decided by. */
export function newMasterKeys(now: Date): string {
  return write({
    personal: firstGeneration(now),
    corporate: firstGeneration(now),
    system: firstGeneration(now),
  });
}

/** The text with one more generation of a class, which becomes the active one. Throws like `parseMasterKeys`. */
export function withNextGeneration(text: string, ownershipClass: OwnershipClass, now: Date): string {
  const { classes } = parseStored(text);
  const { generations } = classes[ownershipClass];
  const generation = Math.max(...generations.map((each) => each.generation)) + 1;
  const next = { active: generation, generations: [...generations, newGeneration(generation, now)] };
  return write({ ...classes, [ownershipClass]: next });
}

/** Throws a SyntaxError that holds nothing of the text. */
export function parseMasterKeys(text: string): MasterKeys {
  const { classes } = parseStored(text);
  return {
    personal: keysOf(classes.personal),
    corporate: keysOf(classes.corporate),
    system: keysOf(classes.system),
  };
}

function write(classes: StoredKeys['classes']): string {
  const stored: StoredKeys = { format: FORMAT, classes };
  return `${JSON.stringify(stored, null, 2)}\n`;
}

function firstGeneration(now: Date): StoredClass {
  return { active: 1, generations: [newGeneration(1, now)] };
}

function newGeneration(generation: number, now: Date): StoredGeneration {
  return { generation, created: now.toISOString(), key: randomBytes(KEY_LENGTH).toString('base64') };
}

function keysOf(stored: StoredClass): ClassKeys {
  const generations = new Map(stored.generations.map((each) => [each.generation, keyOf(each)]));
  return { active: stored.active, generations };
}

function keyOf(stored: StoredGeneration): KeyObject {
  const bytes = Buffer.from(stored.key, 'base64');
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

function parseStored(text: string): StoredKeys {
  const stored = parseJson(text);
  if (!isStoredKeys(stored)) throw new SyntaxError('Not a file of master keys of format 1.');
  return stored;
}

// JSON.parse quotes the text around a mistake in its message, which here may be a key.
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('Not JSON.');
  }
}

function isStoredKeys(value: unknown): value is StoredKeys {
  if (!isObject(value) || value['format'] !== FORMAT) return false;
  const { classes } = value;
  return isObject(classes) && CLASSES.every((each) => isStoredClass(classes[each]));
}

function isStoredClass(value: unknown): value is StoredClass {
  if (!isObject(value) || !Array.isArray(value['generations'])) return false;
  const generations: readonly unknown[] = value['generations'];
  if (!generations.every(isStoredGeneration)) return false;
  const numbers = generations.map((each) => each.generation);
  return new Set(numbers).size === numbers.length && numbers.some((each) => each === value['active']);
}

function isStoredGeneration(value: unknown): value is StoredGeneration {
  if (!isObject(value)) return false;
  const { generation, created, key } = value;
  if (typeof generation !== 'number' || !Number.isInteger(generation)) return false;
  if (generation < 1 || generation > 0xffff_ffff || typeof created !== 'string') return false;
  return typeof key === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(key);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
