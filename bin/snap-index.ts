#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { index } from '../lib/commands/index.ts';

await runCommand(index);
