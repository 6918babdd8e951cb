#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { show } from '../lib/commands/show.ts';

await runCommand(show);
