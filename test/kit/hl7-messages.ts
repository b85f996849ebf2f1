/** Synthetic messages, built by number so that a test knows what it must find again. */

export interface LabMessage {
  readonly controlId: string;
  readonly patient: string;
  readonly observations: readonly {
    readonly code: string;
    readonly name: string;
    readonly value: string;
    readonly unit: string;
    readonly flag?: string;
  }[];
  readonly status?: string;
  readonly time?: string;
}

const SEGMENT_END = '\r';

export function oru(message: LabMessage): string {
  const time = message.time ?? '20260105081500+0000';
  const status = message.status ?? 'F';
  return [
    `MSH|^~\\&|LAB|NORTH|WARDFLOW|NORTH|${time}||ORU^R01^ORU_R01|${message.controlId}|P|2.5.1`,
    `PID|1||${message.patient}^^^NORTH^MR||Example^Alex^^^^^L||19700101|U`,
    'PV1|1|I|4W^12^A^NORTH||||0012^Example^Ward^^^Dr|||MED|||||||||V' + message.patient,
    `ORC|RE|P${message.controlId}|F${message.controlId}`,
    `OBR|1|P${message.controlId}|F${message.controlId}|24323-8^Comprehensive metabolic panel^LN|||${time}|||||||||||||||${time}|||${status}`,
    ...message.observations.map(
      (o, index) =>
        `OBX|${index + 1}|NM|${o.code}^${o.name}^LN||${o.value}|${o.unit}||${o.flag ?? ''}|||${status}|||${time}`,
    ),
    '',
  ].join(SEGMENT_END);
}

export const potassium = (value: string, flag = ''): LabMessage['observations'][number] => ({
  code: '2823-3',
  name: 'Potassium',
  value,
  unit: 'mmol/L',
  flag,
});

export const sodium = (value: string): LabMessage['observations'][number] => ({
  code: '2951-2',
  name: 'Sodium',
  value,
  unit: 'mmol/L',
});

export function adt(
  trigger: string,
  controlId: string,
  patient: string,
  unit = '4W',
  time = '20260105081500+0000',
): string {
  return [
    `MSH|^~\\&|ADT|NORTH|WARDFLOW|NORTH|${time}||ADT^${trigger}^ADT_${trigger}|${controlId}|P|2.5.1`,
    `EVN|${trigger}|${time}`,
    `PID|1||${patient}^^^NORTH^MR||Example^Alex^^^^^L||19400101|U`,
    `PV1|1|I|${unit}^12^A^NORTH||||0012^Example^Ward^^^Dr|||MED|||||||||V${patient}|||||||||||||||||01||||||||${time}|${time}`,
    '',
  ].join(SEGMENT_END);
}
