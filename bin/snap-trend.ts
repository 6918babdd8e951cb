#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { trend } from '../lib/commands/trend.ts';

await runCommand(trend);
