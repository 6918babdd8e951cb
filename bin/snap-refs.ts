#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { refs } from '../lib/commands/refs.ts';

await runCommand(refs);
