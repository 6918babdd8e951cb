#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { cut } from '../lib/commands/cut.ts';

await runCommand(cut);
