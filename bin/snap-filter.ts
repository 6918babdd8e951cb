#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { filter } from '../lib/commands/filter.ts';

await runCommand(filter);
