#!/usr/bin/env node
// The `graft` command, from whatever folder one stands in.
import { load } from './bundle.mjs';

await load('src/cli/graft.ts');
