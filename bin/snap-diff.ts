#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { diff } from '../lib/commands/diff.ts';

await runCommand(diff);
