import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { unseenStatuses } from './unseen-statuses.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'keyhaven-statuses-'));
const leave = (openapi: object, seen: string): void => {
  writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify(openapi));
  writeFileSync(path.join(folder, 'seen.txt'), seen);
};
const api = {
  paths: { '/devices/{id}': { get: { responses: { 200: {}, 404: {} } }, head: { responses: { 200: {} } } } },
};

afterEach(() => rmSync(path.join(folder, 'seen.txt'), { force: true }));

describe('statuses that no test has seen', () => {
  test('a declared status that was answered is seen, whatever the id', () => {
    leave(api, 'GET /devices/7 200\nGET /devices/8 404\n');
    expect(unseenStatuses(folder)).toEqual([]);
  });

  test('a declared status that nobody answered is told', () => {
    leave(api, 'GET /devices/7 200\nPUT /devices/7 404\nGET /devices/7/name 404\n');
    expect(unseenStatuses(folder)).toEqual(['GET /devices/{id} 404']);
  });

  test('without a description nothing counts as seen', () => {
    rmSync(path.join(folder, 'openapi.json'), { force: true });
    expect(unseenStatuses(folder)).toHaveLength(1);
  });
});
