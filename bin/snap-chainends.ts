#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { chainends } from '../lib/commands/chainends.ts';

await runCommand(chainends);
