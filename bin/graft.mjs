#!/usr/bin/env node
// The `graft` command. The sources are TypeScript and run as they are, through tsx, from whatever folder one stands in.
import { register } from 'tsx/esm/api';

register();
await import('../src/cli/graft.ts');
