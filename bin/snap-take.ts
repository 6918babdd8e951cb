#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { take } from '../lib/commands/take.ts';

await runCommand(take);
