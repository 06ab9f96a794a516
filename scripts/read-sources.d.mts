export function readSources(
  root: string,
  folders: readonly string[],
): readonly {
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly isTest: boolean;
}[];
