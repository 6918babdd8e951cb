#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { group } from '../lib/commands/group.ts';

await runCommand(group);
