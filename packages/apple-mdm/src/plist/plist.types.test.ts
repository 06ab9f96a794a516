import { expect, it } from 'vitest';
import { writePlist } from '../plist.ts';

it('an undefined member is refused by the compiler and by the writer', () => {
  // @ts-expect-error undefined has no form in a property list
  expect(() => writePlist({ a: undefined })).toThrow('unwritable');
  // @ts-expect-error nor has null
  expect(() => writePlist([null])).toThrow('unwritable');
});
