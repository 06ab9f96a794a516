#!/usr/bin/env node
import path from 'node:path';
import process from 'node:process';
import { become } from '../../../scripts/launch.mjs';

become(path.join(import.meta.dirname, '../src/cli.ts'), process.argv.slice(2));
