#!/usr/bin/env node
// The `graft` command, from whatever folder one stands in: among the sources they are what runs, and npm's package has it built.
import { existsSync } from 'node:fs';

if (existsSync(new URL('../src', import.meta.url))) {
  const { load } = await import('./bundle.mjs');
  await load('src/cli/graft.ts');
} else await import('../dist/cli/program.mjs');
