#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { paths } from '../lib/commands/paths.ts';

await runCommand(paths);
