/** Node-RED's typedInput, as our forms use it. */
export const KINDS = ['str', 'msg', 'jsonata'] as const;

export function jsonataInput(field: HTMLInputElement): void {
  $(field).typedInput({ default: 'jsonata', types: ['jsonata'] });
}

export function typedInput(field: HTMLInputElement, prefix: string): void {
  const kinds = field.dataset['kinds']?.split(',') ?? [...KINDS];
  $(field).typedInput({
    default: kinds[0] ?? 'str',
    types: kinds as never,
    typeField: `#${prefix}-${field.dataset['kind'] ?? ''}`,
  });
}
