import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The answers that openapi.json declares and no line of seen.txt shows, as `GET /api/v1/me 401`. `folder` holds both, as
 * the tests left them. A HEAD counts for nothing: it comes with each GET.
 */
export function unseenStatuses(folder) {
  const seen = read(path.join(folder, 'seen.txt')).split('\n').filter(Boolean);
  const described = read(path.join(folder, 'openapi.json'));
  if (described === '') return ['no test has asked for the description of the API'];
  const { paths } = JSON.parse(described);
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses)
        .filter((status) => method !== 'head' && !isSeen(seen, method, template, status))
        .map((status) => `${method.toUpperCase()} ${template} ${status}`),
    ),
  );
}

function isSeen(seen, method, template, status) {
  const shape = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+');
  const line = new RegExp(`^${method.toUpperCase()} ${shape} ${status}$`);
  return seen.some((each) => line.test(each));
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
