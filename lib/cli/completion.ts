/** A command's table to a completion script for bash, zsh or fish; loaded only to be printed. */
import type { Command } from './command.ts';
import { type DescribedOption, optionGroups, optionHelp } from './synopsis.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export function completionScript(command: Command, shell: Shell): string {
  const options = optionGroups(command).flatMap((group) => group.options);
  switch (shell) {
    case 'bash':
      return bash(command.name, options);
    case 'zsh':
      return zsh(command.name, options);
    case 'fish':
      return fish(command.name, options);
    default:
      return shell satisfies never;
  }
}

const names = ({ name, option: { short } }: DescribedOption): readonly string[] => [
  ...(short === undefined ? [] : [`-${short}`]),
  `--${name}`,
];

function bash(program: string, options: readonly DescribedOption[]): string {
  const id = `_${program.replaceAll('-', '_')}`;
  const cases = options.flatMap((option) => {
    const { choices, value } = option.option;
    if (value === undefined) return [];
    const words = names(option).join('|');
    if (choices) return [`    ${words}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return ;;`];
    if (value === 'DIR') return [`    ${words}) COMPREPLY=($(compgen -d -- "$word")); return ;;`];
    if (value === 'FILE') return [`    ${words}) COMPREPLY=($(compgen -f -- "$word")); return ;;`];
    return [`    ${words}) return ;;`];
  });
  return `# ${program}: completion for bash. To load it: source <(${program} --completion bash)
${id}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  # --name=value comes as three words.
  if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case $before in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W '${options.flatMap(names).join(' ')}' -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F ${id} ${program}
`;
}

function zsh(program: string, options: readonly DescribedOption[]): string {
  const specs = options.flatMap((option) => {
    const { help: _help, choices, value, repeats } = option.option;
    const action = choices
      ? `(${choices.join(' ')})`
      : value === 'DIR'
        ? '_files -/'
        : value === 'FILE'
          ? '_files'
          : '';
    const argument = value === undefined ? '' : `:${value}:${action}`;
    const text = optionHelp(option)
      .replace(/[\\[\]:]/g, '\\$&')
      .replaceAll("'", `'\\''`);
    return names(option).map((name) => {
      const long = name.startsWith('--') && value !== undefined ? '=' : '';
      const exclusive = repeats && value !== undefined ? '*' : `(${names(option).join(' ')})`;
      return `  '${exclusive}${name}${long}[${text}]${argument}'`;
    });
  });
  return `#compdef ${program}
# ${program}: completion for zsh. Save it as _${program} in a folder of $fpath, or: source <(${program} --completion zsh)
_${program.replaceAll('-', '_')}() {
  _arguments -s -S \\
  ${specs.map((spec) => spec.trimStart()).join(' \\\n  ')} \\
  '*:file:_files'
}
if [[ \${funcstack[1]} == _${program} ]]; then _${program.replaceAll('-', '_')} "$@"; else compdef _${program.replaceAll('-', '_')} ${program}; fi
`;
}

function fish(program: string, options: readonly DescribedOption[]): string {
  const lines = options.map((option) => {
    const { short, choices, value } = option.option;
    const argument =
      value === undefined
        ? ''
        : choices
          ? ` -x -a '${choices.join(' ')}'`
          : value === 'DIR'
            ? " -x -a '(__fish_complete_directories)'"
            : value === 'FILE'
              ? ' -r -F'
              : ' -x';
    const text = optionHelp(option).replace(/[\\']/g, '\\$&');
    return `complete -c ${program}${short === undefined ? '' : ` -s ${short}`} -l ${option.name}${argument} -d '${text}'`;
  });
  return `# ${program}: completion for fish. To load it: ${program} --completion fish | source\n${lines.join('\n')}\n`;
}
