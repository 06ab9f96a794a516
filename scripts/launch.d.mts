import type { ChildProcess } from 'node:child_process';

type Packages = Readonly<
  Record<
    string,
    {
      readonly version?: string;
      readonly integrity?: string;
      readonly optional?: boolean;
      readonly devOptional?: boolean;
      readonly peer?: boolean;
    }
  >
>;

export const root: string;
export function ensureInstalled(): void;
export function agrees(wanted: Packages, present: Packages): boolean;
export function findNode(): string;
export function become(script: string, args: readonly string[]): void;
export function runNode(
  args: readonly string[],
  options: { readonly stdio: 'inherit' | 'pipe'; readonly env?: Readonly<Record<string, string>> },
): ChildProcess;
